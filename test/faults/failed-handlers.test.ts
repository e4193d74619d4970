import { getRequestListener } from "@hono/node-server";
import express, { type Express, type Request, Router } from "express";
import express4 from "express4";
import fastify from "fastify";
import { H3, HTTPError, serve } from "h3";
import { Hono } from "hono";
import { HTTPException } from "hono/http-exception";
import Koa from "koa";
import type { Messages } from "onceover";
import { messages } from "onceover/express";
import { messages as fastifyMessages } from "onceover/fastify";
import { messages as h3Messages } from "onceover/h3";
import { messages as honoMessages } from "onceover/hono";
import { messages as koaMessages } from "onceover/koa";
import { afterEach, describe, expect, test } from "vitest";
import type { ContractServer } from "../adapters/contract.ts";
import { listen } from "../adapters/servers.ts";
import { Client } from "../client.ts";
import { SECRET } from "../support.ts";

// A handler that has read its messages, and then fails with a 4xx, has shown none: the page of the error is another one.

let server: ContractServer;
afterEach(() => server.close());

/** What answers in the place of a handler that failed. */
type ErrorPage = "the framework's own" | "one without messages" | "one with messages";

/** h3 does not know the `Response` that this would put in the place of Node's. */
const NO_GLOBALS = { overrideGlobalObjects: false };

const add = (messages: Messages) => messages.info("Saved.");
const show = (messages: Messages) => `[${[...messages].join()}]`;

/** Parts that are the same in Express 4 and 5. */
function expressApp(app: Express, errorPage: ErrorPage): Promise<ContractServer> {
  app.set("env", "test"); // Prints no errors.
  app.use(messages({ secret: SECRET }));
  app.get("/add", (req, res) => void res.send(`${add(req.messages)}`));
  app.get("/", (req, res) => void res.send(show(req.messages)));
  app.get("/refused", (req, _res, next) => {
    show(req.messages);
    next(Object.assign(new Error("refused"), { status: 403 }));
  });
  app.use(handlerOf(errorPage));
  return listen(app);
}

function handlerOf(errorPage: ErrorPage): express.ErrorRequestHandler {
  return (error, req: Request, res, next) => {
    if (errorPage === "the framework's own") next(error);
    else res.status(403).send(errorPage === "one with messages" ? show(req.messages) : "refused");
  };
}

const APPS: Readonly<Record<string, (errorPage: ErrorPage) => Promise<ContractServer>>> = {
  "Express 5": (errorPage) => expressApp(express(), errorPage),
  "Express 4": (errorPage) => expressApp(express4() as unknown as Express, errorPage),
  Fastify: async (errorPage) => {
    const app = fastify();
    app.register(fastifyMessages({ secret: SECRET }));
    app.get("/add", async (request) => `${add(request.messages)}`);
    app.get("/", async (request) => show(request.messages));
    app.get("/refused", async (request) => {
      show(request.messages);
      throw Object.assign(new Error("refused"), { statusCode: 403 });
    });
    if (errorPage !== "the framework's own")
      app.setErrorHandler((_error, request, reply) =>
        reply.code(403).send(errorPage === "one with messages" ? show(request.messages) : "refused"),
      );
    return { origin: await app.listen({ port: 0, host: "127.0.0.1" }), close: () => app.close() };
  },
  Koa: (errorPage) => {
    const app = new Koa();
    app.silent = true;
    app.use(async (ctx, next) => {
      try {
        await next();
      } catch (error) {
        if (errorPage === "the framework's own") throw error;
        Object.assign(ctx, { status: 403, body: errorPage === "one with messages" ? show(ctx.messages) : "refused" });
      }
    });
    app.use(koaMessages({ secret: SECRET }));
    app.use((ctx) => {
      if (ctx.path === "/add") ctx.body = `${add(ctx.messages)}`;
      else ctx.body = show(ctx.messages);
      if (ctx.path === "/refused") ctx.throw(403, "refused");
    });
    return listen(app.callback());
  },
  Hono: (errorPage) => {
    const app = new Hono();
    app.use(honoMessages({ secret: SECRET }));
    app.get("/add", (c) => c.text(`${add(c.var.messages)}`));
    app.get("/", (c) => c.text(show(c.var.messages)));
    app.get("/refused", (c) => {
      show(c.var.messages);
      throw new HTTPException(403, { message: "refused" });
    });
    if (errorPage !== "the framework's own")
      app.onError((_error, c) => c.text(errorPage === "one with messages" ? show(c.var.messages) : "refused", 403));
    return listen(getRequestListener(app.fetch, NO_GLOBALS));
  },
  h3: async (errorPage) => {
    const app = new H3(
      errorPage === "the framework's own"
        ? {}
        : {
            onError: (_error, event) =>
              new Response(errorPage === "one with messages" ? show(event.context.messages) : "refused", {
                status: 403,
              }),
          },
    );
    app.use(h3Messages({ secret: SECRET }));
    app.get("/add", (event) => `${add(event.context.messages)}`);
    app.get("/", (event) => show(event.context.messages));
    app.get("/refused", (event) => {
      show(event.context.messages);
      throw new HTTPError("refused", { status: 403 });
    });
    const server = serve(app, { port: 0, hostname: "127.0.0.1", silent: true });
    await server.ready();
    return { origin: new URL(server.url ?? "").origin, close: () => server.close(true) };
  },
};

describe.each(Object.entries(APPS))("%s", (_, start) => {
  test.each(["the framework's own", "one without messages"] as const)(
    "keeps what a handler read that failed, where the error page is %s",
    async (errorPage) => {
      server = await start(errorPage);
      const client = new Client(server.origin);
      await client.get("/add");
      expect(await client.get("/refused")).toMatchObject({ status: 403 });
      expect((await client.get("/")).body).toBe("[Saved.]");
      expect((await client.get("/")).body).toBe("[]");
    },
  );

  test("shows it once, where the error page does", async () => {
    server = await start("one with messages");
    const client = new Client(server.origin);
    await client.get("/add");
    expect(await client.get("/refused")).toMatchObject({ status: 403, body: "[Saved.]" });
    expect((await client.get("/")).body).toBe("[]");
  });
});

test("Express: an error that a router of its own handles is heard as well", async () => {
  const app = express();
  app.use(messages({ secret: SECRET }));
  app.get("/", (req, res) => void res.send(`${show(req.messages)}${add(req.messages)}`));
  const router = Router();
  router.get("/refused", async (req) => {
    show(req.messages);
    throw new Error("refused");
  });
  router.use(handlerOf("one without messages"));
  app.use("/inside", router);
  server = await listen(app);
  const client = new Client(server.origin);
  await client.get("/");
  expect(await client.get("/inside/refused")).toMatchObject({ status: 403, body: "refused" });
  expect((await client.get("/")).body).toMatch("[Saved.]");
});
