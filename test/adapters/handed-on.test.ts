import { createServer, type IncomingMessage, ServerResponse } from "node:http";
import { inspect } from "node:util";
import compression from "compression";
import express, { type Express, type Request, type Response } from "express";
import session from "express-session";
import express4 from "express4";
import { getMessages, type MessagesError, type Storage } from "onceover";
import { messages } from "onceover/express";
import { hxTrigger } from "onceover/htmx";
import { messages as nodeMessages } from "onceover/node";
import { afterEach, describe, expect, test } from "vitest";
import { Client } from "../client.ts";
import { SECRET } from "../support.ts";
import type { ContractServer } from "./contract.ts";
import { listen, opened } from "./servers.ts";

// Requests that go through more hands than one, and responses that are sent in the middle of something else.

let server: ContractServer;
afterEach(() => server.close());

const settings = { secret: SECRET };
const add = (req: Request, res: Response) => {
  req.messages.success("Saved.");
  res.redirect(303, "/");
};
const show = (req: Request, res: Response) => void res.send([...req.messages].join("|"));
const routes = (app: Express) => app.post("/", add).get("/", show);

async function shownAfterAdding(): Promise<string> {
  const client = new Client(server.origin);
  return (await client.follow(await client.post("/"))).body;
}

describe("a request that one app hands on to another", () => {
  test("has its messages in an app of Express behind a middleware of node:http", async () => {
    const [withMessages, app] = [nodeMessages(settings), routes(express())];
    server = await opened(
      createServer((request, response) =>
        withMessages(request, response, () => app(request as Request, response as Response)),
      ),
    );
    expect(await shownAfterAdding()).toBe("Saved.");
  });

  test("has its messages in an app of another copy of Express that is called and not mounted", async () => {
    const inner = routes(express4() as unknown as Express);
    const outer = express().use(messages(settings));
    outer.use((req, res, next) => inner(req, res, next));
    server = await listen(outer);
    expect(await shownAfterAdding()).toBe("Saved.");
  });

  test("commits to the response that it came with, also where an app has put another one on the request", async () => {
    const app = express().use(messages(settings));
    app.post("/", (req, res) => {
      Object.assign(req, { res: new ServerResponse(req as IncomingMessage) });
      req.messages.success("Saved.");
      Object.assign(req, { res });
      res.redirect(303, "/");
    });
    server = await listen(app.get("/", show));
    expect(await shownAfterAdding()).toBe("Saved.");
  });

  test("has our messages, whatever was assigned before", async () => {
    const app = express();
    app.use((req, _res, next) => {
      Object.assign(req, { messages: ["of another library"] });
      next();
    });
    server = await listen(routes(app.use(messages(settings))));
    expect(await shownAfterAdding()).toBe("Saved.");
  });

  test("keeps what the app assigns, and its locals and the function form keep ours", async () => {
    const app = express().use(messages(settings));
    app.get("/", (req, res) => {
      Object.assign(req, { messages: "replaced" });
      getMessages(req).info("ours");
      res.json([req.messages, ...res.locals.messages.peek().map(String), getMessages(req).length]);
    });
    server = await listen(app);
    expect(JSON.parse((await new Client(server.origin).get("/")).body)).toEqual(["replaced", "ours", 1]);
  });

  test("has no messages where it did not come through messages(): that is no error of an error page", async () => {
    const app = express();
    app.use((req, _res, next) => (req.url === "/fails" ? next(new Error("broken")) : next()));
    routes(app.use(messages(settings)));
    app.use(((error: Error, req: Request, res: Response, _next: unknown) => {
      res.status(500).send(`${error.message}: ${[...(req.messages ?? [])].length}`);
    }) as never);
    server = await listen(app);
    expect(await shownAfterAdding()).toBe("Saved.");
    expect((await new Client(server.origin).get("/fails")).body).toBe("broken: 0");
  });
});

