import { randomBytes } from "node:crypto";
import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import type { IncomingMessage, ServerResponse } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import compression from "compression";
import express from "express";
import session from "express-session";
import { cookieStorage, fallbackStorage, type Storage, sessionStorage } from "onceover";
import { messages, type NodeMiddleware } from "onceover/node";
import { afterEach, describe, expect, test } from "vitest";
import { Client } from "../client.ts";
import { SECRET, slow } from "../support.ts";
import type { ContractServer } from "./contract.ts";
import { listen } from "./servers.ts";

type Handler = (request: IncomingMessage, response: ServerResponse) => unknown;

let server: ContractServer;
afterEach(() => server.close());

async function clientOf(storage: Storage, handler: Handler): Promise<Client> {
  const withMessages = messages({ storage });
  server = await listen((request, response) =>
    withMessages(request, response, () => {
      request.messages.info("kept in a cookie");
      handler(request, response);
    }),
  );
  return new Client(server.origin);
}

/** Every way in which Node sends headers, and what then arrives. */
const ways: Record<string, [handler: Handler, body: string, headers: Record<string, unknown>]> = {
  "end(body)": [(_, response) => response.end("body"), "body", { "content-length": "4" }],
  "end(body, encoding, callback)": [(_, response) => response.end("Ym9keQ==", "base64", () => {}), "body", {}],
  "write, write, end": [
    (_, response) => {
      response.write("bo");
      response.write("d");
      response.end("y");
    },
    "body",
    { "transfer-encoding": "chunked" },
  ],
  "flushHeaders, end": [
    (_, response) => {
      response.flushHeaders();
      response.end("body");
    },
    "body",
    {},
  ],
  "writeHead(status, headers)": [
    (_, response) => response.writeHead(201, { "X-A": "1", "Set-Cookie": ["a=1", "b=2"] }).end("body"),
    "body",
    { "x-a": "1" },
  ],
  "writeHead(status, reason, flat list)": [
    (_, response) =>
      response.writeHead(201, "Fine", ["X-A", "1", "Set-Cookie", "a=1", "Set-Cookie", "b=2"]).end("body"),
    "body",
    { "x-a": "1" },
  ],
  "setHeader, writeHead(status, undefined, headers)": [
    (_, response) => {
      response.setHeader("X-A", "replaced");
      response.setHeader("Set-Cookie", "gone=1");
      response.writeHead(200, undefined, { "x-a": "1", "set-cookie": ["a=1", "b=2"] }).end("body");
    },
    "body",
    { "x-a": "1" },
  ],
  "a piped stream": [
    (_, response) => Readable.from(Array.from({ length: 50 }, () => "x".repeat(5000))).pipe(response),
    "x".repeat(250_000),
    {},
  ],
};

for (const [name, wrap] of Object.entries({
  "a synchronous storage": (storage: Storage) => storage,
  "a slow storage": slow,
})) {
  describe(`headers with ${name}`, () => {
    for (const [way, [handler, body, headers]] of Object.entries(ways)) {
      test(`${way}: the cookie is there, and everything else`, async () => {
        const client = await clientOf(wrap(cookieStorage({ secret: SECRET })), handler);
        const answer = await client.get("/");
        expect(answer.body).toBe(body);
        expect(answer.headers).toMatchObject(headers);
        const cookies = await client.cookies();
        expect(Object.keys(cookies).filter((cookie) => cookie.startsWith("messages."))).toHaveLength(1);
        if (way.startsWith("writeHead") || way.startsWith("setHeader"))
          expect(cookies).toMatchObject({ a: "1", b: "2" });
        expect(cookies).not.toHaveProperty("gone");
      });
    }

    test("a status message arrives", async () => {
      const client = await clientOf(wrap(cookieStorage({ secret: SECRET })), (_, response) =>
        response.writeHead(200, "Fine indeed").end(),
      );
      expect((await fetch(client.origin)).statusText).toBe("Fine indeed");
    });

    test("a body that Node refuses ends the response, and nothing else", async () => {
      const client = await clientOf(wrap(cookieStorage({ secret: SECRET })), (request, response) => {
        try {
          response.write(request.url === "/" ? "body" : (7 as never));
          response.end();
        } catch {
          response.destroy();
        }
      });
      await expect(client.get("/refused")).rejects.toThrow();
      expect((await client.get("/")).body).toBe("body");
    });

    test("headers that Node refuses are refused as before, and an error page can still be sent", async () => {
      const client = await clientOf(wrap(cookieStorage({ secret: SECRET })), (_, response) => {
        try {
          response.writeHead(200, { "bad name": "1" });
        } catch (error) {
          response.writeHead(500).end((error as { code: string }).code);
        }
      });
      const answer = await client.get("/");
      expect(answer).toMatchObject({ status: 500, body: "ERR_INVALID_HTTP_TOKEN" });
    });
  });
}

