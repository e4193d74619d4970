import type { Server } from "node:http";
import { createAdaptorServer } from "@hono/node-server";
import { type Context, Hono, type MiddlewareHandler } from "hono";
import { setCookie } from "hono/cookie";
import { stream } from "hono/streaming";
import type { StatusCode } from "hono/utils/http-status";
import { CookieStore, MemoryStore, sessionMiddleware } from "hono-sessions";
import { addMessage, type Config, getMessages, MessagesError, type Settings } from "onceover";
import { messages } from "onceover/hono";
import { afterEach, describe, expect, expectTypeOf, test } from "vitest";
import { createApp } from "../../examples/hono/app.tsx";
import { Client } from "../client.ts";
import { exampleContract } from "../examples/example-contract.ts";
import { OVERFLOW, SECRET } from "../support.ts";
import { adapterContract, type ContractServer } from "./contract.ts";
import { act } from "./contract-app.ts";
import { opened } from "./servers.ts";

const encryptionKey = SECRET;
const memorySessions = () => sessionMiddleware({ store: new MemoryStore(), encryptionKey });
const cookieSessions = () =>
  sessionMiddleware({ store: new CookieStore(), encryptionKey, autoExtendExpiration: false });

const EVERY_RESPONSE = "hono-sessions sends the cookie of its MemoryStore with every response";

adapterContract("Hono 4 with hono-sessions' MemoryStore", (config) => serve(withContract(createApp(config))), {
  cannot: { "nothing is written without a reason": EVERY_RESPONSE },
});
adapterContract(
  "Hono 4 with hono-sessions' CookieStore",
  (config) => serve(withContract(mount(config, cookieSessions()))),
  {
    cannot: {
      "a corrupt cookie does not hide what waits in the session":
        "the CookieStore keeps everything in one cookie: 5000 characters do not fit, and a warning tells",
    },
  },
);
adapterContract("Hono 4 without a session", (config) => serve(withContract(mount(config))), { session: false });

exampleContract("hono", () => serve(createApp()));

function mount(settings: Settings | Config, ...before: MiddlewareHandler[]): Hono {
  const app = new Hono();
  for (const middleware of before) app.use(middleware);
  app.use(messages(settings));
  return app;
}

function withContract(app: Hono): Hono {
  app.onError((error, c) => c.text(String(error), 500));
  app.all("/contract/*", (c) => {
    const { method, url } = c.req;
    const { status, headers, body } = act({ method, url, messages: c.var.messages, native: c });
    if (status === 303) return c.redirect(headers[0]?.[1] ?? "", 303);
    for (const [name, value] of headers) c.header(name, value, { append: true });
    return c.newResponse([204, 205, 304].includes(status) ? null : body, status as StatusCode);
  });
  return app;
}

/** Serves a Hono app with the server that it has on Node.js. */
const serve = (app: Hono): Promise<ContractServer> => opened(createAdaptorServer(app) as Server);

const warnings: MessagesError[] = [];
const onWarning = (warning: MessagesError) => void warnings.push(warning);
afterEach(() => {
  warnings.length = 0;
});

const browser = { accept: "text/html" };
/** An app whose errors are its responses, as a developer would see them. */
function telling(app: Hono): Hono {
  app.onError((error, c) =>
    c.text(error instanceof MessagesError ? `${error.code}: ${error.message}` : `${error}`, 500),
  );
  return app;
}

const ask = async (app: Hono, path: string, headers: Record<string, string> = browser) =>
  (await app.request(path, { headers })).text();

