import { setTimeout as wait } from "node:timers/promises";
import Koa, { type Context, type Middleware } from "koa";
import koaSession from "koa-session";
import { addMessage, type Config, cookieStorage, getMessages, MessagesError, type Settings } from "onceover";
import { messages } from "onceover/koa";
import { afterEach, describe, expect, expectTypeOf, test } from "vitest";
import { createApp } from "../../examples/koa/app.ts";
import { type Answer, Client } from "../client.ts";
import { exampleContract } from "../examples/example-contract.ts";
import { SECRET, slow } from "../support.ts";
import { adapterContract, type ContractServer } from "./contract.ts";
import { act, BASE } from "./contract-app.ts";
import { listen } from "./servers.ts";

/** An external store for koa-session, whose writes take 50 ms. */
function externalStore() {
  const sessions = new Map<string, string>();
  return {
    writes: 0,
    async get(key: string): Promise<unknown> {
      return JSON.parse(sessions.get(key) ?? "null");
    },
    async set(key: string, session: object): Promise<void> {
      this.writes += 1;
      await wait(50);
      sessions.set(key, JSON.stringify(session));
    },
    async destroy(key: string): Promise<void> {
      sessions.delete(key);
    },
  };
}

/** A session middleware of its own: it saves once control returns to it. */
function ownSession(): Middleware {
  const saved = new Map<string, string>();
  return async (ctx, next) => {
    const id = ctx.cookies.get("sid") ?? crypto.randomUUID();
    ctx.session = JSON.parse(saved.get(id) ?? "{}");
    await next();
    if (JSON.stringify(ctx.session) === (saved.get(id) ?? "{}")) return;
    saved.set(id, JSON.stringify(ctx.session));
    ctx.cookies.set("sid", id);
  };
}

type Use = (app: Koa) => Middleware;

const sessions: Record<string, Use> = {
  "koa-session": (app) => koaSession({}, app),
  "koa-session and an external store": (app) => koaSession({ store: externalStore() }, app),
  "koa-session, rolling": (app) => koaSession({ rolling: true, store: externalStore() }, app),
  "koa-session, committed by hand": (app) => koaSession({ autoCommit: false, store: externalStore() }, app),
  "a session of its own": ownSession,
};

adapterContract("Koa 3 with koa-session", (config) => listen(contract(createApp(config)).callback()), {
  cannot: {
    "a corrupt cookie does not hide what waits in the session":
      "koa-session without a store keeps everything in one cookie: 5000 characters do not fit, and a warning tells",
  },
});
adapterContract("Koa 3 with koa-session and an external store", (config) =>
  start(config, (app) => koaSession({ store: externalStore() }, app)),
);
adapterContract("Koa 3 with a session of its own", (config) => start(config, ownSession));
adapterContract("Koa 3 without a session", (config) => start(config), { session: false });
exampleContract("Koa", () => listen(createApp().callback()));

function start(config: Config, ...uses: Use[]): Promise<ContractServer> {
  return listen(contract(appWith(...uses, () => messages(config))).callback());
}

function appWith(...uses: Use[]): Koa {
  const app = new Koa();
  app.keys = ["k"];
  app.silent = true;
  for (const use of uses) app.use(use(app));
  return app;
}

function contract(app: Koa): Koa {
  app.silent = true;
  app.use((ctx, next) => {
    if (!ctx.path.startsWith(BASE)) return next();
    const { status, headers, body } = act({ method: ctx.method, url: ctx.url, messages: ctx.messages, native: ctx });
    ctx.status = status;
    for (const [name, value] of headers) ctx.append(name, value);
    ctx.body = body;
    return undefined;
  });
  return app;
}

let server: ContractServer | undefined;
const warnings: MessagesError[] = [];
const onWarning = (warning: MessagesError) => void warnings.push(warning);
afterEach(async () => {
  await server?.close();
  warnings.length = 0;
});

type Routes = Record<string, (ctx: Context) => unknown>;

/** Serves a few routes behind these middlewares; errors are told in the body. */
async function serve(uses: Use[], routes: Routes = {}): Promise<Client> {
  const app = appWith(...uses);
  const all: Routes = {
    "/": (ctx) => {
      ctx.body = [...ctx.messages].join("|");
    },
    "/add": (ctx) => {
      ctx.messages.success("small");
      ctx.redirect("/");
    },
    "/overflow": (ctx) => {
      ctx.messages.info(overflow);
      ctx.redirect("/");
    },
    ...routes,
  };
  app.use(async (ctx, next) => {
    await all[ctx.path]?.(ctx);
    return next();
  });
  server = await listen(app.callback());
  return new Client(server.origin);
}

