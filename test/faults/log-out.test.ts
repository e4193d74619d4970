import type { Server } from "node:http";
import fastifyCookie from "@fastify/cookie";
import fastifySecureSession from "@fastify/secure-session";
import fastifySession from "@fastify/session";
import { createAdaptorServer } from "@hono/node-server";
import cookieSession from "cookie-session";
import express, { type RequestHandler } from "express";
import session from "express-session";
import fastify, { type FastifyInstance } from "fastify";
import { H3, type H3Event, toNodeHandler, useSession } from "h3";
import { Hono } from "hono";
import { CookieStore, MemoryStore, sessionMiddleware } from "hono-sessions";
import Koa from "koa";
import koaSession from "koa-session";
import {
  cookieStorage,
  fallbackStorage,
  type Messages,
  type MessagesError,
  type Settings,
  sessionStorage,
} from "onceover";
import { messages } from "onceover/express";
import { messages as fastifyMessages } from "onceover/fastify";
import { messages as h3Messages } from "onceover/h3";
import { messages as honoMessages } from "onceover/hono";
import { messages as koaMessages } from "onceover/koa";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { ContractServer } from "../adapters/contract.ts";
import { listen, opened } from "../adapters/servers.ts";
import { Client } from "../client.ts";
import { SECRET } from "../support.ts";

// A handler logs the visitor out, and then says so: there is no session any more that could hold the message. Where that was an
// error, it was thrown in the callback of the session's store, and ended the process.

/** What the log-out handlers do once the session is gone. @returns what the page shows. */
function sayGoodbye(messages: Messages): string {
  const shown = [...messages].join("|");
  messages.info("Logged out.");
  return `<${shown}>`;
}

type Serve = (settings: Settings) => Promise<ContractServer>;

const onFastify =
  (addSession: (app: FastifyInstance) => void): Serve =>
  async (settings) => {
    const app = fastify();
    app.register(fastifyMessages(settings));
    addSession(app);
    app.post("/log-out", async (request) => {
      const session = request.session as unknown as Partial<Record<"destroy" | "delete", () => unknown>>;
      await ("destroy" in session ? session.destroy?.() : session.delete?.());
      return sayGoodbye(request.messages);
    });
    app.get("/", async (request) => [...request.messages].join("|"));
    return { origin: await app.listen({ host: "127.0.0.1", port: 0 }), close: () => app.close() };
  };

const onHono =
  (store: () => MemoryStore | CookieStore): Serve =>
  (settings) => {
    const app = new Hono();
    app.use(sessionMiddleware({ store: store(), encryptionKey: SECRET }), honoMessages(settings));
    app.post("/log-out", (c) => {
      (c.get("session" as never) as { deleteSession(): void }).deleteSession();
      return c.text(sayGoodbye(c.var.messages));
    });
    app.get("/", (c) => c.text([...c.var.messages].join("|")));
    return opened(createAdaptorServer(app) as Server);
  };

const SERVERS: Readonly<Record<string, Serve>> = {
  "express-session, in the callback of destroy()": (settings) => {
    const app = express();
    app.use(session({ secret: "s", resave: false, saveUninitialized: true }), messages(settings));
    app.post("/log-out", (req, res) => {
      req.session.destroy(() => setImmediate(() => res.send(sayGoodbye(req.messages))));
    });
    app.get("/", (req, res) => void res.send([...req.messages].join("|")));
    return listen(app);
  },
  "cookie-session, set to null": (settings) => {
    const app = express();
    app.use(cookieSession({ keys: ["k"] }) as RequestHandler, messages(settings));
    app.post("/log-out", (req, res) => {
      Object.assign(req, { session: null });
      res.send(sayGoodbye(req.messages));
    });
    app.get("/", (req, res) => void res.send([...req.messages].join("|")));
    return listen(app);
  },
  "koa-session, set to null": (settings) => {
    const app = new Koa();
    app.keys = ["k"];
    app.use(koaSession({}, app)).use(koaMessages(settings));
    app.use((ctx) => {
      if (ctx.method === "POST") ctx.session = null;
      ctx.body = ctx.method === "POST" ? sayGoodbye(ctx.messages) : [...ctx.messages].join("|");
    });
    return listen(app.callback());
  },
  "@fastify/session": onFastify((app) => {
    app.register(fastifyCookie);
    app.register(fastifySession, { secret: SECRET, cookie: { secure: false } });
  }),
  "@fastify/secure-session": onFastify((app) => {
    app.register(fastifySecureSession, { key: Buffer.alloc(32, "k"), cookie: { path: "/" } });
  }),
  "hono-sessions' MemoryStore": onHono(() => new MemoryStore()),
  "hono-sessions' CookieStore": onHono(() => new CookieStore()),
  h3: (settings) => {
    const app = new H3({ silent: true });
    app.use(async (event, next) => {
      event.context.session = await useSession(event, { password: SECRET });
      return next();
    });
    app.use(h3Messages(settings, { session: (event: H3Event) => event.context.session as never }));
    app.post("/log-out", async (event) => {
      await (event.context.session as { clear(): Promise<unknown> }).clear();
      return sayGoodbye(event.context.messages);
    });
    app.get("/", (event) => [...event.context.messages].join("|"));
    return listen(toNodeHandler(app) as never);
  },
};

const warnings: MessagesError[] = [];
const onWarning = (warning: MessagesError) => void warnings.push(warning);
let server: ContractServer;
beforeEach(() => void warnings.splice(0));
afterEach(() => server.close());

describe.each(Object.entries(SERVERS))("once the session has ended: %s", (_name, serve) => {
  async function logOut(settings: Settings): Promise<Client> {
    server = await serve({ onWarning, ...settings });
    const client = new Client(server.origin);
    expect(await client.post("/log-out")).toMatchObject({ status: 200, body: "<>" });
    return client;
  }

  test("a message that only the session could hold is a warning", async () => {
    const client = await logOut({ storage: "session" });
    expect(warnings.map(({ code, message }) => `${code}: ${message}`)).toEqual([
      expect.stringMatching(/^no-session: The session was ended.*`storage: "fallback"`/),
    ]);
    expect((await client.get("/")).body).toBe("");
  });

  test.each([
    ["fallback", () => ({ secret: SECRET })],
    [
      "session before cookies",
      () => ({ storage: fallbackStorage(sessionStorage(), cookieStorage({ secret: SECRET })) }),
    ],
  ])("a message waits in the cookies, where the storage has some: %s", async (_storage, settings) => {
    const client = await logOut(settings());
    expect((await client.get("/")).body).toBe("Logged out.");
    expect((await client.get("/")).body).toBe("");
    expect(warnings).toEqual([]);
  });
});
