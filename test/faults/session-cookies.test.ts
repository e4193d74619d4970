import type { Server } from "node:http";
import fastifySecureSession from "@fastify/secure-session";
import { createAdaptorServer } from "@hono/node-server";
import cookieSession from "cookie-session";
import express, { type RequestHandler } from "express";
import fastify from "fastify";
import { Hono } from "hono";
import { CookieStore, sessionMiddleware } from "hono-sessions";
import Koa from "koa";
import koaSession from "koa-session";
import { defineMessages, type Messages, type MessagesError, type Settings } from "onceover";
import { messages } from "onceover/express";
import { messages as fastifyMessages } from "onceover/fastify";
import { messages as honoMessages } from "onceover/hono";
import { messages as koaMessages } from "onceover/koa";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { ContractServer } from "../adapters/contract.ts";
import { listen, opened } from "../adapters/servers.ts";
import { type Answer, Client } from "../client.ts";
import { SECRET } from "../support.ts";

// A browser drops a cookie of more than 4096 bytes without a word: with messages in it, the session would be gone, and the
// visitor logged out.

/** What a handler of these apps gets: its messages, and the session's user to read and to set. */
interface Visit {
  readonly url: string;
  readonly messages: Messages;
  user: unknown;
}

/** @returns the page. */
function handle(visit: Visit): string {
  const { pathname, searchParams } = new URL(visit.url, "http://localhost");
  if (pathname === "/log-in") visit.user = "ada";
  const count = Number(searchParams.get("count"));
  for (let index = 0; index < count; index += 1)
    visit.messages.info(`${index}:`.padEnd(Number(searchParams.get("size")), 'a "é'));
  if (pathname === "/") return `${visit.user}|${[...visit.messages].join("|")}`;
  return "";
}

type Serve = (settings: Settings) => Promise<ContractServer>;

const SERVERS: Readonly<Record<string, Serve>> = {
  "cookie-session on Express": (settings) => {
    const app = express();
    app.use(cookieSession({ keys: ["k"] }) as RequestHandler, messages(settings));
    app.use((req, res) => {
      const session = req.session as { user?: unknown };
      res.send(handle(onProperty(session, req.url, req.messages)));
    });
    return listen(app);
  },
  "koa-session on Koa": (settings) => {
    const app = new Koa();
    app.keys = ["k"];
    app.use(koaSession({ maxAge: 1e10 }, app)).use(koaMessages(settings));
    app.use((ctx) => {
      ctx.body = handle(onProperty(ctx.session as { user?: unknown }, ctx.url, ctx.messages));
    });
    return listen(app.callback());
  },
  "@fastify/secure-session on Fastify": async (settings) => {
    const app = fastify();
    app.register(fastifyMessages(settings));
    app.register(fastifySecureSession, { key: Buffer.alloc(32, "k"), cookie: { path: "/" } });
    app.all("*", async ({ url, messages, session }) => {
      const user = {
        get: () => session.get("user" as never),
        set: (value: unknown) => session.set("user" as never, value as never),
      };
      return handle(Object.defineProperty({ url, messages, user: undefined }, "user", user));
    });
    return { origin: await app.listen({ host: "127.0.0.1", port: 0 }), close: () => app.close() };
  },
  "hono-sessions' CookieStore on Hono": (settings) => {
    const app = new Hono();
    app.use(sessionMiddleware({ store: new CookieStore(), encryptionKey: SECRET, expireAfterSeconds: 900 }));
    app.use(honoMessages(settings));
    app.all("*", (c) => {
      const session = c.get("session" as never) as {
        get(key: string): unknown;
        set(key: string, value: unknown): void;
      };
      const user = { get: () => session.get("user"), set: (value: unknown) => session.set("user", value) };
      return c.text(
        handle(Object.defineProperty({ url: c.req.url, messages: c.var.messages, user: undefined }, "user", user)),
      );
    });
    return opened(createAdaptorServer(app) as Server);
  },
};

function onProperty(session: { user?: unknown }, url: string, messages: Messages): Visit {
  const user = {
    get: () => session.user,
    set: (value: unknown) => {
      session.user = value;
    },
  };
  return Object.defineProperty({ url, messages, user: undefined }, "user", user);
}

describe.each(Object.entries(SERVERS))("%s", (_name, serve) => {
  const warnings: MessagesError[] = [];
  const onWarning = (warning: MessagesError) => void warnings.push(warning);
  let server: ContractServer;
  let client: Client;

  async function visit(settings: Settings): Promise<void> {
    server = await serve(defineMessages({ onWarning, ...settings }) as Settings);
    client = new Client(server.origin);
    await client.post("/log-in");
  }

  beforeEach(() => void warnings.splice(0));
  afterEach(() => server.close());

  /** What browsers keep of each cookie that was set. */
  const largest = ({ headers }: Answer) =>
    Math.max(0, ...(headers["set-cookie"] ?? []).map((line) => (line.split(";", 1)[0] ?? "").length));

  test.each([{ storage: "session" }, { secret: SECRET, cookie: { maxSize: 100 } }] as const)(
    "stays as it was where a message does not fit, and a warning tells: %o",
    async (settings) => {
      await visit(settings);
      await client.post("/add?count=1&size=10");
      expect(largest(await client.post("/add?count=1&size=4000"))).toBeLessThanOrEqual(4096);
      expect(warnings.map(({ code }) => code)).toEqual(["not-stored"]);
      expect(warnings[0]?.message).toContain("a session that keeps its data on the server");
      expect((await client.get("/")).body).toMatch(/^ada\|0:[^|]{8}$/);
      expect((await client.get("/")).body).toBe("ada|");
    },
  );

  test("never makes a cookie that browsers drop, and uses what there is", async () => {
    await visit({ storage: "session" });
    let widest = 0;
    for (let size = 300; size <= 1300; size += 20) {
      const { length } = warnings;
      widest = Math.max(widest, largest(await client.post(`/add?count=1&size=${size}`)));
      const isStored = warnings.length === length;
      const page = (await client.get("/")).body;
      expect(page.length).toBe(isStored ? size + 4 : 4);
      expect(page).toContain("ada|");
    }
    expect(widest).toBeLessThanOrEqual(4096);
    expect(widest).toBeGreaterThan(3500);
    expect(warnings).not.toEqual([]);
  });

  test("keeps the newest of many messages", async () => {
    await visit({ storage: "session" });
    await client.post("/add?count=3&size=100");
    expect(largest(await client.post("/add?count=60&size=100"))).toBeLessThanOrEqual(4096);
    expect(warnings.map(({ code }) => code)).toEqual(["not-stored"]);
    const [user, ...shown] = (await client.get("/")).body.split("|").map((text) => text.split(":")[0]);
    expect(user).toBe("ada");
    expect(shown.length).toBeGreaterThan(3);
    expect(shown).toEqual(Array.from(shown, (_, index) => `${60 - shown.length + index}`));
  });

  test("of a message that is too large and small ones, keeps the small ones", async () => {
    await visit({ storage: "session" });
    await client.post("/add?count=2&size=50");
    await client.post("/add?count=1&size=5000");
    await client.post("/add?count=1&size=40");
    expect((await client.get("/")).body.split("|").map((text) => text.length)).toEqual([3, 50, 50, 40]);
    expect(warnings.map(({ code }) => code)).toEqual(["not-stored"]);
  });
});