/** `response.end(…)` is looked up before its argument touches the messages for the first time. */
describe("messages that are first read in the argument of a sender", () => {
  const senders: Record<string, Handler> = {
    "end(…)": (request, response) => response.end([...request.messages].join("|")),
    "write(…)": (request, response) => {
      response.write([...request.messages].join("|"));
      response.end();
    },
  };
  const storages: Record<string, () => Storage> = {
    cookie: () => cookieStorage({ secret: SECRET }),
    session: sessionStorage,
    fallback: () => fallbackStorage(cookieStorage({ secret: SECRET, maxSize: 100 }), sessionStorage()),
    "a slow cookie": () => slow(cookieStorage({ secret: SECRET })),
    "a slow session": () => slow(sessionStorage()),
  };
  for (const [sender, handler] of Object.entries(senders)) {
    test.each(Object.keys(storages))(`${sender}: shown once, on %s`, async (name) => {
      const withSession = session({
        secret: "s",
        resave: false,
        saveUninitialized: false,
      }) as unknown as NodeMiddleware;
      const withMessages = messages({ storage: storages[name]?.() as Storage });
      server = await listen((request, response) =>
        withSession(request, response, () =>
          withMessages(request, response, () => {
            if (request.method === "GET") {
              handler(request, response);
            } else {
              request.messages.info("waits");
              request.messages.info("too");
              response.end();
            }
          }),
        ),
      );
      const client = new Client(server.origin);
      await client.post("/");
      expect((await client.get("/")).body).toBe("waits|too");
      expect((await client.get("/")).body).toBe("");
    });
  }
});

/** compression keeps the listeners for "drain" to itself, and wraps the same methods. */
describe("a response that is compressed", () => {
  const folder = mkdtempSync(join(tmpdir(), "onceover-"));
  const storages: Record<string, () => Storage> = {
    cookie: () => cookieStorage({ secret: SECRET }),
    "a slow cookie": () => slow(cookieStorage({ secret: SECRET })),
    "a slow session": () => slow(sessionStorage()),
  };
  for (const [name, create] of Object.entries(storages)) {
    for (const order of ["before", "behind"]) {
      test.each([100, 20_000, 70_000, 3_000_000])(
        `is whole: on ${name}, compressed ${order} the messages, %i bytes`,
        async (size) => {
          const file = join(folder, `${size}.txt`);
          writeFileSync(file, randomBytes(size / 2).toString("hex"));
          const app = express();
          if (order === "before") app.use(compression({ threshold: 0 }));
          app.use(session({ secret: "s", resave: false, saveUninitialized: false }));
          app.use(messages({ storage: create() }));
          if (order === "behind") app.use(compression({ threshold: 0 }));
          app.get("/file", (req, res) => {
            req.messages.info("waits");
            res.sendFile(file);
          });
          app.get("/", (req, res) => void res.send([...req.messages].join("|")));
          server = await listen(app);
          const client = new Client(server.origin);
          const fetched = await fetch(`${server.origin}/file`, { headers: { accept: "text/html" } });
          expect(fetched.headers.get("content-encoding")).toBe("gzip");
          expect(await fetched.text()).toBe(readFileSync(file, "utf8"));
          for (const cookie of fetched.headers.getSetCookie()) await client.jar.setCookie(cookie, server.origin);
          expect((await client.get("/")).body).toBe("waits");
        },
      );

      test(`has its events come out when they are flushed: on ${name}, compressed ${order} the messages`, async () => {
        const app = express();
        if (order === "before") app.use(compression({ threshold: 0 }));
        app.use(session({ secret: "s", resave: false, saveUninitialized: false }));
        app.use(messages({ storage: create() }));
        if (order === "behind") app.use(compression({ threshold: 0 }));
        app.get("/events", (req, res) => {
          req.messages.info("waits");
          res.type("text/event-stream");
          res.write("data: first\n\n");
          res.flush();
          req.on("close", () => res.end());
        });
        server = await listen(app);
        const events = await fetch(`${server.origin}/events`, { headers: { accept: "text/html" } });
        expect(events.headers.get("content-encoding")).toBe("gzip");
        const reader = events.body?.getReader();
        expect(new TextDecoder().decode((await reader?.read())?.value)).toBe("data: first\n\n");
        await reader?.cancel();
      }, 5000);
    }
  }
});