/** The outermost middleware: a page of the app's own for errors, as Koa's documentation shows it. */
const showErrors: Use = () => async (ctx, next) => {
  try {
    await next();
  } catch (error) {
    const { status = 500, message } = error as Error & { status?: number };
    ctx.status = status;
    ctx.body =
      error instanceof MessagesError ? `${error.code}: ${message}` : `${message}:${[...ctx.messages].join("|")}`;
  }
};

const use = (settings: Settings) => () => messages({ onWarning, ...settings });
const overflow = Array.from({ length: 220 }, () => Math.random().toString(36).slice(2)).join("");
const follow = async (client: Client, answer: Answer) => {
  expect(answer).toMatchObject({ status: 302 });
  return (await client.follow(answer)).body;
};

describe.each(Object.keys(sessions))("%s", (name) => {
  const session: Use = (app) => (sessions[name] as Use)(app);

  test("session storage holds everything", async () => {
    const client = await serve([session, use({ storage: "session" })]);
    await client.post("/add");
    expect(await follow(client, await client.post("/overflow"))).toBe(`small|${overflow}`);
    expect((await client.get("/")).body).toBe("");
    expect(Object.keys(await client.cookies()).filter((cookie) => cookie.startsWith("messages"))).toEqual([]);
  });

  test("a redirect does not beat the session, whose store takes 50 ms to save", async () => {
    for (const settings of [{ storage: "session" }, { secret: SECRET }] as const) {
      const client = await serve([session, use(settings)]);
      for (let round = 0; round < 3; round += 1) {
        expect(await follow(client, await client.post("/overflow"))).toBe(overflow);
        expect((await client.get("/")).body).toBe("");
      }
      await server?.close();
    }
    expect(warnings).toEqual([]);
  });

  test("a session that nothing else uses is not created for a message that fits into a cookie", async () => {
    const client = await serve([session, use({ secret: SECRET })]);
    await client.post("/add");
    const names = Object.keys(await client.cookies());
    expect(names.filter((cookie) => !cookie.startsWith("messages."))).toEqual([]);
  });
});

describe("koa-session", () => {
  const stored = (store: object, options = {}) => [
    (app: Koa) => koaSession({ store: store as ReturnType<typeof externalStore>, ...options }, app),
  ];

  test("whose store has forgotten the visitor's session gets a new one", async () => {
    const store = externalStore();
    const client = await serve([...stored(store), use({ storage: "session" })]);
    await client.jar.setCookie("koa.sess=forgotten", client.origin);
    await client.jar.setCookie("koa.sess.sig=forged", client.origin);
    expect(await follow(client, await client.post("/overflow"))).toBe(overflow);
  });

  test("that is not mounted on a route has its session there left alone", async () => {
    const store = externalStore();
    const [session] = stored(store, { signed: false }) as [Use];
    const elsewhere: Use = (app) => {
      const middleware = session(app);
      return (ctx, next) => (ctx.path === "/login" ? middleware(ctx, next) : next());
    };
    const client = await serve([elsewhere, use({ secret: SECRET })], {
      "/login": (ctx) => {
        if (ctx.session) ctx.session.user ??= "Ada";
        ctx.body = ctx.session?.user;
      },
    });
    await client.post("/login");
    const { "koa.sess": before } = await client.cookies();
    await client.post("/overflow");
    expect(await client.cookies()).toMatchObject({ "koa.sess": before });
  });

  test("is written once for a message", async () => {
    const store = externalStore();
    const client = await serve([...stored(store), use({ storage: "session" })]);
    await client.post("/add");
    expect(store.writes).toBe(1);
  });

  test("that was removed before a message was added does not come back, and the message is shown", async () => {
    const client = await serve([(app) => koaSession({}, app), use({ secret: SECRET })], {
      "/log-out": (ctx) => {
        ctx.session = null;
        ctx.messages.success("Logged out.");
        ctx.redirect("/");
      },
    });
    expect(await follow(client, await client.post("/log-out"))).toBe("Logged out.");
    expect(Object.keys(await client.cookies())).toEqual([]);
  });

  test("that cannot save does not take the page with it: a warning tells", async () => {
    const broken = { ...externalStore(), set: () => Promise.reject(new Error("disk full")) };
    const client = await serve([...stored(broken), use({ secret: SECRET })]);
    expect(await follow(client, await client.post("/overflow"))).toBe("");
    expect(warnings.map(({ code, cause }) => [code, cause])).toEqual([["storage-failed", new Error("disk full")]]);
  });

  test("mounted behind the messages serves what is behind both", async () => {
    const client = await serve([use({ storage: "session" }), ...stored(externalStore())]);
    expect(await follow(client, await client.post("/overflow"))).toBe(overflow);
    expect((await client.get("/")).body).toBe("");
    expect(warnings).toEqual([]);
  });
});

