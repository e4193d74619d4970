import type { IncomingMessage, ServerResponse } from "node:http";
import { getRequestListener } from "@hono/node-server";
import express from "express";
import fastify from "fastify";
import { Hono } from "hono";
import Koa from "koa";
import { messages as expressMessages } from "onceover/express";
import { messages as fastifyMessages } from "onceover/fastify";
import { messages as honoMessages } from "onceover/hono";
import { messages as koaMessages } from "onceover/koa";
import { messages as nodeMessages } from "onceover/node";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { Client } from "../client.ts";
import { SECRET } from "../support.ts";
import type { ContractServer } from "./contract.ts";
import { listen } from "./servers.ts";

// Time is measured in bench/; what a request makes and computes is counted here, as a count cannot be noisy.

const made = vi.hoisted(() => new Map<string, number>());

/** A module of ours or of Node's whose classes, or functions, count how often they are used. */
const counting = vi.hoisted(() => (module: Record<string, unknown>, ...names: string[]) => {
  const counted = names.map((name) => [
    name,
    new Proxy(module[name] as new (...args: unknown[]) => object, {
      construct(target, args, newTarget) {
        made.set(name, (made.get(name) ?? 0) + 1);
        return Reflect.construct(target, args, newTarget);
      },
      apply(target, self, args) {
        made.set(name, (made.get(name) ?? 0) + 1);
        return Reflect.apply(target as never, self, args);
      },
    }),
  ]);
  return { ...module, ...Object.fromEntries(counted) };
});

vi.mock("../../src/delivery/delivery.ts", async (original) => counting(await original(), "Delivery"));
vi.mock("../../src/core/ledger.ts", async (original) => counting(await original(), "Ledger"));
vi.mock("../../src/http/node/node-exchange.ts", async (original) => counting(await original(), "NodeExchange"));
vi.mock("../../src/http/node/fastify-exchange.ts", async (original) => counting(await original(), "FastifyExchange"));
vi.mock("../../src/http/fetch/fetch-exchange.ts", async (original) => counting(await original(), "FetchExchange"));
vi.mock("../../src/wire/hmac.ts", async (original) => {
  const { hmacOf } = await original<typeof import("../../src/wire/hmac.ts")>();
  return { hmacOf: (key: Buffer) => counting({ HMAC: hmacOf(key) }, "HMAC").HMAC };
});
vi.mock("node:zlib", async (original) => counting(await original(), "deflateSync", "inflateSync"));

/** What of ours hangs on a response: on Node's own there is none of these. */
const senders = (response: ServerResponse) =>
  ["writeHead", "write", "end", "flushHeaders"].filter((name) => Object.hasOwn(response, name));

interface App {
  start(): Promise<ContractServer>;
  /** What a request makes whose messages nobody touches. */
  readonly untouched: Readonly<Record<string, number>>;
  /** What a request makes whose messages are touched. */
  readonly touched: Readonly<Record<string, number>>;
}

const settings = { secret: SECRET, storage: "cookie" } as const;

const APPS: Readonly<Record<string, App>> = {
  "node:http": {
    start: () => {
      const withMessages = nodeMessages(settings);
      return listen((request: IncomingMessage, response: ServerResponse) =>
        withMessages(request, response, () => {
          if (request.url === "/add") request.messages.info("Hello.");
          const body = request.url === "/show" ? [...request.messages].join() : senders(response).join();
          response.end(body);
        }),
      );
    },
    untouched: {},
    touched: { Delivery: 1, Ledger: 1, NodeExchange: 1 },
  },
  "Express 5": {
    start: () => {
      const app = express().use(expressMessages(settings));
      app.get("/plain", (_req, res) => void res.send(senders(res).join()));
      app.get("/add", (req, res) => {
        req.messages.info("Hello.");
        res.send(senders(res).join());
      });
      app.get("/show", (req, res) => void res.send([...req.messages].join()));
      return listen(app);
    },
    untouched: {},
    touched: { Delivery: 1, Ledger: 1, NodeExchange: 1 },
  },
  "Fastify 5": {
    start: async () => {
      const app = fastify();
      app.register(fastifyMessages(settings));
      app.get("/plain", (_request, reply) => reply.send(senders(reply.raw).join()));
      app.get("/add", (request, reply) => {
        request.messages.info("Hello.");
        return reply.send(senders(reply.raw).join());
      });
      app.get("/show", (request, reply) => reply.send([...request.messages].join()));
      const origin = await app.listen({ port: 0, host: "127.0.0.1" });
      return { origin, close: () => app.close() };
    },
    untouched: {},
    touched: { Delivery: 1, Ledger: 1, FastifyExchange: 1 },
  },
  "Koa 3": {
    start: () => {
      const app = new Koa().use(koaMessages(settings)).use((ctx) => {
        if (ctx.path === "/add") ctx.messages.info("Hello.");
        ctx.body = ctx.path === "/show" ? [...ctx.messages].join() : senders(ctx.res).join();
      });
      return listen(app.callback());
    },
    untouched: {},
    touched: { Delivery: 1, Ledger: 1, NodeExchange: 1 },
  },
  // `c.var` holds values, and no getters: so there the messages are made for each request, with nothing read or written.
  "Hono 4": {
    start: () => {
      const app = new Hono().use(honoMessages(settings));
      app.get("/plain", (c) => c.text(""));
      app.get("/add", (c) => {
        c.var.messages.info("Hello.");
        return c.text("");
      });
      app.get("/show", (c) => c.text([...c.var.messages].join()));
      return listen(getRequestListener(app.fetch));
    },
    untouched: { Delivery: 1, Ledger: 1, FetchExchange: 1 },
    touched: { Delivery: 1, Ledger: 1, FetchExchange: 1 },
  },
};

describe.each(Object.entries(APPS))("on %s", (_name, { start, untouched, touched }) => {
  let server: ContractServer;
  let client: Client;

  beforeEach(async () => {
    server = await start();
    client = new Client(server.origin);
    await client.get("/plain"); // The first request of an app defines the getters.
    made.clear();
  });
  afterEach(() => server.close());

  test("a request that does not touch its messages makes nothing, and its response is not wrapped", async () => {
    const { body } = await client.get("/plain");
    expect(Object.fromEntries(made)).toEqual(untouched);
    expect(body).toBe("");
  });

  test("adding a message takes one HMAC and no compression, and showing it one HMAC", async () => {
    const { body } = await client.get("/add");
    expect(Object.fromEntries(made)).toEqual({ ...touched, HMAC: 1 });
    expect(["", "writeHead"]).toContain(body);
    made.clear();
    expect((await client.get("/show")).body).toBe("Hello.");
    expect(Object.fromEntries(made)).toEqual({ ...touched, HMAC: 1 });
  });
});
