import { getRequestListener } from "@hono/node-server";
import express from "express";
import session from "express-session";
import fastify from "fastify";
import { Hono } from "hono";
import Koa from "koa";
import type { Messages } from "onceover";
import { messages } from "onceover/express";
import { messages as fastifyMessages } from "onceover/fastify";
import { messages as honoMessages } from "onceover/hono";
import { messages as koaMessages } from "onceover/koa";
import { afterEach, describe, expect, test } from "vitest";
import type { ContractServer } from "../adapters/contract.ts";
import { listen } from "../adapters/servers.ts";
import { Client } from "../client.ts";
import { OVERFLOW, SECRET } from "../support.ts";
import { type CachingProxy, isMissing, PROXIES, startProxy } from "./caching-proxies.ts";

// What is written for one visitor must never reach another by a cache that both share.

interface Page {
  readonly status?: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

const PUBLIC = { "content-type": "text/html", "cache-control": "public, max-age=60" };

/** Pages that may be stored, were it not for what they do to messages. */
function act(path: string, messages: () => Messages): Page {
  const page = { headers: PUBLIC, body: path };
  switch (path) {
    case "/adds":
      messages().info("for one visitor");
      return page;
    case "/moved":
      messages().info("for one visitor");
      return { ...page, status: 301, headers: { ...PUBLIC, location: "/elsewhere" } };
    case "/clears":
      messages().clear();
      return page;
    case "/shows":
      return { ...page, body: [...messages()].join() };
    case "/hides-a-header":
      return { headers: { ...PUBLIC, "cache-control": 'private="x-foo", max-age=60' }, body: [...messages()].join() };
    case "/overflows":
      messages().info(OVERFLOW);
      return page;
    default:
      return page;
  }
}

const APPS: Readonly<Record<string, () => Promise<ContractServer>>> = {
  Express: () => {
    const app = express();
    app.use(session({ secret: "s", resave: false, saveUninitialized: false }), messages({ secret: SECRET }));
    app.use((req, res) => {
      const { status = 200, headers, body } = act(req.path, () => req.messages);
      res.status(status).set(headers).send(body);
    });
    return listen(app);
  },
  Fastify: async () => {
    const app = fastify();
    app.register(fastifyMessages({ secret: SECRET }));
    app.get("/*", async (request, reply) => {
      const { status = 200, headers, body } = act(request.url, () => request.messages);
      return reply.code(status).headers(headers).send(body);
    });
    return { origin: await app.listen({ port: 0, host: "127.0.0.1" }), close: () => app.close() };
  },
  Koa: () => {
    const app = new Koa();
    app.use(koaMessages({ secret: SECRET }));
    app.use((ctx) => {
      const { status = 200, headers, body } = act(ctx.path, () => ctx.messages);
      Object.assign(ctx, { body, status });
      ctx.set(headers);
    });
    return listen(app.callback());
  },
  Hono: () => {
    const app = new Hono();
    app.use(honoMessages({ secret: SECRET }));
    app.get("/*", (c) => {
      const { status = 200, headers, body } = act(c.req.path, () => c.var.messages);
      return new Response(body, { status, headers });
    });
    return listen(getRequestListener(app.fetch));
  },
};

const closing: ContractServer[] = [];
afterEach(async () => {
  for (const server of closing.splice(0).reverse()) await server.close();
});

/** An app behind a proxy. */
async function behind(proxy: CachingProxy, start: () => Promise<ContractServer>): Promise<string> {
  const server = await start();
  closing.push(server);
  const front = await startProxy(proxy, server.origin);
  closing.push(front);
  return front.origin;
}

for (const [proxyName, proxy] of Object.entries(PROXIES)) {
  describe.skipIf(isMissing(proxy))(`behind ${proxyName}`, () => {
    for (const [name, start] of Object.entries(APPS)) {
      test(`a page of ${name} is stored, and none on which something is written for a visitor`, async () => {
        const origin = await behind(proxy, start);
        const visitor = new Client(origin);
        await visitor.get("/public");
        expect(String((await new Client(origin).get("/public")).headers["x-cache"])).toMatch(/^HIT/);
        for (const path of ["/adds", "/moved", "/shows", "/adds", "/hides-a-header", "/adds", "/clears"]) {
          await visitor.get(path);
          const { headers, body } = await new Client(origin).get(path);
          expect(String(headers["x-cache"]), path).not.toMatch(/^HIT/);
          expect(body, path).not.toContain("for one visitor");
        }
      });
    }

    test("a visitor's session is not handed to another, where messages are what it was opened for", async () => {
      const origin = await behind(proxy, APPS.Express as () => Promise<ContractServer>);
      const [visitor, other] = [new Client(origin), new Client(origin)];
      await visitor.get("/overflows");
      await other.get("/overflows");
      const [mine, theirs] = [await visitor.cookies(), await other.cookies()];
      expect(mine["connect.sid"]).toBeDefined();
      expect(theirs["connect.sid"]).not.toBe(mine["connect.sid"]);
    });
  });
}
