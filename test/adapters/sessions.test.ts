import cookieSession from "cookie-session";
import express, { type RequestHandler } from "express";
import session, { MemoryStore, type SessionData } from "express-session";
import { MessagesError, type Settings } from "onceover";
import { messages } from "onceover/express";
import { describe, expect, test } from "vitest";
import type { Answer, Client } from "../client.ts";
import { SECRET } from "../support.ts";
import { errorLog, serverOfEachTest } from "./servers.ts";

const { warnings, onWarning, serve } = serverOfEachTest();
const overflow = "x"
  .repeat(220)
  .split("")
  .map(() => Math.random().toString(36).slice(2))
  .join("");

function start(...middleware: RequestHandler[]): Promise<Client> {
  const app = express();
  for (const handler of middleware) app.use(handler);
  app.post("/add", (req, res) => {
    req.messages.success("small");
    res.redirect("/");
  });
  app.post("/overflow", (req, res) => {
    req.messages.info(overflow);
    res.redirect("/");
  });
  app.post("/log-out", (req, res, next) => {
    (req.session as unknown as { destroy(done: (error?: unknown) => void): void }).destroy((error) => {
      if (error) return next(error);
      req.messages.success("Logged out.");
      res.redirect("/");
    });
  });
  app.get("/", (req, res) => void res.send([...req.messages].join("|")));
  return serve(app);
}

const follow = async (client: Client, answer: Answer) => {
  expect(answer).toMatchObject({ status: 302 });
  return (await client.follow(answer)).body;
};

/** However an app mounts its session before the messages. */
const sessions: Record<string, () => RequestHandler> = {
  "express-session": () => session({ secret: "s", resave: false, saveUninitialized: false }),
  "express-session, saving always": () => session({ secret: "s", resave: true, saveUninitialized: true }),
  "express-session, rolling": () => session({ secret: "s", resave: false, saveUninitialized: false, rolling: true }),
  "cookie-session": () => cookieSession({ keys: ["k"] }) as RequestHandler,
  "cookie-session, unsigned": () => cookieSession({ signed: false }) as RequestHandler,
};

describe.each(Object.keys(sessions))("%s", (name) => {
  const create = () => sessions[name]?.() as RequestHandler;

  test("session storage holds everything", async () => {
    const client = await start(create(), messages({ storage: "session" }));
    await client.post("/add");
    expect(await follow(client, await client.post("/overflow"))).toBe(`small|${overflow}`);
    expect((await client.get("/")).body).toBe("");
    expect(Object.keys(await client.cookies()).filter((cookie) => cookie.startsWith("messages"))).toEqual([]);
  });

  test("fallback takes it for what overflows, and keeps the order", async () => {
    const client = await start(create(), messages({ secret: SECRET, onWarning }));
    await client.post("/add");
    await client.post("/overflow");
    expect(await follow(client, await client.post("/add"))).toBe(`small|${overflow}|small`);
    expect((await client.get("/")).body).toBe("");
    expect(warnings).toEqual([]);
  });

  test("a session that nothing else uses is not created for a message that fits into a cookie", async () => {
    const client = await start(create(), messages({ secret: SECRET }));
    await client.post("/add");
    const names = Object.keys(await client.cookies());
    if (!name.includes("always")) expect(names.filter((cookie) => !cookie.startsWith("messages."))).toEqual([]);
  });
});

test("a message added after the session was destroyed is shown", async () => {
  const client = await start(
    session({ secret: "s", resave: false, saveUninitialized: true }),
    messages({ secret: SECRET }),
  );
  expect(await follow(client, await client.post("/log-out"))).toBe("Logged out.");
});

/** A store whose writes take 50 ms. */
class SlowStore extends MemoryStore {
  override set(id: string, data: SessionData, done?: (error?: unknown) => void): void {
    setTimeout(() => super.set(id, data, done), 50);
  }
}

test.each(["session", "fallback"] as const)(
  "a redirect does not beat a session store that takes 50 ms to save (%s storage)",
  async (storage) => {
    const middleware = session({ secret: "s", resave: false, saveUninitialized: false, store: new SlowStore() });
    const client = await start(middleware, messages(storage === "session" ? { storage } : { secret: SECRET }));
    for (let round = 0; round < 10; round += 1) {
      expect(await follow(client, await client.post("/overflow"))).toBe(overflow);
      expect((await client.get("/")).body).toBe("");
    }
  },
);