describe("messages mounted before the session, and used in between", () => {
  const add: Use = () => (ctx, next) => {
    if (ctx.method === "POST") ctx.messages.info(overflow);
    return next();
  };
  const order = "Mount `app.use(session(app))` before `app.use(messages(…))`";
  const external = sessions["koa-session and an external store"] as Use;

  test("koa-session, read too early: the warning names the order", async () => {
    const client = await serve([use({ storage: "session" }), add, external]);
    await client.post("/add");
    expect(warnings.map(({ message }) => message)).toEqual([expect.stringContaining(order)]);
  });

  test("koa-session, not read before it is there, holds what overflows", async () => {
    const client = await serve([use({ secret: SECRET }), add, external]);
    expect(await follow(client, await client.post("/add"))).toBe(`${overflow}|small`);
    expect(warnings).toEqual([]);
  });

  test("a session of its own: the warning names the order", async () => {
    const client = await serve([use({ secret: SECRET }), add, ownSession]);
    await client.post("/add");
    expect(warnings.map(({ message }) => message)).toEqual([expect.stringContaining(order)]);
  });

  test("with debug, the response is a 500 that names the order", async () => {
    const client = await serve([showErrors, use({ secret: SECRET, debug: true }), add, ownSession]);
    expect(await client.post("/add")).toMatchObject({ status: 500, body: expect.stringContaining(order) });
  });
});

describe("without a session", () => {
  test("session storage says that it needs one, and in which order", async () => {
    const client = await serve([showErrors, use({ storage: "session" })]);
    for (const answer of [await client.get("/"), await client.post("/add")]) {
      expect(answer).toMatchObject({
        status: 500,
        body: expect.stringMatching(/^no-session: .*`app\.use\(session\(app\)\)` before `app\.use\(messages\(…\)\)`/),
      });
    }
  });

  test("fallback warns when something overflows", async () => {
    const client = await serve([use({ secret: SECRET })]);
    expect(await follow(client, await client.post("/overflow"))).toBe("");
    expect(warnings.map(({ code, message }) => `${code}: ${message}`)).toEqual([
      expect.stringMatching(/^not-stored: .*no session to hold them: mount `app\.use\(session\(app\)\)`/),
    ]);
  });
});

test("mounted twice, messages() says so", async () => {
  const client = await serve([showErrors, use({ secret: SECRET }), use({ secret: SECRET })]);
  expect(await client.get("/")).toMatchObject({
    status: 500,
    body: expect.stringMatching(/^mounted-twice: .*`app\.use\(messages\(…\)\)` before the routes/),
  });
});

test("the function form works on the context, on Koa's request and on Node's", async () => {
  const client = await serve([use({ secret: SECRET })], {
    "/add-by-function": (ctx) => {
      for (const request of [ctx, ctx.request, ctx.req]) addMessage(request, "info", "by function");
      expect(getMessages(ctx.req)).toBe(ctx.messages);
      ctx.redirect("/");
    },
  });
  expect(await follow(client, await client.post("/add-by-function"))).toBe("by function|by function|by function");
});

test("on a request that messages() never saw, the function form says how to mount it", async () => {
  messages({ secret: SECRET });
  const client = await serve([showErrors], { "/": (ctx) => addMessage(ctx, "info", "x") });
  expect((await client.get("/")).body).toMatch(/^no-middleware: .*Mount `app\.use\(messages\(…\)\)` before the routes/);
});

describe("a handler that throws", () => {
  const routes: Routes = {
    "/throw": (ctx) => {
      ctx.messages.error("added");
      ctx.body = [...ctx.messages].join("|");
      ctx.throw(Number(ctx.query.status), "broken");
    },
    "/overflow-then-throw": (ctx) => {
      ctx.messages.info(overflow);
      ctx.throw(500);
    },
  };

  test.each([500, 422])("with %i keeps what it iterated and what it added, as Koa sends no page", async (status) => {
    const client = await serve([use({ secret: SECRET })], routes);
    await client.post("/add");
    expect((await client.get(`/throw?status=${status}`)).status).toBe(status);
    expect((await client.get("/")).body).toBe("small|added");
  });

  test('with compat: "django", loses what it iterated, as Django does', async () => {
    const client = await serve([use({ secret: SECRET, compat: "django" })], routes);
    await client.post("/add");
    await client.get("/throw?status=422");
    expect((await client.get("/")).body).toBe("");
  });

  test("with 422, behind a page for errors that shows messages, has displayed them", async () => {
    const client = await serve([showErrors, use({ secret: SECRET })], routes);
    await client.post("/add");
    expect((await client.get("/throw?status=422")).body).toBe("broken:small|added");
    expect((await client.get("/")).body).toBe("");
  });

  test.each(["koa-session", "koa-session and an external store"])("keeps also what goes to %s", async (name) => {
    const client = await serve([sessions[name] as Use, use({ secret: SECRET })], routes);
    expect((await client.get("/overflow-then-throw")).status).toBe(500);
    expect((await client.get("/")).body).toBe(overflow);
  });
});

