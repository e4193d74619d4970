import { once } from "node:events";
import { request } from "node:http";
import { Readable } from "node:stream";
import { setTimeout as wait } from "node:timers/promises";
import fastifyCookie from "@fastify/cookie";
import fastifyFormbody from "@fastify/formbody";
import fastifySecureSession from "@fastify/secure-session";
import fastifySession from "@fastify/session";
import fastifyView from "@fastify/view";
import ejs from "ejs";
import fastify, { type FastifyInstance, type FastifyReply, type Session } from "fastify";
import nunjucks from "nunjucks";
import {
  addMessage,
  type Config,
  cookieStorage,
  getMessages,
  MessagesError,
  type Settings,
  type Storage,
  success,
} from "onceover";
import { messages } from "onceover/fastify";
import { registerMessages } from "onceover/nunjucks";
import { afterEach, describe, expect, test } from "vitest";
import { createApp } from "../../examples/fastify/app.ts";
import { type Answer, Client } from "../client.ts";
import { exampleContract } from "../examples/example-contract.ts";
import { SECRET, slow } from "../support.ts";
import { adapterContract, type ContractServer } from "./contract.ts";
import { act } from "./contract-app.ts";
import { bytesOf } from "./servers.ts";

adapterContract("Fastify 5 with @fastify/session", (config) => serve(withContract(createApp(config))));
adapterContract(
  "Fastify 5 with @fastify/secure-session",
  (config) => serve(withContract(withSecureSession(withMessages(config)))),
  {
    cannot: {
      "a corrupt cookie does not hide what waits in the session":
        "@fastify/secure-session keeps everything in one cookie: 5000 characters do not fit, and a warning tells",
    },
  },
);
adapterContract("Fastify 5 without a session", (config) => serve(withContract(withMessages(config))), {
  session: false,
});
exampleContract("fastify", () => serve(createApp()));

function withMessages(settings: Settings | Config): FastifyInstance {
  const app = fastify();
  app.register(messages(settings));
  return app;
}

function withSession(app: FastifyInstance, options: Partial<fastifySession.FastifySessionOptions> = {}) {
  app.register(fastifyCookie);
  app.register(fastifySession, {
    secret: SECRET,
    saveUninitialized: false,
    rolling: false,
    cookie: { secure: false },
    ...options,
  });
  return app;
}

function withSecureSession(app: FastifyInstance): FastifyInstance {
  app.register(fastifySecureSession, { key: Buffer.alloc(32, "k"), cookie: { path: "/" } });
  return app;
}

function withContract(app: FastifyInstance): FastifyInstance {
  app.all("/contract/*", async (request, reply) => {
    const { method, url, messages } = request;
    const { status, headers, body } = act({ method, url, messages, native: request });
    reply.code(status);
    for (const [name, value] of headers) reply.header(name, value);
    return reply.send(body);
  });
  return app;
}

async function serve(app: FastifyInstance): Promise<ContractServer> {
  const origin = await app.listen({ host: "127.0.0.1", port: 0 });
  return { origin, close: () => app.close() };
}

const apps: FastifyInstance[] = [];
const warnings: MessagesError[] = [];
const onWarning = (warning: MessagesError) => void warnings.push(warning);
afterEach(async () => {
  for (const app of apps.splice(0)) await app.close();
  warnings.length = 0;
});

/** The app on a free port until the test ends, with pages that show and add messages. */
async function start(app: FastifyInstance): Promise<Client> {
  apps.push(app);
  app.get("/", async ({ messages }) => [...messages].join("|"));
  app.post("/add", async ({ messages }, reply) => {
    messages.success("small");
    return reply.redirect("/", 303);
  });
  app.post("/overflow", async ({ messages }, reply) => {
    messages.info(overflow);
    return reply.redirect("/", 303);
  });
  app.setErrorHandler((error: Error & { code?: string; statusCode?: number }, _request, reply) => {
    reply.code(error.statusCode ?? 500).send(`${error.code}: ${error.message}`);
  });
  return new Client((await serve(app)).origin);
}

/** More than the cookies hold. */
const overflow = Array.from({ length: 220 }, () => Math.random().toString(36).slice(2)).join("");

