import { node } from "@elysiajs/node";
import { type AnyElysia, Elysia, redirect, status } from "elysia";
import { addMessage, type Config, getMessages, type MessagesError, type Session, type Settings } from "onceover";
import { messages } from "onceover/elysia";
import { afterEach, describe, expect, expectTypeOf, test } from "vitest";
import { createApp } from "../../examples/elysia/app.ts";
import { Client } from "../client.ts";
import { exampleContract } from "../examples/example-contract.ts";
import { SECRET } from "../support.ts";
import { adapterContract, type ContractServer } from "./contract.ts";
import { act } from "./contract-app.ts";
import { errorLog, openedElysia } from "./servers.ts";

const cannot = {
  "an exception that says 403 keeps what it iterated":
    "with an error hook of a plugin, Elysia answers every 404 in another way: call `messages.keep()` in your `onError`",
};

adapterContract("Elysia 1.4 on Node.js", (config) => openedElysia(createApp(config).use(contract())), {
  session: false,
  cannot,
});
adapterContract(
  "Elysia 1.4 on Node.js with a session",
  (config) => {
    const sessions = new Sessions();
    const withMessages = messages(config, { session: (request) => sessions.of(request) });
    return openedElysia(new Elysia({ adapter: node() }).use(withMessages).use(contract(sessions)));
  },
  { cannot },
);

exampleContract("elysia", () => openedElysia(createApp()));

/** The contract's pages; the messages are there for whichever app uses them. */
function contract(sessions?: Sessions): AnyElysia {
  return new Elysia().all("/contract/*", ({ request, redirect }) => {
    const { method, url } = request;
    const { status, headers, body } = act({ method, url, messages: getMessages(request), native: request });
    const sessionCookie = sessions?.cookieOf(request);
    if (status === 303 && !sessionCookie) return redirect(new URL(headers[0]?.[1] ?? "", url).href, 303);
    const response = new Response([204, 205, 304].includes(status) ? null : body, { status });
    for (const [name, value] of headers) response.headers.append(name, value);
    if (sessionCookie) response.headers.append("Set-Cookie", sessionCookie);
    return response;
  });
}

/** The smallest sessions there can be: a map on the server for each value of a cookie. */
class Sessions {
  readonly #sessions = new Map<string, Session>();
  readonly #ids = new WeakMap<Request, string>();

  of(request: Request): Session {
    const id = this.#idOf(request);
    const session = this.#sessions.get(id) ?? new Map<string, string>();
    this.#sessions.set(id, session);
    return session;
  }

  /** The cookie of a visitor who has none yet. */
  cookieOf(request: Request): string | undefined {
    return sentId(request) ? undefined : `visitor=${this.#idOf(request)}; Path=/`;
  }

  #idOf(request: Request): string {
    const id = sentId(request) ?? this.#ids.get(request) ?? crypto.randomUUID();
    this.#ids.set(request, id);
    return id;
  }
}

const sentId = (request: Request) => /visitor=([\w-]+)/.exec(request.headers.get("cookie") ?? "")?.[1];

const warnings: MessagesError[] = [];
const onWarning = (warning: MessagesError) => void warnings.push(warning);
const servers: ContractServer[] = [];
afterEach(async () => {
  warnings.length = 0;
  for (const server of servers.splice(0)) await server.close();
});

const mount = (settings: Settings | Config = { secret: SECRET, onWarning }) =>
  new Elysia({ adapter: node() }).use(messages(settings));

/** A client of an app that has a message waiting; it shows at /. */
async function start(app: AnyElysia): Promise<Client> {
  app.post("/add", ({ request }) => {
    addMessage(request, "info", "waits");
    return redirect(new URL("/", request.url).href, 303);
  });
  app.get("/", ({ request }) => [...getMessages(request)].join("|"));
  const server = await openedElysia(app);
  servers.push(server);
  const client = new Client(server.origin);
  await client.post("/add");
  return client;
}

const request = (path: string, init?: RequestInit) =>
  new Request(`http://localhost${path}`, { headers: { accept: "text/html" }, ...init });

