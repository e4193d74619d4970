import { getRequestListener } from "@hono/node-server";
import express, { type Express } from "express";
import session from "express-session";
import fastify, { type FastifyInstance } from "fastify";
import { Hono } from "hono";
import { etag } from "hono/etag";
import Koa from "koa";
import { messages as expressMessages, messages } from "onceover/express";
import { messages as fastifyMessages } from "onceover/fastify";
import { messages as honoMessages } from "onceover/hono";
import { messages as koaMessages } from "onceover/koa";
import type { Page } from "playwright-core";
import { afterEach, describe, expect, test } from "vitest";
import type { ContractServer } from "../adapters/contract.ts";
import { listen } from "../adapters/servers.ts";
import { isBrowserMissing, launchBrowser } from "../browser.ts";
import { Client } from "../client.ts";
import { SECRET } from "../support.ts";

// The visitor's own browser has a cache too: it must not show a message again, nor a page without one that waits.

let server: ContractServer | undefined;
afterEach(() => server?.close());

describe.skipIf(isBrowserMissing)("in Chromium", { timeout: 90_000 }, () => {
  const visit = async (tab: Page) => {
    await tab.goto(`${server?.origin}/`);
    return tab.locator("main").textContent();
  };

  const serve = async (app: Express, cacheControl: string) => {
    app.get("/favicon.ico", (_req, res) => void res.sendStatus(204));
    app.post("/add", (req, res) => {
      req.messages.success("Saved.");
      res.redirect(303, "/");
    });
    app.get("/", (req, res) => {
      res.set("Cache-Control", cacheControl);
      res.send(`<!doctype html><main>${[...req.messages].join()}</main><form method="post" action="/add"><button>`);
    });
    server = await listen(app);
  };

  test.each([
    ["cookies", () => [messages({ secret: SECRET })]],
    [
      "a session",
      () => [
        session({ secret: "s", resave: false, saveUninitialized: false }),
        messages({ storage: "session", secret: SECRET }),
      ],
    ],
  ] as const)("the same message twice is shown twice, with %s and an ETag", async (_, mounted) => {
    const app = express();
    app.use(...mounted());
    await serve(app, "private, no-cache");
    const browser = await launchBrowser();
    try {
      const tab = await browser.newPage();
      expect(await visit(tab)).toBe("");
      for (let round = 0; round < 2; round += 1) {
        await tab.getByRole("button").click();
        await tab.getByText("Saved.").waitFor();
      }
      expect(await visit(tab)).toBe("");
      expect(await visit(tab)).toBe("");
    } finally {
      await browser.close();
    }
  });

  test("a page that is fresh for a while does not bring its message back", async () => {
    const app = express();
    app.use(session({ secret: "s", resave: false, saveUninitialized: false }), messages({ storage: "session" }));
    await serve(app, "private, max-age=60");
    const browser = await launchBrowser();
    try {
      const tab = await browser.newPage();
      await tab.request.post(`${server?.origin}/add`, { maxRedirects: 0 });
      expect(await visit(tab)).toBe("Saved.");
      await tab.goto("about:blank");
      expect(await visit(tab)).toBe("");
    } finally {
      await browser.close();
    }
  });
});

/** The version of what the page is about, which knows of no messages. */
const VERSION = '"v1"';
const CACHED = { "if-none-match": VERSION, "if-modified-since": new Date().toUTCString() };

function fastifyApp(register: (app: FastifyInstance) => void): Promise<ContractServer> {
  const app = fastify();
  register(app);
  app.get("/add", async (request) => request.messages.info("Saved."));
  app.get("/", async (request, reply) => {
    reply.header("etag", VERSION).type("text/html");
    return [...request.messages].join();
  });
  return app.listen({ port: 0, host: "127.0.0.1" }).then((origin) => ({ origin, close: () => app.close() }));
}

/** As @fastify/etag does it. */
function withEtag(app: FastifyInstance): void {
  app.addHook("onSend", async (request, reply, payload) => {
    if (request.headers["if-none-match"] !== reply.getHeader("etag")) return payload;
    reply.code(304);
    return "";
  });
}

const APPS: Readonly<Record<string, () => Promise<ContractServer>>> = {
  "Express, where `res.send()` compares": () => {
    const app = express();
    app.use(expressMessages({ secret: SECRET }));
    app.get("/add", (req, res) => {
      req.messages.info("Saved.");
      res.send();
    });
    app.get("/", (req, res) => {
      const body = [...req.messages].join();
      res.set("ETag", VERSION).set("Last-Modified", new Date(0).toUTCString()).send(body);
    });
    return listen(app);
  },
  "Fastify, with a hook behind the messages": () =>
    fastifyApp((app) => {
      app.register(fastifyMessages({ secret: SECRET }));
      app.after(() => withEtag(app));
    }),
  "Fastify, with a hook before the messages": () =>
    fastifyApp((app) => {
      withEtag(app);
      app.register(fastifyMessages({ secret: SECRET }));
    }),
  "Koa, with a conditional GET": () => {
    const app = new Koa();
    app.use(async (ctx, next) => {
      await next();
      if (ctx.fresh) Object.assign(ctx, { status: 304, body: null });
    });
    app.use(koaMessages({ secret: SECRET }));
    app.use((ctx) => {
      ctx.body = "";
      if (ctx.path === "/add") ctx.messages.info("Saved.");
      else {
        ctx.body = [...ctx.messages].join();
        ctx.set({ ETag: VERSION, "Last-Modified": new Date(0).toUTCString() });
      }
    });
    return listen(app.callback());
  },
  "Hono, with its etag() outside": () => {
    const app = new Hono();
    app.use(etag(), honoMessages({ secret: SECRET }));
    app.get("/add", (c) => {
      c.var.messages.info("Saved.");
      return c.text("");
    });
    app.get("/", (c) => c.text([...c.var.messages].join(), 200, { ETag: VERSION }));
    return listen(getRequestListener(app.fetch));
  },
};

test.each(Object.entries(APPS))(
  "a page with messages is sent whole, though the browser has it without (%s)",
  async (_, start) => {
    server = await start();
    const client = new Client(server.origin);
    expect((await client.get("/", CACHED)).status).toBe(304);
    await client.get("/add");
    expect(await client.get("/", CACHED)).toMatchObject({
      status: 200,
      body: "Saved.",
      headers: { "cache-control": "no-store" },
    });
    expect((await client.get("/", CACHED)).status).toBe(304);
    expect((await client.get("/")).body).toBe("");
  },
);
