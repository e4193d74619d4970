import { createServer } from "node:http";
import { node as elysiaOnNode } from "@elysiajs/node";
import { createAdaptorServer } from "@hono/node-server";
import { All, Controller, type INestApplication, Req, Res, type Type } from "@nestjs/common";
import { NestFactory } from "@nestjs/core";
import { ExpressAdapter } from "@nestjs/platform-express";
import { FastifyAdapter } from "@nestjs/platform-fastify";
import connect from "connect";
import { Elysia } from "elysia";
import express, { type Express } from "express";
import express4 from "express4";
import fastify from "fastify";
import { H3, serve as serveH3 } from "h3";
import { Hono } from "hono";
import Koa from "koa";
import type { Messages, Settings } from "onceover";
import { type AstroContext, messages as astro } from "onceover/astro";
import { messages as elysia } from "onceover/elysia";
import { messages as onExpress } from "onceover/express";
import { messages as onFastify } from "onceover/fastify";
import { messages as onFetch } from "onceover/fetch";
import { messages as onH3 } from "onceover/h3";
import { messages as onHono } from "onceover/hono";
import { messagesHandler } from "onceover/json";
import { messages as onKoa } from "onceover/koa";
import { MessagesModule } from "onceover/nest";
import { messages as next } from "onceover/next";
import { messages as onNode } from "onceover/node";
import { messages as nuxt } from "onceover/nuxt";
import { messagesContext, messages as reactRouter } from "onceover/react-router";
import { type SvelteKitEvent, messages as svelteKit } from "onceover/sveltekit";
import type { ContractServer } from "../adapters/contract.ts";
import { nitro } from "../adapters/nitro.ts";
import { listen, opened, openedElysia } from "../adapters/servers.ts";

// One page on every adapter, for faults that each of them may have. Next.js has to be mocked by the test.

/** What a page does: a POST adds a message and redirects, a GET shows. */
export type Page = (method: string, messages: Messages) => string | undefined;

/** The page as a `Response`. */
const respond = (page: Page, { method }: Request, messages: Messages): Response => {
  const body = page(method, messages);
  if (body === undefined) return new Response(null, { status: 303, headers: { location: "/" } });
  return new Response(body, { headers: { "content-type": "text/html" } });
};

/** Serves a fetch handler; what it throws is for the framework's own error page. */
const served = (handler: (request: Request) => Response | Promise<Response>) =>
  opened(
    createAdaptorServer({
      overrideGlobalObjects: false, // h3 looks for the other ones.
      fetch: async (request) => {
        try {
          return await handler(request);
        } catch {
          return new Response("the framework's own error page", { status: 500 });
        }
      },
    }) as never,
  );

const onExpressApp = (app: Express, settings: Settings, page: Page) => {
  app.use(onExpress(settings));
  app.get("/messages", messagesHandler);
  app.all("/", (req, res) => {
    const body = page(req.method, req.messages);
    if (body === undefined) res.redirect(303, "/");
    else res.send(body);
  });
  return listen(app);
};

async function onNest(adapter: ExpressAdapter | FastifyAdapter, settings: Settings, page: Page) {
  class Pages {
    answer(request: { method: string; messages: Messages }, response: never): unknown {
      const body = page(request.method, request.messages);
      const reply = response as { status(code: number): unknown; header(name: string, value: string): unknown };
      reply.status(body === undefined ? 303 : 200);
      if (body === undefined) reply.header("Location", "/");
      return body ?? "";
    }
  }
  Controller()(Pages as Type);
  const descriptor = Object.getOwnPropertyDescriptor(Pages.prototype, "answer") as PropertyDescriptor;
  All("/")(Pages.prototype, "answer", descriptor);
  Req()(Pages.prototype, "answer", 0);
  Res({ passthrough: true })(Pages.prototype, "answer", 1);
  const module = { module: class {}, imports: [MessagesModule.forRoot(settings)], controllers: [Pages as Type] };
  const app: INestApplication = await NestFactory.create(module, adapter as never, { logger: false });
  await app.listen(0, "127.0.0.1");
  return { origin: await app.getUrl(), close: () => app.close() };
}

export type Serve = (settings: Settings, page: Page) => Promise<ContractServer>;