describe("mounted wrongly", () => {
  test("twice: the error names how to mount it once", async () => {
    const app = telling(mount({ secret: SECRET }, messages({ secret: SECRET })));
    app.get("/", (c) => c.text("never"));
    expect(await ask(app, "/")).toMatch(/^mounted-twice: .*`app\.use\(messages\(…\)\)` before the routes/);
  });

  test("after a route: the function form says what to mount", async () => {
    const app = telling(new Hono());
    app.get("/", (c) => {
      addMessage(c, "info", "lost");
      return c.text("never");
    });
    app.use(messages({ secret: SECRET }));
    expect(await ask(app, "/")).toMatch(/^no-middleware: .*Mount `app\.use\(messages\(…\)\)` before the routes/);
  });

  test("without a session: the session storage says what to mount", async () => {
    const app = telling(mount({ storage: "session" }));
    app.get("/", (c) => c.text([...c.var.messages].join("|")));
    expect(await ask(app, "/")).toMatch(/^no-session: .*Mount `app\.use\(sessionMiddleware\(…\)\)` before/);
  });

  test("before the session: the session storage names the order", async () => {
    const app = telling(mount({ storage: "session" }));
    app.use(memorySessions());
    app.get("/", (c) => c.text([...c.var.messages].join("|")));
    expect(await ask(app, "/")).toMatch(
      /^no-session: .*mounted after the messages.*`app\.use\(sessionMiddleware\(…\)\)` before `app\.use\(messages/,
    );
  });

  test("before the session: what does not fit into cookies is a warning that names the order", async () => {
    const app = telling(mount({ secret: SECRET, onWarning }));
    app.use(memorySessions());
    app.get("/", (c) => {
      c.var.messages.info(OVERFLOW);
      return c.redirect("/", 303);
    });
    await app.request("/");
    expect(warnings.map(({ code, message }) => `${code}: ${message}`)).toEqual([
      expect.stringMatching(/^not-stored: .*`app\.use\(sessionMiddleware\(…\)\)` before `app\.use\(messages\(…\)\)`/),
    ]);
  });

  test("and not used: the routes answer", async () => {
    const app = telling(mount({ storage: "session" }));
    app.get("/", (c) => c.text("fine"));
    expect(await ask(app, "/")).toBe("fine");
  });
});

/** A client of an app that adds at /add and shows at /, on a server that ends with the test. */
const servers: ContractServer[] = [];
afterEach(async () => {
  for (const server of servers.splice(0)) await server.close();
});
async function start(app: Hono): Promise<Client> {
  app.post("/add", (c) => {
    c.var.messages.info("waits");
    return c.redirect("/", 303);
  });
  app.get("/", (c) => c.text([...c.var.messages].join("|")));
  const server = await serve(telling(app));
  servers.push(server);
  return new Client(server.origin);
}

test("the session storage keeps everything in the session of hono-sessions", async () => {
  const app = mount({ storage: "session" }, memorySessions());
  app.post("/overflow", (c) => {
    c.var.messages.info(OVERFLOW);
    return c.redirect("/", 303);
  });
  const client = await start(app);
  await client.post("/add");
  await client.post("/overflow");
  expect((await client.get("/")).body).toBe(`waits|${OVERFLOW}`);
  expect((await client.get("/")).body).toBe("");
  expect(Object.keys(await client.cookies())).toEqual(["session"]);
});

test("a message that is added once the session was deleted, as in a logout, waits in the cookies", async () => {
  const app = mount({ secret: SECRET }, memorySessions());
  app.post("/overflow", (c) => {
    c.var.messages.info(OVERFLOW);
    return c.redirect("/", 303);
  });
  app.post("/logout", (c) => {
    (c.get("session" as never) as { deleteSession(): void }).deleteSession();
    c.var.messages.info("Logged out.");
    return c.redirect("/", 303);
  });
  const client = await start(app);
  await client.post("/overflow");
  await client.post("/logout");
  expect((await client.get("/")).body).toBe("Logged out.");
});

test("beside the session's own cookie, nothing is written without a reason", async () => {
  const client = await start(mount({ secret: SECRET }, memorySessions()));
  await client.get("/");
  expect((await client.get("/")).headers["set-cookie"]).toEqual([expect.stringMatching(/^session=/)]);
});

test("an exception keeps what was shown, and what was added before it is on the next page", async () => {
  const app = mount({ secret: SECRET });
  app.get("/throw", (c) => {
    c.var.messages.error("added");
    expect([...c.var.messages]).toHaveLength(2);
    throw new Error("broken");
  });
  const client = await start(app);
  await client.post("/add");
  expect(await client.get("/throw")).toMatchObject({ status: 500, body: "Error: broken" });
  expect((await client.get("/")).body).toBe("waits|added");
});

test("an error page with a status below 500 displays its messages", async () => {
  const app = mount({ secret: SECRET });
  app.get("/forbidden", () => {
    throw new Error("forbidden");
  });
  const client = await start(app);
  app.onError((_error, c) => c.text([...c.var.messages].join("|"), 403));
  await client.post("/add");
  expect(await client.get("/forbidden")).toMatchObject({ status: 403, body: "waits" });
  expect((await client.get("/")).body).toBe("");
});

test("messages iterated while a stream is written are kept, and a warning names the moment", async () => {
  const app = mount({ secret: SECRET, onWarning });
  app.get("/stream", (c) =>
    stream(c, async (body) => {
      await body.sleep(10);
      await body.write([...c.var.messages].join("|"));
    }),
  );
  const client = await start(app);
  await client.post("/add");
  expect((await client.get("/stream")).body).toBe("waits");
  expect(warnings.map(({ code, message }) => `${code}: ${message}`)).toEqual([
    expect.stringMatching(/^too-late: .*before the handler returns its response: `c\.render\(\)`/),
  ]);
  expect((await client.get("/")).body).toBe("waits");
});

test("a client that hangs up before the headers keeps its messages", async () => {
  const app = mount({ secret: SECRET });
  app.get("/add", (c) => {
    c.var.messages.info("waits");
    return c.redirect("/", 303);
  });
  app.get("/", async (c) => {
    await Promise.resolve();
    if (c.req.query("leave") !== undefined) leaving.abort();
    return c.text([...c.var.messages].join("|"));
  });
  const leaving = new AbortController();
  const cookie = (await app.request("/add")).headers.getSetCookie()[0]?.split(";")[0] ?? "";
  const visit = async (path: string) => {
    const answer = await app.request(path, { headers: { ...browser, cookie }, signal: leaving.signal });
    return [await answer.text(), answer.headers.getSetCookie().length];
  };
  expect(await visit("/")).toEqual(["waits", 1]);
  expect(await visit("/?leave")).toEqual(["waits", 0]);
});

test("a handler that forgets its response is told so by Hono, messages or not", async () => {
  const app = telling(mount({ secret: SECRET }));
  app.get("/", (async (c: Context) => {
    c.var.messages.info("added");
  }) as never);
  expect(await ask(app, "/")).toMatch(/Context is not finalized/);
});

test.each([
  ["the context", (c: Context) => c],
  ["c.req", (c: Context) => c.req],
  ["c.req.raw", (c: Context) => c.req.raw],
])("the function form takes %s", async (_, native) => {
  const app = mount({ secret: SECRET });
  app.get("/", (c) => {
    addMessage(native(c), "info", "by function");
    return c.text(getMessages(native(c)).peek().join());
  });
  expect(await ask(app, "/")).toBe("by function");
});

describe("what other middleware writes, inside and outside, survives", () => {
  const around =
    (name: string): MiddlewareHandler =>
    async (c, next) => {
      setCookie(c, `before-${name}`, "1");
      await next();
      setCookie(c, `after-${name}`, "1");
    };
  const cookiesOf = async (handler: (c: Context) => Response) => {
    const app = mount({ secret: SECRET }, around("outside"));
    app.use(around("inside"));
    app.get("/", (c) => {
      c.var.messages.info("added");
      return handler(c);
    });
    const { headers } = await app.request("/");
    return headers.getSetCookie().map((cookie) => cookie.split(/[=.]/)[0]);
  };

  test("around a response of the context", async () => {
    const cookies = await cookiesOf((c) => c.redirect("/", 303));
    expect(cookies).toEqual(["before-outside", "before-inside", "after-inside", "messages", "after-outside"]);
  });

  test("around a response with immutable headers, where Hono itself drops what was written before", async () => {
    const cookies = await cookiesOf((c) => Response.redirect(new URL("/", c.req.url), 303));
    expect(cookies).toEqual(["after-inside", "messages", "after-outside"]);
  });
});

describe("messages untouched", () => {
  const routes = (app: Hono) => {
    app.get("/text", (c) => c.text("hello"));
    app.get("/redirect", (c) => c.redirect("/text"));
    app.get("/cookies", (c) => {
      setCookie(c, "a", "1");
      setCookie(c, "b", "2");
      return c.json({ hello: "world" });
    });
    app.get("/stream", (c) => stream(c, async (body) => void (await body.write("ab"))));
    app.get("/error", () => {
      throw new Error("broken");
    });
    return telling(app);
  };

  test.each(["/text", "/redirect", "/cookies", "/stream", "/error", "/missing"])(
    "%s has the headers that it has without messages",
    async (path) => {
      const [without, withMessages] = await Promise.all([
        serve(routes(new Hono())),
        serve(routes(mount({ secret: SECRET }))),
      ]);
      servers.push(without, withMessages);
      const answers = await Promise.all(
        [without, withMessages].map(({ origin }) =>
          new Client(origin).get(path, { cookie: "messages=forged; messages.00000000000aaaa=forged" }),
        ),
      );
      const [expected, got] = answers.map(({ status, rawHeaders, body }) => ({
        status,
        rawHeaders: rawHeaders.filter((_, index) => rawHeaders[index - (index % 2)] !== "date"),
        body,
      }));
      expect(got).toEqual(expected);
    },
  );
});

describe("types", () => {
  test("every context has messages", () => {
    const app = new Hono();
    app.get("/", (c) => {
      expectTypeOf(c.var.messages.success).toBeFunction();
      expectTypeOf(c.get("messages").success).toBeFunction();
      return c.body(null);
    });
  });

  test("a chained app has its own levels", async () => {
    const app = new Hono().use(messages({ secret: SECRET, levels: { critical: 50 } })).get("/", (c) => {
      c.var.messages.critical("Disk full.");
      return c.text([...c.var.messages].map(({ level }) => level).join());
    });
    expect(await (await app.request("/")).text()).toBe("50");
  });
});

test("a response that the app returns to several visitors carries the cookies of none of them, and no mark leaves", async () => {
  const done = new Response("done");
  const app = new Hono().use(messages({ secret: SECRET }));
  app.post("/constant", (c) => {
    c.var.messages.success("Saved.");
    return done.clone();
  });
  app.post("/null", (c) => {
    c.var.messages.success("Saved.");
    return nothing;
  });
  app.post("/own", (c) => {
    c.var.messages.success("Saved.");
    return c.text("own");
  });
  app.get("/null", () => nothing);
  let memoised: Response | undefined;
  app.post("/memoised", (c) => {
    c.var.messages.success("Saved.");
    memoised ??= c.redirect("/");
    return memoised;
  });
  const nothing = new Response(null, { status: 303, headers: { location: "/" } });
  for (let visitor = 0; visitor < 2; visitor += 1) {
    for (const path of ["/constant", "/null", "/own", "/memoised"]) {
      const { headers } = await app.request(path, { method: "POST" });
      expect(headers.getSetCookie(), path).toHaveLength(1);
      expect(
        [...headers.keys()].filter((name) => name.startsWith("x-")),
        path,
      ).toEqual([]);
    }
    expect((await app.request("/null")).headers.getSetCookie()).toEqual([]);
  }
});