const shown = async (client: Client) => (await client.get("/")).body;
const follow = async (client: Client, answer: Answer) => {
  expect(answer).toMatchObject({ status: 303 });
  return (await client.follow(answer)).body;
};

describe.each([
  ["@fastify/session", withSession],
  [
    "@fastify/session, saving always",
    (app: FastifyInstance) => withSession(app, { saveUninitialized: true, rolling: true }),
  ],
  ["@fastify/secure-session", withSecureSession],
] as const)("%s", (name, addSession) => {
  test("session storage holds everything", async () => {
    const client = await start(addSession(withMessages({ storage: "session" })));
    await client.post("/add");
    expect(await follow(client, await client.post("/overflow"))).toBe(`small|${overflow}`);
    expect(await shown(client)).toBe("");
    expect(Object.keys(await client.cookies()).filter((cookie) => cookie.startsWith("messages"))).toEqual([]);
  });

  test("fallback takes it for what overflows, and keeps the order", async () => {
    const client = await start(addSession(withMessages({ secret: SECRET, onWarning })));
    await client.post("/add");
    await client.post("/overflow");
    expect(await follow(client, await client.post("/add"))).toBe(`small|${overflow}|small`);
    expect(await shown(client)).toBe("");
    expect(warnings).toEqual([]);
  });

  test("a session that nothing else uses is not created for a message that fits into a cookie", async () => {
    const client = await start(addSession(withMessages({ secret: SECRET })));
    await client.post("/add");
    const names = Object.keys(await client.cookies());
    if (!name.includes("always")) expect(names.filter((cookie) => !cookie.startsWith("messages."))).toEqual([]);
  });

  test("registered before messages(), it is refused when the app starts, and the error names the order", async () => {
    const app = addSession(fastify());
    app.register(messages({ secret: SECRET }));
    await expect(app.ready()).rejects.toThrow(MessagesError);
    await expect(app.ready()).rejects.toMatchObject({
      code: "no-session",
      message: expect.stringMatching(
        /before the messages.*Mount `app\.register\(messages\(…\)\)` .*before the session/,
      ),
    });
  });

  test("a message added after the session was given up is shown, and what would overflow is a warning", async () => {
    const app = addSession(withMessages({ secret: SECRET, onWarning }));
    app.post("/log-out", async (request, reply) => {
      const { messages } = request;
      // The types of the two plugins exclude each other.
      const session = request.session as unknown as Partial<Record<"destroy" | "delete", () => unknown>>;
      await ("destroy" in session ? session.destroy?.() : session.delete?.());
      messages.success("Logged out.");
      messages.info(overflow);
      return reply.redirect("/", 303);
    });
    const client = await start(app);
    await client.post("/overflow");
    expect(await follow(client, await client.post("/log-out"))).toBe("Logged out.");
    expect(warnings.map(({ code }) => code)).toEqual(["not-stored"]);
  });
});

/** A store whose writes take 50 ms. */
class SlowStore extends fastifySession.MemoryStore {
  override set(id: string, session: Session, done: (error?: unknown) => void): void {
    setTimeout(() => super.set(id, session, done), 50);
  }
}

test.each(["session", "fallback"] as const)(
  "a redirect does not beat a session store that takes 50 ms to save (%s storage)",
  async (storage) => {
    const settings: Settings = storage === "session" ? { storage } : { secret: SECRET };
    const client = await start(withSession(withMessages(settings), { store: new SlowStore() }));
    for (let round = 0; round < 10; round += 1) {
      expect(await follow(client, await client.post("/overflow"))).toBe(overflow);
      expect(await shown(client)).toBe("");
    }
  },
);