describe("mounted wrongly", () => {
  test("twice: the error names how to mount it once", async () => {
    const app = mount()
      .use(messages({ secret: SECRET }))
      .get("/", () => "never");
    const errors = errorLog();
    const answer = await app.handle(request("/"));
    expect([answer.status, await answer.text()]).toEqual([500, "Internal Server Error"]);
    expect(errors.map(String)).toEqual([
      expect.stringMatching(/^MessagesError: .*mounted twice.*`app\.use\(messages\(…\)\)` before the routes/),
    ]);
  });

  test("not at all: the function form says what to mount", async () => {
    const app = new Elysia({ adapter: node() }).get("/", ({ request }) => {
      addMessage(request, "info", "lost");
    });
    const answer = await app.handle(request("/"));
    expect(answer.status).toBe(500);
    expect(await answer.text()).toMatch(/did not go through messages\(\)\. Mount `app\.use\(messages\(…\)\)` before/);
  });

  test("in an app that is not compiled: the error says why, and on which setting", async () => {
    const app = new Elysia({ adapter: node(), aot: false })
      .use(messages({ secret: SECRET }))
      .onError(({ error }) => String(error))
      .get("/", ({ messages }) => [...messages].join());
    expect(await (await app.handle(request("/"))).text()).toMatch(/^MessagesError: .*`new Elysia\(\{ aot: false \}\)`/);
  });

  test("without a session: the session storage says where to give one", async () => {
    const app = mount({ storage: "session" }).get("/", ({ messages }) => [...messages].join());
    const answer = await app.handle(request("/"));
    expect(answer.status).toBe(500);
    expect(await answer.text()).toContain("`messages(settings, { session: (request) => … })`");
  });

  test("with debug, what does not fit is a 500, the log says why, and the server goes on", async () => {
    const app = mount({ secret: SECRET, debug: true }).get("/overflow", ({ messages }) => {
      for (let i = 0; i < 100; i += 1) messages.info(crypto.randomUUID());
      return "never";
    });
    const client = await start(app);
    const errors = errorLog();
    expect(await client.get("/overflow")).toMatchObject({ status: 500, body: "Internal Server Error" });
    expect(errors.map(String)).toEqual([
      expect.stringMatching(/^MessagesError: Not all messages could be stored: .*`messages\(settings, \{ session:/),
    ]);
    expect((await client.get("/")).body).toBe("waits");
  });

  test("and not used: the routes answer", async () => {
    const app = mount({ storage: "session" }).get("/", () => "fine");
    expect(await (await app.handle(request("/"))).text()).toBe("fine");
  });
});

test("instances that each use the plugin, for its types, mount it once", async () => {
  const plugin = messages({ secret: SECRET, levels: { critical: 50 } });
  const reports = new Elysia({ prefix: "/reports" }).use(plugin).get("/", ({ messages }) => {
    messages.critical("Disk full.");
    return [...messages].join();
  });
  const app = new Elysia({ adapter: node() })
    .use(reports)
    .use(plugin)
    .get("/", ({ messages }) => [...messages].length);
  expect(await (await app.handle(request("/reports"))).text()).toBe("Disk full.");
  expect(await (await app.handle(request("/"))).text()).toBe("0");
});

describe("the cookies of the app survive", () => {
  const namesOf = ({ headers }: Response) => headers.getSetCookie().map((cookie) => cookie.split(/[=.]/)[0]);

  test("those of its jar, on a redirect", async () => {
    const app = mount().get("/", ({ messages, cookie, redirect, request }) => {
      messages.info("added");
      cookie.first?.set({ value: "1" });
      cookie.second?.set({ value: "2" });
      return redirect(new URL("/", request.url).href, 303);
    });
    const answer = await app.handle(request("/"));
    expect(answer.status).toBe(303);
    expect(namesOf(answer)).toEqual(["first", "second", "messages"]);
  });

  test("those of set.headers, and of an error's page", async () => {
    const app = mount()
      .onError(({ set }) => {
        set.headers["set-cookie"] = ["third=3"] as unknown as string;
        return "broken";
      })
      .get("/", ({ messages, set }) => {
        messages.info("added");
        set.headers["set-cookie"] = ["first=1", "second=2"] as unknown as string;
        return "fine";
      })
      .get("/broken", ({ messages }) => {
        messages.info("added");
        throw new Error("broken");
      });
    expect(namesOf(await app.handle(request("/")))).toEqual(["first", "second", "messages"]);
    expect(namesOf(await app.handle(request("/broken")))).toEqual(["third", "messages"]);
  });
});

test("an exception keeps what was shown, and what was added before it is on the next page", async () => {
  const app = mount().get("/throw", ({ messages }) => {
    messages.error("added");
    expect([...messages]).toHaveLength(2);
    throw new Error("broken");
  });
  const client = await start(app);
  expect(await client.get("/throw")).toMatchObject({ status: 500, body: "broken" });
  expect((await client.get("/")).body).toBe("waits|added");
});

test("status() tells which messages were displayed", async () => {
  const app = mount()
    .get("/gone", ({ messages }) => status(410, [...messages].join()))
    .get("/unavailable", ({ messages }) => status(503, [...messages].join()))
    .get("/nothing", ({ messages }) => status(204, [...messages].length === 0 ? null : undefined));
  const client = await start(app);
  expect((await client.get("/unavailable")).body).toBe("waits");
  expect((await client.get("/nothing")).status).toBe(204);
  expect(await client.get("/gone")).toMatchObject({ status: 410, body: "waits" });
  expect((await client.get("/")).body).toBe("");
});

test("a page for what was not found shows messages by the function form", async () => {
  const app = mount().onError(({ request, status }) => status(404, [...getMessages(request)].join()));
  const client = await start(app);
  expect(await client.get("/missing")).toMatchObject({ status: 404, body: "waits" });
  expect((await client.get("/")).body).toBe("");
});

describe("a handler that is a generator", () => {
  test("displays what it iterates before its first part", async () => {
    const app = mount().get("/stream", async function* ({ messages }) {
      yield [...messages].join("|");
      yield "!";
    });
    const client = await start(app);
    expect((await client.get("/stream")).body).toBe("waits!");
    expect((await client.get("/")).body).toBe("");
  });

  test("keeps what it iterates after that, and a warning names the moment", async () => {
    const app = mount().get("/stream", async function* ({ messages }) {
      yield "<";
      await new Promise((resolve) => setTimeout(resolve, 10));
      yield [...messages].join("|");
    });
    const client = await start(app);
    expect((await client.get("/stream")).body).toBe("<waits");
    expect(warnings.map(({ code, message }) => `${code}: ${message}`)).toEqual([
      expect.stringMatching(/^too-late: .*before the handler returns/),
    ]);
    expect((await client.get("/")).body).toBe("waits");
  });
});

describe("messages untouched", () => {
  const routes = (app: AnyElysia) =>
    app
      .get("/text", () => "hello")
      .get("/json", () => ({ hello: "world" }))
      .get("/static", "static")
      .get("/redirect", ({ request }) => redirect(new URL("/text", request.url).href))
      .get("/cookies", ({ cookie }) => {
        cookie.a?.set({ value: "1" });
        cookie.b?.set({ value: "2" });
        return new Response("cookies");
      })
      .get("/stream", async function* () {
        yield "a";
        yield "b";
      })
      .get("/error", () => {
        throw new Error("broken");
      });

  test.each(["/text", "/json", "/static", "/redirect", "/cookies", "/stream", "/error", "/missing"])(
    "%s has the headers that it has without messages",
    async (path) => {
      const apps = [routes(new Elysia({ adapter: node() })), routes(mount())];
      const answers = await Promise.all(
        apps.map(async (app) => {
          const server = await openedElysia(app);
          servers.push(server);
          const cookie = "messages=forged; messages.00000000000aaaa=forged";
          const { status, rawHeaders, body } = await new Client(server.origin).get(path, { cookie });
          const values = rawHeaders.map((value, index) => (rawHeaders[index - 1] === "Date" ? "-" : value));
          return { status, headers: values.join("\n").replaceAll(server.origin, ""), body };
        }),
      );
      expect(answers[1]).toEqual(answers[0]);
      expect(answers[1]?.status).toBeLessThan(501);
    },
  );
});

test("the context is typed, with the app's own levels", () => {
  new Elysia().use(messages({ secret: SECRET, levels: { critical: 50 } })).get("/", ({ messages }) => {
    expectTypeOf(messages.success).toBeFunction();
    expectTypeOf(messages.critical).toBeFunction();
    expectTypeOf(messages).not.toHaveProperty("fatal");
    return "";
  });
});