test("printing the locals does not print the request", async () => {
  const app = express().use(messages(settings));
  app.get("/", (_req, res) => void res.send(inspect({ ...res.locals }) + inspect(res.locals)));
  server = await listen(app);
  expect((await new Client(server.origin).get("/", { authorization: "secret" })).body).not.toContain("secret");
});

describe("messages that are first read in the arguments of writeHead()", () => {
  const withSession = session({ secret: "s", resave: false, saveUninitialized: false });

  test.each([
    ["beside a session", true, false],
    ["with debug", false, true],
    ["alone", false, false],
  ])("%s: the page goes out", async (_, hasSession, debug) => {
    const withMessages = nodeMessages({ ...settings, debug });
    server = await listen((request, response) => {
      const handle = () =>
        withMessages(request, response, () => {
          response.writeHead(200, { "X-Count": String([...request.messages].length) });
          response.end("body");
        });
      if (hasSession) withSession(request as Request, response as Response, handle);
      else handle();
    });
    const client = new Client(server.origin);
    for (let time = 0; time < 2; time += 1)
      expect(await client.get("/")).toMatchObject({ status: 200, body: "body", headers: { "x-count": "0" } });
  });
});

test("compression that is mounted after the messages, beside a session, compresses what it says", async () => {
  const app = express();
  app.use(session({ secret: "s", resave: false, saveUninitialized: false }));
  app.use(messages({ storage: "session" }), compression({ threshold: 0 }));
  server = await listen(routes(app));
  const first = await fetch(server.origin, { method: "POST", redirect: "manual" });
  const [cookie = ""] = (first.headers.getSetCookie()[0] ?? "").split(";");
  const page = await fetch(server.origin, { headers: { cookie, accept: "text/html" } });
  expect([page.headers.get("content-encoding"), await page.text()]).toEqual(["gzip", "Saved."]);
});

test("messages of a session that are first read in the arguments of write() are shown once", async () => {
  const withMessages = nodeMessages({ storage: "session" });
  const withSession = session({ secret: "s", resave: false, saveUninitialized: false });
  server = await listen((request, response) =>
    withSession(request as Request, response as Response, () =>
      withMessages(request, response, () => {
        if (request.method === "POST") {
          request.messages.info("Saved.");
          response.writeHead(303, { Location: "/" }).end();
        } else {
          response.write(`[${[...request.messages].join()}]`);
          response.end();
        }
      }),
    ),
  );
  const client = new Client(server.origin);
  const { body } = await client.follow(await client.post("/"));
  expect([body, (await client.get("/")).body]).toEqual(["[Saved.]", "[]"]);
});

test("a storage that opens at once and takes its time to write is waited for", async () => {
  const warnings: MessagesError[] = [];
  let written: string[] = [];
  const storage: Storage = {
    synchronous: true,
    open: (exchange) => ({
      messages: [],
      commit: async ({ added }) => {
        await new Promise((resolve) => setTimeout(resolve, 30));
        written = added.map(String);
        const attributes = { path: "/", secure: false, httpOnly: true, sameSite: "lax" } as const;
        exchange.setCookie({ name: "written", value: "yes", attributes });
        return [];
      },
    }),
  };
  server = await listen(routes(express().use(messages({ storage, onWarning: (warning) => warnings.push(warning) }))));
  const client = new Client(server.origin);
  await client.post("/");
  expect([written, await client.cookies(), warnings]).toEqual([["Saved."], { written: "yes" }, []]);
});

test("a session that is mounted after the messages is found with an outlet as without", async () => {
  const app = express().use(messages({ storage: "session", outlet: hxTrigger() }));
  app.use(session({ secret: "s", resave: false, saveUninitialized: false }));
  server = await listen(routes(app));
  const client = new Client(server.origin);
  expect((await client.get("/", { "hx-request": "true" })).status).toBe(200);
  expect((await client.get("/")).status).toBe(200);
});
