import { connect } from "node:net";
import express, {
  type ErrorRequestHandler,
  type Express,
  type Request,
  type RequestHandler,
  type Response,
} from "express";
import session, { MemoryStore, type SessionData } from "express-session";
import express4 from "express4";
import Koa from "koa";
import { cookieStorage, fallbackStorage, sessionStorage } from "onceover";
import { messages } from "onceover/express";
import { messages as koaMessages } from "onceover/koa";
import { afterEach, describe, expect, test } from "vitest";
import type { ContractServer } from "../adapters/contract.ts";
import { listen } from "../adapters/servers.ts";
import { SECRET, slow } from "../support.ts";

// While a response is held back until its messages are stored, it behaves as one that is sent: whoever answers a second time,
// or fails afterwards, changes nothing of it. All of these are compared with the same app without messages.

let server: ContractServer;
afterEach(() => server.close());

/** A store that takes its time, as one over a network does. */
class SlowStore extends MemoryStore {
  override set(id: string, data: SessionData, callback?: (error?: unknown) => void): void {
    setTimeout(() => super.set(id, data, callback), 30);
  }
}

const withSession = () => session({ secret: "s", resave: false, saveUninitialized: false, store: new SlowStore() });

/** What is mounted before the routes. */
const MOUNTED: Readonly<Record<string, () => RequestHandler[]>> = {
  "a session that takes its time": () => [withSession(), messages({ storage: "session" })],
  "a storage that takes its time": () => {
    const storage = slow(fallbackStorage(cookieStorage({ secret: SECRET }), sessionStorage()));
    return [messages({ storage })];
  },
};

type Handler = (req: Request, res: Response, next: (error?: unknown) => void) => unknown;

/** What a handler may do wrong once it has answered. */
const MISTAKES: Readonly<Record<string, Handler>> = {
  "goes on": (_req, res, next) => {
    res.send("first");
    next();
  },
  "goes on with an error": (_req, res, next) => {
    res.send("first");
    next(new Error("late"));
  },
  throws: (_req, res) => {
    res.send("first");
    throw new Error("late");
  },
  "rejects a little later": async (_req, res) => {
    res.send("first");
    await null;
    throw new Error("late");
  },
  "throws after a redirect": (_req, res) => {
    res.redirect(303, "/elsewhere");
    throw new Error("late");
  },
  "sends again": (_req, res) => {
    res.send("first");
    res.status(500).send("the second, which is longer");
  },
  "redirects again": (_req, res) => {
    res.redirect("/first");
    res.redirect("/second-which-is-longer");
  },
  "redirects and sends": (_req, res) => {
    res.redirect("/login");
    res.send("what nobody may see");
  },
  "ends twice": (_req, res) => {
    res.on("error", () => {}); // Node.js complains of the second body.
    res.end("first");
    res.end("second");
  },
  "sets a status": (_req, res) => {
    res.send("first");
    res.statusCode = 500;
  },
  "sets a header": (_req, res) => {
    res.send("first");
    res.setHeader("X-Late", "yes");
  },
  "removes a header": (_req, res) => {
    res.send("first");
    res.removeHeader("Content-Type");
  },
};

interface Seen {
  readonly status: number;
  readonly location: string | null;
  readonly late: string | null;
  readonly type: string | null;
  readonly body: string;
}

async function seen(): Promise<Seen> {
  const answer = await fetch(server.origin, { redirect: "manual" });
  const { status, headers } = answer;
  const [location, late, type] = ["location", "x-late", "content-type"].map((name) => headers.get(name));
  return { status, location: location ?? null, late: late ?? null, type: type ?? null, body: await answer.text() };
}

const silent: ErrorRequestHandler = (error, _req, res, next) => {
  if (res.headersSent) next(error);
  else res.status(500).send("the error page, which is longer than the page");
};

function appOf(create: () => unknown, mounted: readonly RequestHandler[], handler: Handler): Express {
  const app = create() as Express;
  app.set("env", "test"); // Express prints no errors.
  for (const middleware of mounted) app.use(middleware);
  app.get("/", (req, res, next) => {
    if (mounted.length > 0) req.messages.info("Hello.");
    // Express 4 leaves the promises of handlers to their author.
    return Promise.resolve(handler(req, res, next)).catch(next);
  });
  return app.use(silent);
}

describe.each([
  ["Express 5", express],
  ["Express 4", express4],
] as const)("on %s", (_, create) => {
  describe.each(Object.entries(MOUNTED))("with %s, a handler that has answered and then", (_name, mounted) => {
    test.each(Object.entries(MISTAKES))("%s: the answer is the one without messages", async (_mistake, handler) => {
      server = await listen(appOf(create, [], handler));
      const expected = await seen();
      await server.close();
      server = await listen(appOf(create, mounted(), handler));
      expect(await seen()).toEqual(expected);
    });
  });
});

test("a response that is held back says that it is sent, and ended", async () => {
  let said: unknown;
  const app = appOf(express, [withSession(), messages({ storage: "session" })], (_req, res) => {
    res.send("first");
    const refusal = () => {
      try {
        res.setHeader("X-Late", "yes");
        return "none";
      } catch (error) {
        return (error as NodeJS.ErrnoException).code;
      }
    };
    said = [res.headersSent, res.writableEnded, res.finished, refusal()];
  });
  server = await listen(app);
  expect(await seen()).toMatchObject({ status: 200, body: "first", late: null });
  expect(said).toEqual([true, true, true, "ERR_HTTP_HEADERS_SENT"]);
});

test("what is answered first comes whole: nothing of it is taken for the next response of the connection", async () => {
  const body = `${"-".repeat(60)}HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nEVIL`;
  const app = appOf(express, [withSession(), messages({ storage: "session" })], (_req, res) => {
    res.send(body);
    throw new Error("late");
  });
  server = await listen(app);
  const received = await new Promise<string>((resolve, reject) => {
    const { hostname, port } = new URL(server.origin);
    let text = "";
    const socket = connect(Number(port), hostname, () => socket.write("GET / HTTP/1.1\r\nHost: a\r\n\r\n"));
    socket.setEncoding("latin1").on("data", (chunk) => {
      text += chunk;
    });
    socket.on("end", () => resolve(text)).on("error", reject);
  });
  expect(received).toContain(`Content-Length: ${body.length}\r\n`);
  expect(received.endsWith(body)).toBe(true);
});

test("Koa leaves a response alone that the app has ended itself", async () => {
  const storage = slow(fallbackStorage(cookieStorage({ secret: SECRET }), sessionStorage()));
  const app = new Koa().use(koaMessages({ storage }));
  app.use((ctx) => {
    ctx.messages.info("Hello.");
    ctx.res.statusCode = 200;
    ctx.res.end("first");
  });
  server = await listen(app.callback());
  expect(await seen()).toMatchObject({ status: 200, body: "first" });
});