describe("without a session", () => {
  test("session storage says that it needs one, and in which order", async () => {
    const client = await start(withMessages({ storage: "session" }));
    for (const answer of [await client.get("/"), await client.post("/add")]) {
      expect(answer).toMatchObject({
        status: 500,
        body: expect.stringMatching(
          /^no-session: .*`app\.register\(session, …\)` after `app\.register\(messages\(…\)\)`/,
        ),
      });
    }
  });

  test("fallback says nothing until something overflows, and then warns", async () => {
    const client = await start(withMessages({ secret: SECRET, onWarning }));
    expect(await follow(client, await client.post("/add"))).toBe("small");
    expect(warnings).toEqual([]);
    expect(await follow(client, await client.post("/overflow"))).toBe("");
    expect(warnings.map(({ code, message }) => `${code}: ${message}`)).toEqual([
      expect.stringMatching(/^not-stored: .*no session to hold them.*`app\.register\(session, …\)` after/),
    ]);
  });

  test("so it is on a path that the session's cookie is not for", async () => {
    const app = withSession(withMessages({ secret: SECRET, onWarning }), { cookie: { secure: false, path: "/admin" } });
    await (await start(app)).post("/overflow");
    expect(warnings.map(({ code }) => code)).toEqual(["not-stored"]);
  });

  test("with debug, fallback throws when something overflows", async () => {
    const client = await start(withMessages({ secret: SECRET, debug: true }));
    expect(await client.post("/overflow")).toMatchObject({
      status: 500,
      body: expect.stringMatching(/^not-stored: .*no session to hold them/),
    });
  });
});