export const ADAPTERS: Readonly<Record<string, Serve>> = {
  "Express 5": (settings, page) => onExpressApp(express(), settings, page),
  "Express 4": (settings, page) => onExpressApp(express4() as unknown as Express, settings, page),
  Connect: (settings, page) => {
    const app = connect();
    app.use(onNode(settings));
    app.use((req, res) => {
      const body = page(req.method ?? "", req.messages);
      if (body === undefined) res.writeHead(303, { Location: "/" }).end();
      else res.end(body);
    });
    return listen(app);
  },
  "node:http": (settings, page) => {
    const withMessages = onNode(settings);
    const server = createServer((req, res) =>
      withMessages(req, res, () => {
        try {
          const body = page(req.method ?? "", req.messages);
          if (body === undefined) res.writeHead(303, { Location: "/" }).end();
          else res.end(body);
        } catch {
          res.writeHead(500).end("the app's own error page");
        }
      }),
    );
    return opened(server);
  },
  Koa: (settings, page) => {
    const app = new Koa();
    app.use(onKoa(settings));
    app.use((ctx) => {
      const body = page(ctx.method, ctx.messages);
      if (body === undefined) ctx.redirect("/");
      else ctx.body = body;
    });
    return listen(app.callback());
  },
  Fastify: async (settings, page) => {
    const app = fastify();
    app.register(onFastify(settings));
    app.route({
      method: ["GET", "POST"],
      url: "/",
      handler: async (request, reply) => page(request.method, request.messages) ?? reply.redirect("/", 303),
    });
    return { origin: await app.listen({ port: 0, host: "127.0.0.1" }), close: () => app.close() };
  },
  "NestJS on Express": (settings, page) => onNest(new ExpressAdapter(), settings, page),
  "NestJS on Fastify": (settings, page) => onNest(new FastifyAdapter(), settings, page),
  Hono: (settings, page) => {
    const app = new Hono();
    app.use(onHono(settings));
    app.all("/", (c) => respond(page, c.req.raw, c.var.messages));
    return opened(createAdaptorServer({ fetch: app.fetch, overrideGlobalObjects: false }) as never);
  },
  Elysia: (settings, page) => {
    const app = new Elysia({ adapter: elysiaOnNode() })
      .use(elysia(settings))
      .all("/", ({ request, messages }) => respond(page, request, messages as Messages));
    return openedElysia(app);
  },
  h3: async (settings, page) => {
    const app = new H3().use(onH3(settings));
    app.all("/", (event) => respond(page, event.req as unknown as Request, event.context.messages));
    const server = serveH3(app, { port: 0, hostname: "127.0.0.1", silent: true });
    await server.ready();
    return { origin: new URL(server.url ?? "").origin, close: () => server.close(true) };
  },
  "a fetch handler": (settings, page) =>
    served(onFetch(settings)((request) => respond(page, request, request.messages as Messages))),
  "Nuxt's Nitro": (settings, page) =>
    listen(
      nitro(({ node: { req, res }, context }) => {
        const body = page(req.method ?? "", context.messages as unknown as Messages);
        return body === undefined ? res.writeHead(303, { Location: "/" }).end() : res.end(body);
      }, nuxt(settings)),
    ),
  SvelteKit: (settings, page) => {
    const handle = svelteKit(settings);
    return served((request) => {
      const kind = { isDataRequest: false, isRemoteRequest: false, isSubRequest: false };
      const event: SvelteKitEvent = { request, locals: {} as App.Locals, cookies: { set: () => {} }, ...kind };
      return handle({ event, resolve: ({ locals }) => respond(page, request, locals.messages) });
    });
  },
  Astro: (settings, page) => {
    const onRequest = astro(settings);
    return served((request) => {
      const context: AstroContext = { request, locals: {} as App.Locals, isPrerendered: false };
      return onRequest(context, async () => respond(page, request, context.locals.messages));
    });
  },
  "React Router": (settings, page) => {
    const middleware = reactRouter(settings);
    return served((request) => {
      const values = new Map<unknown, unknown>();
      const context = { get: (key: unknown) => values.get(key) as never, set: values.set.bind(values) as never };
      return middleware({ request, context }, async () => respond(page, request, context.get(messagesContext)));
    });
  },
  "a Route Handler of Next.js": (settings, page) => {
    const { getMessages, withMessages } = next(settings);
    const handler = withMessages(async (request: Request) =>
      respond(page, request, (await getMessages()) as unknown as Messages),
    );
    return served(handler);
  },
};
