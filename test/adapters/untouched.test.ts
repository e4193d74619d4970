import type { IncomingMessage } from "node:http";
import express, { type Express, type RequestHandler } from "express";
import session from "express-session";
import nunjucks from "nunjucks";
import { cookieStorage, fallbackStorage, type Storage, sessionStorage } from "onceover";
import { messages } from "onceover/express";
import { hxTrigger } from "onceover/htmx";
import { registerMessages } from "onceover/nunjucks";
import { afterEach, describe, expect, test, vi } from "vitest";
import { SECRET, slow } from "../support.ts";
import type { ContractServer } from "./contract.ts";
import { bytesOf, listen } from "./servers.ts";

const servers: ContractServer[] = [];
afterEach(async () => {
  for (const server of servers.splice(0)) await server.close();
});

/** The bytes that a server sends for a request; the date, which is not ours, is blanked. */
async function bytes(app: Express, path: string, cookie: string, more?: string): Promise<string> {
  const server = await listen(app);
  servers.push(server);
  return bytesOf(server, path, cookie, more);
}

function appWith(...middleware: RequestHandler[]): Express {
  const app = express();
  app.use(session({ secret: "s", resave: false, saveUninitialized: false }));
  for (const handler of middleware) app.use(handler);
  const environment = new nunjucks.Environment(null);
  if (middleware.length > 0) registerMessages(environment);
  app.get("/text", (_req, res) => void res.send("hello"));
  app.get("/json", (_req, res) => void res.json({ hello: "world" }));
  app.get("/redirect", (_req, res) => res.redirect("/text"));
  app.get("/template", (_req, res) => {
    res.send(environment.renderString("<p>{{ title }}</p>", { ...res.locals, title: "hello" }));
  });
  app.get(
    "/cookies",
    (_req, res) => void res.cookie("a", "1").cookie("b", "2").set("Cache-Control", "public").send("x"),
  );
  app.get("/stream", (_req, res) => {
    res.writeHead(200, { "X-Raw": "1" });
    res.write("a");
    res.end("b");
  });
  app.get("/error", () => {
    throw Object.assign(new Error("teapot"), { status: 418, stack: "teapot" });
  });
  return app;
}

const storages: Record<string, () => Storage> = {
  cookie: () => cookieStorage({ secret: SECRET }),
  session: sessionStorage,
  fallback: () => fallbackStorage(cookieStorage({ secret: SECRET }), sessionStorage()),
  "a slow storage, loaded before the handler": () => slow(cookieStorage({ secret: SECRET })),
};

const PATHS = ["/text", "/json", "/redirect", "/template", "/cookies", "/stream", "/error", "/missing"];

describe.each(Object.keys(storages))("messages untouched, on %s", (name) => {
  const storage = () => storages[name]?.() as Storage;

  test.each(PATHS)("%s is byte-identical to the app without messages", async (path) => {
    const cookie = "messages=forged; messages.00000000000aaaa=forged; other=1";
    const without = await bytes(appWith(), path, cookie);
    expect(await bytes(appWith(messages({ storage: storage() })), path, cookie)).toBe(without);
    expect(await bytes(appWith(messages({ storage: storage(), outlet: hxTrigger() })), path, cookie)).toBe(without);
    expect(without).toMatch(/^HTTP\/1\.1 /);
  });

  test.each(PATHS)("%s is byte-identical for HTMX too, where none wait that its header could carry", async (path) => {
    const htmx = "HX-Request: true\r\n";
    const without = await bytes(appWith(), path, "other=1", htmx);
    const app = appWith(messages({ storage: storage(), outlet: hxTrigger() }));
    expect(await bytes(app, path, "other=1", htmx)).toBe(without);
  });
});

test("a request that does not touch its messages reaches neither the storage nor the response", async () => {
  const storage = cookieStorage({ secret: SECRET });
  vi.spyOn(storage, "open").mockImplementation(() => expect.fail("opened"));
  const app = express();
  app.use(messages({ storage }));
  app.get("/", (req: IncomingMessage, res) => {
    res.json({
      own: Object.keys(res).filter((key) => ["end", "write", "writeHead"].includes(key)),
      level: req.messages.level,
    });
  });
  expect(await bytes(app, "/", "")).toContain('{"own":[],"level":20}');
});