describe("mounted wrongly", () => {
  test("twice, also once more in a scope, is refused when the app starts", async () => {
    const twice = withMessages({ secret: SECRET });
    twice.register(messages({ secret: SECRET }));
    const nested = withMessages({ secret: SECRET });
    nested.register(async (scope) => void scope.register(messages({ secret: SECRET })));
    for (const app of [twice, nested]) {
      await expect(app.ready()).rejects.toMatchObject({
        name: "MessagesError",
        code: "mounted-twice",
        message: expect.stringContaining("`app.register(messages(…))`"),
      });
    }
  });

  test("in a scope, other routes have no messages, and adding some says so", async () => {
    const app = fastify();
    app.register(async (scope) => void scope.register(messages({ secret: SECRET })));
    app.post("/elsewhere", async (request) => {
      success(request, "nowhere", { failSilently: true });
      expect(getMessages(request)).toHaveLength(0);
      addMessage(request, "info", "nowhere");
    });
    const client = await start(app);
    expect(await client.post("/elsewhere")).toMatchObject({
      status: 500,
      body: expect.stringMatching(/^no-middleware: .*`app\.register\(messages\(…\)\)` on the root instance/),
    });
  });

  test("after a scope, its routes have messages too, but a session of the scope comes too early", async () => {
    const app = fastify();
    app.register(async (scope) => {
      scope.get("/scope", async ({ messages }) => [...messages].join("|"));
    });
    app.register(async (scope) => {
      withSession(scope).post("/scope-with-session", async ({ messages }) => messages.info(overflow));
    });
    app.register(messages({ secret: SECRET, onWarning }));
    const client = await start(app);
    await client.post("/add");
    expect((await client.get("/scope")).body).toBe("small");
    await client.post("/scope-with-session");
    expect(warnings.map(({ code, message }) => `${code}: ${message}`)).toEqual([
      expect.stringMatching(
        /^not-stored: .*session was registered before the messages.*Mount `app\.register\(messages/,
      ),
    ]);
  });

  test("used between messages() and the session, what waits in the session is not lost, and a warning says so", async () => {
    const app = withMessages({ secret: SECRET, onWarning });
    app.addHook("onRequest", async ({ url, messages }) => {
      if (url === "/between") expect(messages).not.toHaveLength(0);
    });
    withSession(app).post("/between", async ({ messages }) => messages.info(overflow));
    const client = await start(app);
    await client.post("/add");
    await client.post("/overflow");
    expect(warnings).toEqual([]);
    await client.post("/between");
    expect(warnings.map(({ code, message }) => `${code}: ${message}`)).toEqual([
      expect.stringMatching(/^not-stored: .*before the request had its session.*and then whatever uses messages/),
    ]);
    expect(await shown(client)).toBe(`small|${overflow}`);
  });

  test("with a wrong setting, it is refused at once", () => {
    expect(() => messages({ secret: "short" })).toThrow(expect.objectContaining({ code: "invalid-setting" }));
  });
});

describe("the error handler", () => {
  const render = (reply: FastifyReply, status: number) =>
    reply.code(status).send(`<${[...reply.request.messages].join("|")}>`);

  function app(settings: Settings): FastifyInstance {
    const app = withMessages(settings);
    app.register(
      async (scope) => {
        scope.register(fastifyFormbody);
        scope.setErrorHandler((error: { statusCode?: number; status?: number }, request, reply) => {
          request.messages.error("added by the error handler");
          return render(reply, error.statusCode ?? error.status ?? 500);
        });
        scope.setNotFoundHandler((_request, reply) => render(reply, 404));
        scope.get("/throw/:status", async ({ params, messages }) => {
          messages.info("added before");
          expect([...messages]).not.toHaveLength(0);
          throw Object.assign(new Error("thrown"), { statusCode: Number((params as { status: string }).status) });
        });
        scope.get("/throw-text", async ({ messages }) => {
          expect([...messages]).not.toHaveLength(0);
          throw "a text";
        });
        scope.get("/return-error", async ({ messages }, reply) => {
          expect([...messages]).not.toHaveLength(0);
          reply.code(200);
          return new Error("returned");
        });
        scope.post("/form", async () => "");
      },
      { prefix: "/errors" },
    );
    return app;
  }

  describe.each([
    ["cookie", { secret: SECRET }],
    ["a slow storage", { storage: slow(cookieStorage({ secret: SECRET })) }],
  ] as [string, Settings][])("on %s", (_, settings) => {
    test("displays messages on a 4xx page, and keeps them, its own too, with a 500", async () => {
      const client = await start(app(settings));
      await client.post("/add");
      const all = "small|added before|added by the error handler";
      expect(await client.get("/errors/throw/500")).toMatchObject({ status: 500, body: `<${all}>` });
      expect(await client.get("/errors/throw-text")).toMatchObject({ status: 500 });
      expect(await client.get("/errors/return-error")).toMatchObject({ status: 500 });
      const added = "|added by the error handler".repeat(2);
      expect(await shown(client)).toBe(all + added);
      await client.post("/add");
      expect(await client.get("/errors/throw/404")).toMatchObject({ status: 404, body: `<${all}>` });
      expect(await shown(client)).toBe("");
    });

    test("has them where a request could not be read, and where there is no route", async () => {
      const client = await start(app(settings));
      await client.post("/add");
      const headers = { "content-type": "application/xml" };
      expect(await client.post("/errors/form", { headers, body: "<a/>" })).toMatchObject({
        status: 415,
        body: "<small|added by the error handler>",
      });
      await client.post("/add");
      expect(await client.get("/errors/missing")).toMatchObject({ status: 404, body: "<small>" });
      expect(await shown(client)).toBe("");
    });
  });

  test("of Fastify itself keeps what was iterated, and what was added before", async () => {
    const app = withMessages({ secret: SECRET });
    app.register(async (scope) => {
      scope.setErrorHandler((error) => {
        throw error;
      });
      scope.get("/throw", async ({ messages }) => {
        messages.error("added");
        expect([...messages]).toHaveLength(2);
        throw new Error("broken");
      });
    });
    const client = await start(app);
    await client.post("/add");
    expect(await client.get("/throw")).toMatchObject({ status: 500 });
    expect(await shown(client)).toBe("small|added");
  });
});

describe("used too late", () => {
  const read = (name: string, app: FastifyInstance) =>
    test(`${name}, messages are kept, and a warning says until when they can be used`, async () => {
      const client = await start(app);
      await client.post("/add");
      expect(await client.get("/late")).toMatchObject({ status: 200, body: "<small>" });
      expect(warnings.map(({ code, message }) => `${code}: ${message}`)).toEqual([
        expect.stringMatching(/^too-late: .* read after .* shown again.*before `reply\.send\(\)`/),
      ]);
      expect(await shown(client)).toBe("small");
    });

  const stream = withMessages({ secret: SECRET, onWarning });
  stream.get("/late", async ({ messages }, reply) => {
    const parts = async function* () {
      yield "<";
      await wait(5);
      yield `${[...messages].join("|")}>`;
    };
    return reply.send(Readable.from(parts()));
  });
  read("in a stream that is on its way", stream);

  const hook = withMessages({ secret: SECRET, onWarning });
  hook.get("/late", async () => "-");
  hook.addHook("onSend", async ({ url, messages }, _reply, payload) =>
    url === "/late" ? `<${[...messages].join("|")}>` : payload,
  );
  read("in an onSend hook that was registered later", hook);

  const raw = withMessages({ secret: SECRET, onWarning });
  raw.get("/late", (request, reply) => {
    reply.hijack();
    reply.raw.write("<");
    reply.raw.end(`${[...request.messages].join("|")}>`);
  });
  read("in a hijacked reply, behind its headers", raw);

  test("after the response was sent, what is added is lost, and a warning says so", async () => {
    const app = withMessages({ secret: SECRET, onWarning });
    app.get("/late", (request, reply) => {
      reply.send("sent");
      request.messages.info("too late");
    });
    const client = await start(app);
    await client.get("/late");
    expect(warnings.map(({ code, message }) => `${code}: ${message}`)).toEqual([
      expect.stringMatching(/^too-late: .* added after .* lost/),
    ]);
    expect(await shown(client)).toBe("");
  });
});

describe("whatever is sent", () => {
  const payloads: Record<string, (reply: FastifyReply, text: string) => unknown> = {
    "a text that is returned": (_reply, text) => text,
    "a text": (reply, text) => reply.send(text),
    "a text of a handler that does not return the reply": (reply, text) => void reply.send(text),
    "an object": (_reply, text) => ({ text }),
    "a buffer": (_reply, text) => Buffer.from(text),
    "a stream": (_reply, text) => Readable.from([text]),
    "a web stream": (_reply, text) => new Blob([text]).stream(),
    "a Response": (_reply, text) => new Response(text, { status: 422, headers: { Vary: "Accept" } }),
  };

  test.each(Object.keys(payloads))("%s displays its messages once", async (name) => {
    const errors: Error[] = [];
    const app = withSession(withMessages({ secret: SECRET, onWarning }));
    app.addHook("onError", async (_request, _reply, error) => void errors.push(error));
    app.get("/payload", async (request, reply) =>
      payloads[name]?.(reply.header("set-cookie", "other=1"), [...request.messages].join("|")),
    );
    const client = await start(app);
    await client.post("/overflow");
    const { body, headers } = await client.get("/payload");
    expect(body).toContain(overflow);
    expect(headers.vary).toMatch(name === "a Response" ? /^Accept, Cookie$/ : /^Cookie$/);
    expect(headers["cache-control"]).toBe("no-store");
    expect(await client.cookies()).toHaveProperty("other", "1");
    expect(await shown(client)).toBe("");
    expect(errors).toEqual([]);
  });

  test("a handler that does not return the reply does not overtake a slow storage", async () => {
    const app = withMessages({ storage: slow(cookieStorage({ secret: SECRET })) });
    app.get("/unreturned", async ({ messages }, reply) => {
      reply.send([...messages].join("|"));
    });
    const client = await start(app);
    await client.post("/add");
    expect((await client.get("/unreturned")).body).toBe("small");
    expect(await shown(client)).toBe("");
  });

  test("a Response that redirects keeps them, whatever the reply's own status is", async () => {
    const app = withMessages({ secret: SECRET });
    app.post("/response", async ({ messages, url }) => {
      messages.info("added");
      expect([...messages]).toHaveLength(2);
      return Response.redirect(new URL("/", `http://localhost${url}`), 303);
    });
    const client = await start(app);
    await client.post("/add");
    expect(await client.post("/response")).toMatchObject({ status: 303, headers: { location: "http://localhost/" } });
    expect(await shown(client)).toBe("small|added");
  });

  test("a Response whose body was read is Fastify's error, and keeps them", async () => {
    const app = withMessages({ secret: SECRET });
    app.get("/consumed", async () => {
      const response = new Response("body");
      await response.text();
      return response;
    });
    expect((await (await start(app)).get("/consumed")).body).toMatch(/^FST_ERR_REP_RESPONSE_BODY_CONSUMED/);
  });

  test("the Set-Cookie headers of @fastify/cookie and of the raw response survive", async () => {
    const app = withMessages({ secret: SECRET });
    app.register(fastifyCookie);
    app.get("/raw", async ({ messages }, reply) => {
      reply.raw.setHeader("Set-Cookie", ["raw=1", "more=2"]);
      return [...messages].join("|");
    });
    app.get("/plugin", async ({ messages }, reply) => {
      reply.setCookie("plugin", "1").header("set-cookie", "own=1");
      return [...messages].join("|");
    });
    const client = await start(app);
    for (const path of ["/raw", "/plugin"]) {
      await client.post("/add");
      expect((await client.get(path)).body).toBe("small");
      expect(await shown(client)).toBe("");
    }
    expect(await client.cookies()).toEqual({ raw: "1", more: "2", plugin: "1", own: "1" });
  });

  test("app.inject() gets what a browser gets", async () => {
    const app = createApp();
    apps.push(app);
    const { cookies, statusCode } = await app.inject({
      method: "POST",
      url: "/",
      headers: { "content-type": "application/x-www-form-urlencoded" },
      payload: "name=Ada",
    });
    expect(statusCode).toBe(303);
    const sent = Object.fromEntries(cookies.map(({ name, value }) => [name, value]));
    expect((await app.inject({ url: "/", cookies: sent })).body).toContain("Saved, Ada.");
  });
});

test("a client that hangs up before the headers keeps its messages", async () => {
  const app = withMessages({ secret: SECRET });
  let answered: Promise<unknown> = Promise.resolve();
  app.get("/slow", (request, reply) => {
    answered = once(reply.raw, "close").then(() => reply.send([...request.messages].join("|")));
  });
  const client = await start(app);
  await client.post("/add");
  const cookie = await client.jar.getCookieString(client.origin);
  const sent = request(`${client.origin}/slow`, { headers: { cookie } });
  sent.on("error", () => {});
  sent.end();
  await wait(100);
  sent.destroy();
  await wait(50);
  await answered;
  expect(await shown(client)).toBe("small");
});

describe("a storage", () => {
  test("that is asynchronous must be loaded where no page is asked for", async () => {
    const app = withMessages({ storage: slow(cookieStorage({ secret: SECRET })) });
    app.get("/loaded", async ({ messages }) => (await messages.load()).toJSON());
    const client = await start(app);
    await client.post("/add");
    const json = { accept: "application/json" };
    expect(await client.get("/", json)).toMatchObject({ status: 500, body: expect.stringMatching(/^not-loaded/) });
    expect(JSON.parse((await client.get("/loaded", json)).body)).toMatchObject([{ message: "small" }]);
    expect(await shown(client)).toBe("");
  });

  test("is told once, also where the response fails after that", async () => {
    const commits: string[][] = [];
    const storage: Storage = {
      synchronous: true,
      open: () => ({
        messages: [],
        commit: ({ added }) => {
          commits.push(added.map(String));
          return [];
        },
      }),
    };
    const app = withMessages({ storage });
    app.addHook("onSend", async (_request, reply) => {
      if (reply.statusCode < 400) throw new Error("in a hook of the app");
    });
    expect(await (await start(app)).post("/add")).toMatchObject({ status: 500 });
    expect(commits).toEqual([["small"]]);
  });
});

describe("reply.locals", () => {
  const list = "<% for (const message of messages) { %><b class='<%= message.tags %>'><%= message %></b><% } %>";

  test.each(["before", "after"])(
    "are there for the templates of @fastify/view, registered %s messages()",
    async (order) => {
      const app = fastify();
      if (order === "before") app.register(fastifyView, { engine: { ejs } });
      app.register(messages({ secret: SECRET }));
      if (order === "after") app.register(fastifyView, { engine: { ejs } });
      app.addHook("preHandler", async (_request, reply) => void Object.assign(reply.locals, { mine: "mine" }));
      app.get("/page", (_request, reply) => reply.view({ raw: `<%= mine %>${list}` } as unknown as string));
      app.get("/levels", (_request, reply) =>
        reply.view({ raw: "<%= DEFAULT_MESSAGE_LEVELS.ERROR %>" } as unknown as string),
      );
      const client = await start(app);
      await client.post("/add");
      const untouched = await client.get("/levels");
      expect(untouched).toMatchObject({ status: 200, body: "40" });
      expect(untouched.headers).not.toHaveProperty("vary");
      expect((await client.get("/page")).body).toBe("mine<b class='success'>small</b>");
      expect((await client.get("/page")).body).toBe("mine");
    },
  );

  test("keep what other plugins put there", async () => {
    const app = fastify();
    app.decorateReply("locals");
    app.addHook("onRequest", async (_request, reply) => {
      reply.locals = { theirs: "theirs" } as unknown as typeof reply.locals;
    });
    app.register(messages({ secret: SECRET }));
    app.get("/locals", async (_request, reply) => Object.keys(reply.locals));
    expect(JSON.parse((await (await start(app)).get("/locals")).body)).toEqual([
      "theirs",
      "messages",
      "DEFAULT_MESSAGE_LEVELS",
    ]);
  });

  test("let Django's templates run in Nunjucks, and touch nothing where a template does not use messages", async () => {
    const app = withMessages({ secret: SECRET });
    app.register(fastifyView, { engine: { nunjucks }, options: { onConfigure: registerMessages } });
    const raw =
      "{% if messages %}{% for message in messages %}[{{ message.tags }} {{ message }}]{% endfor %}{% endif %}";
    app.get("/page", (_request, reply) => reply.view({ raw } as unknown as string));
    app.get("/plain", (_request, reply) => reply.view({ raw: "plain" } as unknown as string));
    const client = await start(app);
    await client.post("/add");
    expect((await client.get("/plain")).headers).not.toHaveProperty("vary");
    expect((await client.get("/page")).body).toBe("[success small]");
    expect((await client.get("/page")).body).toBe("");
  });
});

describe("messages untouched", () => {
  /** The bytes that an app sends for a request; the date, which is not ours, is blanked. */
  async function bytes(path: string, plugin?: ReturnType<typeof messages>): Promise<string> {
    const app = fastify();
    apps.push(app);
    if (plugin) void app.register(plugin);
    withSession(app);
    app.register(fastifyView, { engine: { ejs } });
    app.get("/text", async () => "hello");
    app.get("/json", async () => ({ hello: "world" }));
    app.get("/redirect", (_request, reply) => reply.redirect("/text"));
    app.get("/template", (_request, reply) => reply.view({ raw: "<p>hello</p>" } as unknown as string));
    app.get("/cookies", (_request, reply) => reply.setCookie("a", "1").setCookie("b", "2").send("x"));
    app.get("/stream", async () => Readable.from(["a", "b"]));
    app.get("/response", async () => new Response("x", { status: 201, headers: { "X-Raw": "1" } }));
    app.get("/error", async () => {
      throw Object.assign(new Error("teapot"), { statusCode: 418 });
    });
    return bytesOf(await serve(app), path, "messages=forged; messages.00000000000aaaa=forged; other=1");
  }

  const paths = ["/text", "/json", "/redirect", "/template", "/cookies", "/stream", "/response", "/error", "/missing"];

  test.each(paths)("%s is byte-identical to the app without messages", async (path) => {
    const without = await bytes(path);
    expect(without).toMatch(/^HTTP\/1\.1 /);
    expect(await bytes(path, messages({ secret: SECRET }))).toBe(without);
    expect(await bytes(path, messages({ storage: slow(cookieStorage({ secret: SECRET })) }))).toBe(without);
  });
});

test("a custom level, the raw request, and the types of both", async () => {
  const app = withMessages({ secret: SECRET, levels: { critical: 50 } });
  app.post("/critical", async ({ raw, messages }, reply) => {
    messages.add(50, "by number");
    addMessage(raw, 50, "by the raw request");
    // @ts-expect-error: no such level.
    expect(() => messages.critcal("misspelt")).toThrow(TypeError);
    const level: number = reply.locals.DEFAULT_MESSAGE_LEVELS.ERROR + reply.locals.messages.length;
    expect(level).toBe(42);
    return reply.redirect("/", 303);
  });
  const client = await start(app);
  expect(await follow(client, await client.post("/critical"))).toBe("by number|by the raw request");
});