test("a session store that cannot save does not take the page with it: a warning tells", async () => {
  class BrokenStore extends MemoryStore {
    override set(_id: string, _data: SessionData, done?: (error?: unknown) => void): void {
      setTimeout(() => done?.(new Error("disk full")), 5);
    }
  }
  const middleware = session({ secret: "s", resave: false, saveUninitialized: false, store: new BrokenStore() });
  const client = await start(middleware, messages({ secret: SECRET, onWarning }));
  expect(await follow(client, await client.post("/overflow"))).toBe("");
  expect(warnings.map(({ code, cause }) => [code, cause])).toEqual([["storage-failed", new Error("disk full")]]);
});

describe("without a session", () => {
  test("session storage says that it needs one, and in which order", async () => {
    const client = await start(messages({ storage: "session" }));
    for (const answer of [await client.get("/"), await client.post("/add")]) {
      expect(answer).toMatchObject({
        status: 500,
        body: expect.stringMatching(/^no-session: .*before `app\.use\(messages\(…\)\)`/),
      });
    }
  });

  test("fallback says nothing until something overflows, and then warns", async () => {
    const client = await start(messages({ secret: SECRET, onWarning }));
    expect(await follow(client, await client.post("/add"))).toBe("small");
    expect(warnings).toEqual([]);
    expect(await follow(client, await client.post("/overflow"))).toBe("");
    expect(warnings).toEqual([expect.any(MessagesError)]);
    expect(warnings[0]?.code).toBe("not-stored");
    expect(warnings[0]?.message).toMatch(/1 did not fit.*no session to hold them/);
  });

  test("with debug, what overflows makes the response a 500, and the log says why", async () => {
    const client = await start(messages({ secret: SECRET, debug: true }));
    const errors = errorLog();
    expect(await client.post("/overflow")).toMatchObject({ status: 500, body: "Internal Server Error" });
    expect(errors.map(String)).toEqual([
      expect.stringMatching(/^MessagesError: Not all messages could be stored: .*no session to hold them/),
    ]);
    expect(await follow(client, await client.post("/add"))).toBe("small");
  });
});

describe("messages mounted before the session, and used in between", () => {
  const order = (settings: Settings, touch: RequestHandler) =>
    start(messages(settings), touch, session({ secret: "s", resave: false, saveUninitialized: false }));
  const add: RequestHandler = (req, _res, next) => {
    req.messages.info(overflow);
    next();
  };

  test("session storage: the error names the order, where the messages are used", async () => {
    const client = await order({ storage: "session" }, add);
    expect(await client.post("/add")).toMatchObject({
      status: 500,
      body: expect.stringMatching(/^no-session: .*Mount `app\.use\(session\(…\)\)` before `app\.use\(messages\(…\)\)`/),
    });
  });

  test("fallback: the warning names the order", async () => {
    const client = await order({ secret: SECRET, onWarning }, add);
    await client.post("/add");
    expect(warnings.map(({ message }) => message)).toEqual([
      expect.stringContaining("Mount `app.use(session(…))` before `app.use(messages(…))`"),
    ]);
  });

  test("fallback with debug: the response is a 500, and the log names the order", async () => {
    const client = await order({ secret: SECRET, debug: true }, add);
    const errors = errorLog();
    expect(await client.post("/add")).toMatchObject({ status: 500, body: "Internal Server Error" });
    expect(errors.map(String)).toEqual([
      expect.stringContaining("Mount `app.use(session(…))` before `app.use(messages(…))`"),
    ]);
  });

  test("used only behind both, the order does not matter", async () => {
    const client = await order({ storage: "session" }, (_req, _res, next) => next());
    expect(await follow(client, await client.post("/overflow"))).toBe(overflow);
  });
});

test("mounted twice, messages() says so", async () => {
  const client = await start(messages({ secret: SECRET }), messages({ secret: SECRET }));
  expect(await client.get("/")).toMatchObject({ status: 500, body: expect.stringMatching(/^mounted-twice/) });
});
