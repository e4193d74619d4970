import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fastifyView from "@fastify/view";
import { Controller, Get, type INestApplication, Post, Req, Res, type Type } from "@nestjs/common";
import { NestFactory } from "@nestjs/core";
import { ExpressAdapter } from "@nestjs/platform-express";
import { FastifyAdapter } from "@nestjs/platform-fastify";
import ejs from "ejs";
import express, { type Express } from "express";
import express4 from "express4";
import fastify from "fastify";
import Handlebars from "handlebars";
import Koa from "koa";
import { Liquid } from "liquidjs";
import nunjucks from "nunjucks";
import { defineMessages, type Messages, MessagesError, type Settings } from "onceover";
import { messages as onExpress } from "onceover/express";
import { messages as onFastify } from "onceover/fastify";
import { registerMessages as registerHandlebars } from "onceover/handlebars";
import { renderMessages } from "onceover/html";
import { hxSwapOob } from "onceover/htmx";
import { messages as onKoa } from "onceover/koa";
import { registerMessages as registerLiquid } from "onceover/liquid";
import { MessagesModule } from "onceover/nest";
import { registerMessages as registerNunjucks } from "onceover/nunjucks";
import { Visitor } from "onceover/testing";
import { turboStream } from "onceover/turbo";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { Delivery } from "../../src/delivery/delivery.ts";
import type { ContractServer } from "../adapters/contract.ts";
import { listen } from "../adapters/servers.ts";
import { Client } from "../client.ts";
import { SECRET } from "../support.ts";

// What templates find under the name `messages` must not break a page that has other messages, nor print what is no message.

/** A page with messages of its own, a chat's: the layout line of the documentation finds ours by the name of the setting. */
const CHAT = "<%- renderMessages(locals.flash) %><% for (const line of messages) { %><p><%= line %></p><% } %>";
/** What templates for express-flash and connect-flash ask. */
const FLASH = "[<%= messages.error %>][<%= messages.info %>][<%= messages.add %>]<%- renderMessages(messages) %>";
const SAVED = '<div class="success" role="status" data-level="25">Saved.</div>';

let views: string;
beforeAll(() => {
  views = mkdtempSync(join(tmpdir(), "views-"));
  writeFileSync(join(views, "chat.ejs"), CHAT);
  writeFileSync(join(views, "flash.ejs"), FLASH);
});
afterAll(() => rmSync(views, { recursive: true }));

const chat = { messages: ["Hi!"], renderMessages };

type Serve = (settings: Settings) => Promise<ContractServer>;

const serveExpress = (app: Express, settings: Settings) => {
  app.set("views", views).set("view engine", "ejs").use(onExpress(settings));
  app.post("/", (req, res) => {
    req.messages.success("Saved.");
    res.send();
  });
  app.get("/chat", (_req, res) => res.render("chat", chat));
  app.get("/flash", (_req, res) => res.render("flash", { renderMessages }));
  return listen(app);
};

async function onNest(adapter: ExpressAdapter | FastifyAdapter, settings: Settings): Promise<ContractServer> {
  type Reply = { locals: object; header(name: string, value: string): unknown };
  class Pages {
    add({ messages }: { messages: Messages }): void {
      messages.success("Saved.");
    }
    // As the engines of both platforms render: the locals, and over them what the handler gives.
    chat({ locals }: Reply): Promise<string> {
      return ejs.renderFile(join(views, "chat.ejs"), { ...locals, ...chat });
    }
    flash({ locals }: Reply): Promise<string> {
      return ejs.renderFile(join(views, "flash.ejs"), { ...locals, renderMessages });
    }
  }
  Controller()(Pages as Type);
  const descriptor = (name: string) => Object.getOwnPropertyDescriptor(Pages.prototype, name) as PropertyDescriptor;
  Post("/")(Pages.prototype, "add", descriptor("add"));
  Req()(Pages.prototype, "add", 0);
  for (const page of ["chat", "flash"] as const) {
    Get(page)(Pages.prototype, page, descriptor(page));
    Res({ passthrough: true })(Pages.prototype, page, 0);
  }
  const module = { module: class {}, imports: [MessagesModule.forRoot(settings)], controllers: [Pages as Type] };
  const app: INestApplication = await NestFactory.create(module, adapter as never, { logger: false });
  await app.listen(0, "127.0.0.1");
  return { origin: await app.getUrl(), close: () => app.close() };
}

const ADAPTERS: Readonly<Record<string, Serve>> = {
  "Express 5": (settings) => serveExpress(express(), settings),
  "Express 4": (settings) => serveExpress(express4() as unknown as Express, settings),
  Koa: (settings) => {
    const app = new Koa();
    app.use(onKoa(settings));
    app.use(async (ctx) => {
      if (ctx.method === "POST") ctx.messages.success("Saved.");
      const variables = ctx.path === "/chat" ? chat : { renderMessages };
      ctx.body =
        ctx.method === "POST" || (await ejs.renderFile(`${views}${ctx.path}.ejs`, { ...ctx.state, ...variables }));
    });
    return listen(app.callback());
  },
  Fastify: async (settings) => {
    const app = fastify();
    app.register(fastifyView, { engine: { ejs }, root: views });
    app.register(onFastify(settings));
    app.post("/", async (request) => request.messages.success("Saved."));
    app.get("/chat", (_request, reply) => reply.viewAsync("chat.ejs", chat));
    app.get("/flash", (_request, reply) => reply.viewAsync("flash.ejs", { renderMessages }));
    return { origin: await app.listen({ port: 0, host: "127.0.0.1" }), close: () => app.close() };
  },
  "NestJS on Express": (settings) => onNest(new ExpressAdapter(), settings),
  "NestJS on Fastify": (settings) => onNest(new FastifyAdapter(), settings),
};