test("a page with messages is sent whole, also where a middleware before messages() turns pages into a 304", async () => {
  const conditional: Use = () => async (ctx, next) => {
    await next();
    if (ctx.fresh) ctx.status = 304;
  };
  const client = await serve([conditional, use({ secret: SECRET })], {
    "/page": (ctx) => {
      ctx.etag = "1";
      ctx.body = [...ctx.messages].join("|");
    },
  });
  await client.post("/add");
  expect(await client.get("/page", { "if-none-match": '"1"' })).toMatchObject({ status: 200, body: "small" });
  expect((await client.get("/page")).body).toBe("");
});

describe.each([
  ["cookies", () => ({ secret: SECRET })],
  ["a slow storage", () => ({ storage: slow(cookieStorage({ secret: SECRET })) })],
] as const)("on %s", (_, settings) => {
  test("a response that bypasses Koa is committed as well", async () => {
    const client = await serve([sessions["koa-session"] as Use, use(settings())], {
      "/raw": (ctx) => {
        ctx.respond = false;
        ctx.res.statusCode = 200;
        ctx.res.end([...ctx.messages].join("|"));
      },
    });
    await client.post("/add");
    expect((await client.get("/raw")).body).toBe("small");
    expect((await client.get("/")).body).toBe("");
  });

  test("what is used after the headers have gone out is kept or lost, and a warning says so", async () => {
    const client = await serve([use(settings())], {
      "/late": async (ctx) => {
        ctx.respond = false;
        ctx.res.writeHead(200).write("<");
        await wait(5);
        ctx.messages.info("late");
        ctx.res.end(`${[...ctx.messages].join("|")}>`);
      },
    });
    await client.post("/add");
    expect((await client.get("/late")).body).toBe("<small|late>");
    expect(warnings.map(({ code, message }) => `${code}: ${message}`)).toEqual([
      expect.stringMatching(/^too-late: .*added .*is lost.* before Koa sends `ctx\.body`/),
      expect.stringMatching(/^too-late: .*read .*shown again/),
    ]);
    expect((await client.get("/")).body).toBe("small");
  });
});

test("templates find the messages and the levels in ctx.state", async () => {
  const client = await serve([use({ secret: SECRET })], {
    "/state": (ctx) => {
      ctx.body = [...ctx.state.messages, ctx.state.DEFAULT_MESSAGE_LEVELS.ERROR].join("|");
    },
  });
  await client.post("/add");
  expect((await client.get("/state")).body).toBe("small|40");
});

describe("messages untouched", () => {
  const bytes = async (...uses: Use[]) => {
    const client = await serve([sessions["koa-session, rolling"] as Use, ...uses], {
      "/text": (ctx) => {
        ctx.body = "hello";
        ctx.cookies.set("a", "1");
        ctx.cookies.set("b", "2");
      },
      "/redirect": (ctx) => ctx.redirect("/text"),
      "/error": (ctx) => ctx.throw(418, "teapot"),
      "/stream": (ctx) => {
        ctx.respond = false;
        ctx.res.writeHead(200, { "X-Raw": "1" }).end("raw");
      },
    });
    await client.jar.setCookie("messages=forged", client.origin);
    const answers: unknown[] = [];
    for (const path of ["/text", "/redirect", "/error", "/stream", "/missing"]) {
      const { status, rawHeaders, body } = await client.get(path);
      answers.push([status, rawHeaders.map((value, i) => (rawHeaders[i - 1] === "Date" ? "-" : value)), body]);
    }
    await server?.close();
    return answers;
  };

  test.each([
    ["cookies", () => ({ secret: SECRET })],
    ["the session", () => ({ storage: "session" as const })],
    ["a slow storage", () => ({ storage: slow(cookieStorage({ secret: SECRET })) })],
  ] as const)("on %s, responses are byte-identical to the app without messages", async (_, settings) => {
    expect(await bytes(use(settings()))).toEqual(await bytes());
  });
});

test("ctx.messages and ctx.state.messages have types", () => {
  new Koa<Koa.DefaultState, { tenant: string }>().use((ctx) => ctx.messages.info(ctx.tenant));
  expectTypeOf<Context["messages"]["success"]>().parameter(0).not.toBeAny();
  expectTypeOf<Koa.DefaultState["DEFAULT_MESSAGE_LEVELS"]["ERROR"]>().toBeNumber();
  new Koa().use(messages({ secret: SECRET })).use((ctx) => ctx.messages.add(50, "Custom levels go by number."));
});
