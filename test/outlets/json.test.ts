import { createServer } from "node:http";
import connect from "connect";
import express, { type Express } from "express";
import express4 from "express4";
import { Hono } from "hono";
import { cookieStorage, type Messages } from "onceover";
import { messages as expressMessages } from "onceover/express";
import { messages as fetchMessages } from "onceover/fetch";
import { messages as honoMessages } from "onceover/hono";
import { messagesHandler, messagesResponse } from "onceover/json";
import { messages as nodeMessages } from "onceover/node";
import { afterEach, describe, expect, test } from "vitest";
import type { ContractServer } from "../adapters/contract.ts";
import { listen, opened } from "../adapters/servers.ts";
import { Client } from "../client.ts";
import { SECRET, slow } from "../support.ts";

const add = (messages: Messages) => {
  messages.success("1 < 2", { data: { id: 7 } });
  messages.error("no");
};
const settings = { storage: slow(cookieStorage({ secret: SECRET })) };

/** Each answers `/add` by adding, and everything else with the ready handler. */
const SERVERS: Readonly<Record<string, () => Promise<ContractServer>>> = {
  "Express 5": () => listen(onExpress(express())),
  "Express 4": () => listen(onExpress(express4() as unknown as Express)),
  Connect: () => {
    const app = connect();
    app.use(nodeMessages(settings));
    app.use("/add", (req, res) => {
      add(req.messages);
      res.end();
    });
    app.use(messagesHandler);
    return listen(app);
  },
  "node:http": () => {
    const withMessages = nodeMessages(settings);
    return opened(
      createServer((req, res) =>
        withMessages(req, res, () => {
          if (req.url !== "/add") return void messagesHandler(req, res);
          add(req.messages);
          return void res.end();
        }),
      ),
    );
  },
  Hono: () => {
    const app = new Hono();
    app.use(honoMessages(settings));
    app.get("/add", (c) => {
      add(c.var.messages);
      return c.body(null);
    });
    app.get("*", (c) => messagesResponse(c));
    return served(app.fetch);
  },
  "a fetch handler": () =>
    served(
      fetchMessages(settings)((request) => {
        if (!request.url.endsWith("/add")) return messagesResponse(request);
        add(request.messages);
        return new Response();
      }),
    ),
};

function onExpress(app: Express): Express {
  app.use(expressMessages(settings));
  app.get("/add", (req, res) => {
    add(req.messages);
    res.end();
  });
  app.get("/messages", messagesHandler);
  return app;
}

/** A fetch handler on `node:http`, as far as these tests need it. */
function served(handler: (request: Request) => Response | Promise<Response>): Promise<ContractServer> {
  return listen(async (req, res) => {
    const headers = Object.entries(req.headers).map(([name, value]) => [name, String(value)] as [string, string]);
    const response = await handler(new Request(`http://test${req.url}`, { method: req.method ?? "GET", headers }));
    res.writeHead(response.status, [...response.headers].flat()).end(await response.text());
  });
}

describe.each(Object.entries(SERVERS))("GET /messages on %s", (_, start) => {
  let server: ContractServer | undefined;
  afterEach(() => server?.close());

  async function visitor(): Promise<Client> {
    server = await start();
    const client = new Client(server.origin);
    await client.get("/add");
    return client;
  }
  const fetched = (client: Client, headers: Record<string, string> = {}) =>
    client.get("/messages", { accept: "application/json", ...headers });

  test("gives what waits as JSON, once, and for no cache", async () => {
    const client = await visitor();
    const answer = await fetched(client);
    expect(JSON.parse(answer.body)).toEqual([
      {
        level: 25,
        levelTag: "success",
        message: "1 < 2",
        safe: false,
        extraTags: "",
        tags: "success",
        data: { id: 7 },
      },
      { level: 40, levelTag: "error", message: "no", safe: false, extraTags: "", tags: "error" },
    ]);
    expect(answer.headers).toMatchObject({
      "content-type": "application/json; charset=utf-8",
      "cache-control": "no-store",
    });
    expect(await client.cookies()).toEqual({});
    expect(await fetched(client)).toMatchObject({ body: "[]", headers: { "cache-control": "no-store" } });
  });

  test("gives nothing to a prefetch, and takes nothing for HEAD", async () => {
    const client = await visitor();
    expect((await fetched(client, { "sec-purpose": "prefetch" })).body).toBe("[]");
    await client.ask("HEAD", "/messages");
    expect(JSON.parse((await fetched(client)).body)).toHaveLength(2);
  });
});

test("where no adapter is mounted, the ready handlers say so", async () => {
  const expected = expect.objectContaining({ code: "no-middleware" });
  const app = express4() as unknown as Express;
  app.get("/messages", messagesHandler);
  app.use(((error, _req, res, _next) => void res.status(500).send(error.code)) satisfies express.ErrorRequestHandler);
  const server = await listen(app);
  expect((await new Client(server.origin).get("/messages")).body).toBe("no-middleware");
  await server.close();
  await expect(messagesResponse(new Request("http://test/messages"))).rejects.toEqual(expected);
});