let server: ContractServer | undefined;
afterEach(async () => {
  await server?.close();
  server = undefined;
});

describe.each(Object.entries(ADAPTERS))("on %s", (_, serve) => {
  async function visitor(settings: Settings): Promise<Client> {
    server = await serve(settings);
    const client = new Client(server.origin);
    await client.post("/");
    return client;
  }

  test("a page with `messages` of its own has ours under the name of the setting `local`", async () => {
    const client = await visitor({ secret: SECRET, local: "flash" });
    expect((await client.get("/chat")).body).toBe(`${SAVED}<p>Hi!</p>`);
    expect((await client.get("/chat")).body).toBe("<p>Hi!</p>");
  });

  test("a template that asks for `messages.error` finds nothing, and no method", async () => {
    const client = await visitor({ secret: SECRET });
    expect((await client.get("/flash")).body).toBe(`[][][]${SAVED}`);
    expect((await client.get("/flash")).body).toBe("[][][]");
  });
});

const NUNJUCKS =
  "{% if flash %}{% for m in flash %}<p>{{ m.tags }}: {{ m }}</p>{% endfor %}{% endif %}{{ messages[0] }}";
const ENGINES: Readonly<Record<string, (variables: object) => string | Promise<string>>> = {
  Nunjucks: (variables) => registerNunjucks(new nunjucks.Environment()).renderString(NUNJUCKS, variables),
  LiquidJS: (variables) => registerLiquid(new Liquid()).parseAndRender(NUNJUCKS, variables),
  "a partial of LiquidJS": (variables) => {
    const templates = { list: "{% for m in flash %}<p>{{ m.tags }}: {{ m }}</p>{% endfor %}" };
    const page = "{% render 'list' %}{{ messages[0] }}";
    return registerLiquid(new Liquid({ templates })).parseAndRender(page, variables);
  },
  Handlebars: (variables) => {
    const template = "{{#if flash}}{{#each flash}}<p>{{tags}}: {{this}}</p>{{/each}}{{/if}}{{messages.[0]}}";
    return registerHandlebars(Handlebars.create()).compile(template)(variables);
  },
};

describe("where `messages` is the page's own, ours are found under another name by", () => {
  /** Renders a page whose locals have ours as `flash`, beside messages of its own. */
  async function rendered(render: (variables: object) => string | Promise<string>, adds = true): Promise<string> {
    const app = express();
    app.use(onExpress({ secret: SECRET, local: "flash" }));
    app.get("/", async (req, res) => {
      if (adds) req.messages.success("<Saved>");
      res.send(await render({ ...res.locals, messages: ["Hi!"] }));
    });
    server = await listen(app);
    return (await new Client(server.origin).get("/")).body;
  }
  const SHOWN = "<p>success: &lt;Saved&gt;</p>Hi!";

  test.each(Object.entries(ENGINES))("%s", async (_name, render) => {
    expect(await rendered(render)).toBe(SHOWN);
    await server?.close();
    expect(await rendered(render, false)).toBe("Hi!");
  });

  test("Nunjucks, where the app has a global of that name too", () => {
    const environment = registerNunjucks(new nunjucks.Environment()).addGlobal("flash", "a light");
    expect(environment.renderString("{{ flash }}", {})).toBe("a light");
    const { messages } = new Delivery(defineMessages({ secret: SECRET }), new Visitor().exchange());
    messages.info("x");
    expect(environment.renderString("{{ flash | length }}", { flash: messages })).toBe("1");
    expect(environment.renderString("{{ flash }}", {})).toBe("a light");
  });
});

test("everything that writes HTML takes what templates get", async () => {
  const app = express();
  app.use(onExpress({ secret: SECRET }));
  app.get("/", (req, res) => {
    req.messages.success("Saved.");
    const { messages } = res.locals;
    const [message] = messages.peek();
    res.json([
      messages.length,
      message && messages.includes(message),
      renderMessages(messages),
      hxSwapOob(messages) !== "",
      turboStream(messages) !== "",
      messages.take().length,
      "add" in messages,
    ]);
  });
  server = await listen(app);
  expect(JSON.parse((await new Client(server.origin).get("/")).body)).toEqual([1, true, SAVED, true, true, 1, false]);
});

test.each(["", "my messages", "a-b", "1st", "DEFAULT_MESSAGE_LEVELS", 7, null])("local cannot be %o", (local) => {
  const define = () => defineMessages({ secret: SECRET, local } as Settings);
  expect(define).toThrow(MessagesError);
  expect(define).toThrow(/^Setting `local` must be a name that templates can use for a variable; got /);
});
