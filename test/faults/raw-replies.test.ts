import fastifyCookie from "@fastify/cookie";
import fastifySession from "@fastify/session";
import { Controller, Get, Module, Sse, type Type } from "@nestjs/common";
import { NestFactory } from "@nestjs/core";
import { FastifyAdapter } from "@nestjs/platform-fastify";
import fastify, { type FastifyReply, type FastifyRequest } from "fastify";
import { cookieStorage, type MessagesError, type Settings } from "onceover";
import { messages } from "onceover/fastify";
import { Messages, MessagesModule } from "onceover/nest";
import { from } from "rxjs";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { ContractServer } from "../adapters/contract.ts";
import { Client } from "../client.ts";
import { OVERFLOW, SECRET, slow } from "../support.ts";

// Fastify runs no hooks for a reply that was hijacked, or is written to `reply.raw`, as NestJS does for server-sent events.

const warnings: MessagesError[] = [];
const onWarning = (warning: MessagesError) => void warnings.push(warning);
let server: ContractServer;
beforeEach(() => void warnings.splice(0));
afterEach(() => server.close());

const SETTINGS: Readonly<Record<string, () => Settings>> = {
  cookies: () => ({ secret: SECRET, onWarning }),
  "a storage that takes its time": () => ({ storage: slow(cookieStorage({ secret: SECRET })), onWarning }),
  "an error for each warning": () => ({ secret: SECRET, debug: true }),
};

/** Ways to send a text past Fastify. */
const WAYS: Readonly<Record<string, (reply: FastifyReply, text: string) => unknown>> = {
  "hijacked, writeHead() and end()": (reply, text) => {
    reply.hijack();
    reply.raw.writeHead(200, { "Content-Type": "text/plain", "Set-Cookie": "own=1" }).end(text);
  },
  "hijacked, end()": (reply, text) => {
    reply.hijack();
    reply.raw.end(text);
  },
  "raw, writeHead() and a stream of events": async (reply, text) => {
    reply.raw.writeHead(200, ["Content-Type", "text/event-stream", "Set-Cookie", "own=1"]);
    reply.raw.flushHeaders();
    reply.raw.write(text);
    await new Promise((resolve) => setTimeout(resolve, 5));
    reply.raw.end();
    return reply;
  },
};

async function start(settings: Settings, way: (reply: FastifyReply, text: string) => unknown): Promise<Client> {
  const app = fastify();
  app.register(messages(settings));
  app.register(fastifyCookie);
  app.register(fastifySession, { secret: SECRET, cookie: { secure: false } });
  const text = ({ messages }: FastifyRequest) => [...messages].join("|");
  app.get("/", async (request) => text(request));
  app.post("/raw-add", (request, reply) => {
    request.messages.info(request.query && "long" in (request.query as object) ? OVERFLOW : "added");
    return way(reply, "-");
  });
  app.get("/raw-show", (request, reply) => way(reply, text(request)));
  app.get("/raw-clear", (request, reply) => {
    request.messages.clear();
    return way(reply, "-");
  });
  app.get("/raw-untouched", (_request, reply) => way(reply, "-"));
  server = { origin: await app.listen({ host: "127.0.0.1", port: 0 }), close: () => app.close() };
  return new Client(server.origin);
}

describe.each(Object.entries(SETTINGS))("a reply past Fastify's hooks, with %s", (_name, settings) => {
  describe.each(Object.entries(WAYS))("%s", (_way, way) => {
    test("stores what was added, shows it once, and clears", async () => {
      const client = await start(settings(), way);
      expect(await client.post("/raw-add")).toMatchObject({ status: 200, body: "-" });
      expect((await client.get("/raw-untouched")).body).toBe("-");
      const shown = await client.get("/raw-show");
      expect(shown.body).toBe("added");
      expect(shown.headers).toMatchObject({ "cache-control": "no-store", vary: "Cookie" });
      expect((await client.get("/")).body).toBe("");
      await client.post("/raw-add");
      await client.get("/raw-clear");
      expect((await client.get("/")).body).toBe("");
      expect(warnings).toEqual([]);
    });
  });
});

test("what the session would have to save is a warning", async () => {
  const client = await start({ secret: SECRET, onWarning }, WAYS["hijacked, end()"] as never);
  await client.post("/raw-add?long");
  expect(warnings.map(({ code, message }) => `${code}: ${message}`)).toEqual([
    expect.stringMatching(/^too-late: The reply was hijacked.*`reply\.send\(\)`/),
  ]);
  expect((await client.get("/")).body).toBe("");
});

/** What `@Sse("events") events(@Messages() messages)` does: the syntax for parameters is not JavaScript's. */
function eventsController(): Type {
  class EventsController {
    list(messages: Messages): string {
      return [...messages].join("|");
    }
    add(messages: Messages) {
      messages.info("added");
      return from([{ data: "-" }]);
    }
    show(messages: Messages) {
      return from([{ data: [...messages].join("|") }]);
    }
  }
  const { prototype } = EventsController;
  const routes = { list: Get(), add: Sse("add"), show: Sse("show") };
  for (const [name, decorate] of Object.entries(routes)) {
    decorate(prototype, name, Object.getOwnPropertyDescriptor(prototype, name) as PropertyDescriptor);
    Messages()(prototype, name, 0);
  }
  Controller()(EventsController);
  return EventsController;
}

describe.each(["Fastify", "Express"])("server-sent events of NestJS on %s", (platform) => {
  test.each(Object.entries(SETTINGS))("store what was added, and show it once, with %s", async (_name, settings) => {
    class AppModule {}
    Module({ imports: [MessagesModule.forRoot(settings())], controllers: [eventsController()] })(AppModule);
    const quiet = { logger: false } as const;
    const app =
      platform === "Express"
        ? await NestFactory.create(AppModule, quiet)
        : await NestFactory.create(AppModule, new FastifyAdapter(), quiet);
    await app.listen(0, "127.0.0.1");
    server = { origin: await app.getUrl(), close: () => app.close() };
    const client = new Client(server.origin);
    expect((await client.get("/add")).body).toContain("data: -");
    expect((await client.get("/show")).body).toContain("data: added");
    expect((await client.get("/")).body).toBe("");
    expect(warnings).toEqual([]);
  });
});
