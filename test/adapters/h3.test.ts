import { H3, type H3Event, HTTPError, iterable, redirect, type SessionManager, serve, useSession } from "h3";
import { addMessage, type Config, getMessages, MessagesError, type Settings } from "onceover";
import { type H3Options, messages } from "onceover/h3";
import { afterEach, describe, expect, expectTypeOf, test } from "vitest";
import { createApp } from "../../examples/h3/app.ts";
import { Client } from "../client.ts";
import { exampleContract } from "../examples/example-contract.ts";
import { OVERFLOW, SECRET } from "../support.ts";
import { adapterContract, type ContractServer } from "./contract.ts";
import { act } from "./contract-app.ts";

adapterContract("h3 2 with its own session", (config) => listen(withContract(createApp(config))));
adapterContract("h3 2 without a session", (config) => listen(withContract(mount(config))), { session: false });

exampleContract("h3", () => listen(createApp()));

function mount(settings: Settings | Config, options?: H3Options): H3 {
  return new H3({ silent: true }).use(messages(settings, options));
}

function withContract(app: H3): H3 {
  return app.all("/contract/**", (event) => {
    const { method, url } = event.req;
    const { status, headers, body } = act({ method, url, messages: event.context.messages, native: event });
    if (status === 303) return redirect(headers[0]?.[1] ?? "", 303);
    event.res.status = status;
    for (const [name, value] of headers) event.res.headers.append(name, value);
    return body;
  });
}

async function listen(app: H3): Promise<ContractServer> {
  const server = serve(app, { port: 0, hostname: "127.0.0.1", silent: true });
  await server.ready();
  return { origin: new URL(server.url ?? "").origin, close: () => server.close(true) };
}

const servers: ContractServer[] = [];
const warnings: MessagesError[] = [];
const onWarning = (warning: MessagesError) => void warnings.push(warning);
afterEach(async () => {
  warnings.length = 0;
  for (const server of servers.splice(0)) await server.close();
});

/** Serves an app until the test ends, with a page that adds at /add and one that shows at /. */
async function start(app: H3): Promise<Client> {
  app.post("/add", (event) => {
    event.context.messages.info("waits");
    return redirect("/", 303);
  });
  app.post("/overflow", (event) => {
    event.context.messages.info(OVERFLOW);
    return redirect("/", 303);
  });
  app.get("/", show);
  const server = await listen(app);
  servers.push(server);
  return new Client(server.origin);
}

const show = (event: H3Event) => [...event.context.messages].join("|");

/** An app whose errors are its responses, as a developer would see them. */
function telling(app: H3): H3 {
  app.config.onError = ({ cause }) =>
    new Response(cause instanceof MessagesError ? `${cause.code}: ${cause.message}` : String(cause), { status: 500 });
  return app;
}

const withSession = (settings: Settings): H3 => {
  const app = new H3({ silent: true });
  app.use(async (event) => {
    event.context.session = await useSession(event, { password: SECRET, cookie: { secure: false } });
  });
  return app.use(messages(settings, { session: (event) => event.context.session }));
};

describe("mounted wrongly", () => {
  test("twice: the error names how to mount it once", async () => {
    const client = await start(telling(mount({ secret: SECRET }).use(messages({ secret: SECRET }))));
    expect((await client.get("/")).body).toMatch(/^mounted-twice: .*`app\.use\(messages\(…\)\)` before/);
  });

  test("not at all: the function form says what to mount", async () => {
    messages({ secret: SECRET });
    const app = telling(new H3({ silent: true })).get("/lost", (event) => addMessage(event, "info", "lost"));
    expect((await (await start(app)).get("/lost")).body).toMatch(
      /^no-middleware: .*Mount `app\.use\(messages\(…\)\)` before the middleware and the routes/,
    );
  });

  test("without a session: the session storage says how to have one", async () => {
    const client = await start(telling(mount({ storage: "session" })));
    expect((await client.get("/")).body).toMatch(
      /^no-session: .*`event\.context\.session = await useSession\(event, …\)`.*session: \(event\) => event\.context/,
    );
  });

  test("without a session: what does not fit into cookies is a warning that says how to have one", async () => {
    const client = await start(mount({ secret: SECRET, onWarning }));
    await client.post("/overflow");
    expect(warnings.map(({ code, message }) => `${code}: ${message}`)).toEqual([
      expect.stringMatching(/^not-stored: .*1 did not fit.*await useSession/),
    ]);
  });

  test("with a session that nobody awaited: the same", async () => {
    const session = (event: H3Event) => useSession(event, { password: SECRET }) as unknown as SessionManager;
    const client = await start(telling(mount({ storage: "session" }, { session })));
    expect((await client.get("/")).body).toMatch(/^no-session: .*await useSession/);
  });

  test("and not used: the routes answer", async () => {
    const app = mount({ storage: "session" }).get("/plain", () => "fine");
    expect((await (await start(app)).get("/plain")).body).toBe("fine");
  });
});

describe("the session of h3", () => {
  test("keeps everything with the session storage", async () => {
    const client = await start(withSession({ storage: "session" }));
    await client.post("/add");
    await client.post("/overflow");
    expect((await client.get("/")).body).toBe(`waits|${OVERFLOW}`);
    expect((await client.get("/")).body).toBe("");
    expect(Object.keys(await client.cookies()).every((name) => name.startsWith("h3"))).toBe(true);
  });

  test("keeps what the app has in it", async () => {
    const app = withSession({ secret: SECRET })
      .post("/log-in", async (event) => {
        await event.context.session.update({ user: "Ada" });
        event.context.messages.info(OVERFLOW);
        return redirect("/", 303);
      })
      .get("/user", (event) => String(event.context.session.data.user));
    const client = await start(app);
    await client.post("/log-in");
    expect((await client.get("/")).body).toBe(OVERFLOW);
    expect((await client.get("/user")).body).toBe("Ada");
  });

  test("stays cleared when a message overflows in the same response, and a warning tells", async () => {
    const app = withSession({ secret: SECRET, onWarning })
      .post("/log-in", (event) => event.context.session.update({ user: "Ada" }).then(() => "welcome"))
      .post("/log-out", async (event) => {
        await event.context.session.clear();
        event.context.messages.info(OVERFLOW);
        return redirect("/", 303);
      })
      .get("/user", (event) => String(event.context.session.data.user));
    const client = await start(app);
    await client.post("/log-in");
    expect((await client.get("/user")).body).toBe("Ada");
    await client.post("/log-out");
    expect((await client.get("/user")).body).toBe("undefined");
    expect(warnings.map(({ code }) => code)).toEqual(["not-stored"]);
  });
});

describe("an exception", () => {
  test("keeps what was shown, and what was added before it is on the next page", async () => {
    const app = mount({ secret: SECRET }).get("/throw", (event) => {
      event.context.messages.error("added");
      show(event);
      throw new Error("broken");
    });
    const client = await start(app);
    await client.post("/add");
    expect(await client.get("/throw")).toMatchObject({ status: 500, body: expect.stringContaining("HTTPError") });
    expect((await client.get("/")).body).toBe("waits|added");
  });

  test.each([
    ["thrown", () => Promise.reject(new HTTPError({ status: 403, message: "forbidden" }))],
    ["returned", () => new HTTPError({ status: 403, message: "forbidden" })],
  ])("that is %s, and has a status below 500, stores what was added", async (_, fail) => {
    const app = mount({ secret: SECRET }).get("/forbidden", (event) => {
      event.context.messages.error("added");
      return fail();
    });
    const client = await start(app);
    expect(await client.get("/forbidden")).toMatchObject({ status: 403, body: expect.stringContaining("forbidden") });
    expect((await client.get("/")).body).toBe("added");
  });

  test.each(["/throw", "/missing"])("shows messages on the app's error page, once: %s", async (path) => {
    const app = mount({ secret: SECRET, onWarning }).get("/throw", () => {
      throw new HTTPError({ status: 404 });
    });
    app.config.onError = ({ status }, event) => new Response(show(event), { status });
    const client = await start(app);
    await client.post("/add");
    expect(await client.get(path)).toMatchObject({ status: 404, body: "waits" });
    expect((await client.get("/")).body).toBe("");
    expect(warnings).toEqual([]);
  });

  test("reaches middleware outside where the app has no error page, and the app's hooks once", async () => {
    const seen: string[] = [];
    const app = new H3({ silent: true, onResponse: ({ status }) => void seen.push(`response ${status}`) });
    app.use((_event, next) =>
      Promise.resolve(next()).catch((error: Error) => {
        seen.push(error.message);
        throw error;
      }),
    );
    app.use(messages({ secret: SECRET })).get("/throw", () => {
      throw new Error("broken");
    });
    const client = await start(app);
    await client.get("/throw");
    await client.post("/add");
    expect(seen).toEqual(["broken", "response 500", "response 303"]);
  });
});

test.each([
  ["messages", (event: H3Event) => event.context.messages],
  ["an object with messages in it", (event: H3Event) => ({ messages: event.context.messages })],
  ["an array with messages in it", (event: H3Event) => [event.context.messages]],
])("%s as the value of a handler are taken as JSON", async (_, value) => {
  const app = mount({ secret: SECRET, onWarning });
  app.get("/json", value);
  const client = await start(app);
  await client.post("/add");
  expect((await client.get("/json")).body).toContain("waits");
  expect((await client.get("/")).body).toBe("");
  expect(warnings).toEqual([]);
});

test("with debug, a warning is the response", async () => {
  const client = await start(telling(mount({ secret: SECRET, debug: true })));
  expect(await client.post("/overflow")).toMatchObject({ status: 500, body: expect.stringMatching(/^not-stored/) });
});

test("messages iterated while a stream is written are kept, and a warning names the moment", async () => {
  const app = mount({ secret: SECRET, onWarning }).get("/stream", (event) => {
    return iterable(
      (async function* () {
        yield "first"; // h3 waits for this one.
        yield show(event);
      })(),
    );
  });
  const client = await start(app);
  await client.post("/add");
  expect((await client.get("/stream")).body).toBe("firstwaits");
  expect(warnings.map(({ code, message }) => `${code}: ${message}`)).toEqual([
    expect.stringMatching(/^too-late: .*before the handler returns/),
  ]);
  expect((await client.get("/")).body).toBe("waits");
});

test.each([
  ["the event", (event: H3Event) => event],
  ["its request", (event: H3Event) => event.req],
])("the function form takes %s", async (_, native) => {
  const app = mount({ secret: SECRET }).get("/by-function", (event) => {
    addMessage(native(event), "info", "by function");
    return getMessages(native(event)).peek().join();
  });
  expect(await (await app.request("/by-function")).text()).toBe("by function");
});

test("a response with immutable headers gets its cookie, and keeps those that were set before", async () => {
  const app = mount({ secret: SECRET }).get("/away", (event) => {
    event.res.headers.append("Set-Cookie", "a=1");
    event.res.headers.append("Set-Cookie", "b=2");
    event.context.messages.info("added");
    return Response.redirect("http://127.0.0.1/", 303);
  });
  const { status, headers } = await app.request("/away");
  expect(status).toBe(303);
  expect(headers.getSetCookie().map((cookie) => cookie.split(/[=.]/)[0])).toEqual(["a", "b", "messages"]);
});

test("an app inside another has messages of its own", async () => {
  const inner = mount({ secret: SECRET })
    .post("/add", (event) => {
      event.context.messages.info("inside");
      return redirect("/inner/", 303);
    })
    .get("/", show);
  const client = await start(new H3({ silent: true }).mount("/inner", inner));
  expect((await client.follow(await client.post("/inner/add"))).body).toBe("inside");
  expect((await client.get("/inner/")).body).toBe("");
});

describe("messages untouched", () => {
  const routes = (app: H3) => {
    app.get("/text", () => "hello");
    app.get("/redirect", () => redirect("/text"));
    app.get("/cookies", (event) => {
      event.res.headers.append("Set-Cookie", "a=1");
      event.res.headers.append("Set-Cookie", "b=2");
      return { hello: "world" };
    });
    app.get("/stream", () => new Blob(["ab"]).stream());
    app.get("/nothing", () => null);
    app.get("/error", () => {
      throw new Error("broken");
    });
    return app;
  };

  test.each(["/text", "/redirect", "/cookies", "/stream", "/nothing", "/error", "/missing"])(
    "%s has the headers that it has without messages",
    async (path) => {
      const apps = [new H3({ silent: true }), mount({ secret: SECRET })];
      const [expected, got] = await Promise.all(
        apps.map(async (app) => {
          const server = await listen(routes(app));
          servers.push(server);
          const cookie = "messages=forged; messages.00000000000aaaa=forged";
          const { status, rawHeaders, body } = await new Client(server.origin).get(path, { cookie });
          const isDate = (index: number) => rawHeaders[index - (index % 2)]?.toLowerCase() === "date";
          const comparable = body.replaceAll(server.origin, "");
          return { status, body: comparable, rawHeaders: rawHeaders.filter((_, index) => !isDate(index)) };
        }),
      );
      expect(got).toEqual(expected);
    },
  );
});

test("every event has messages, with the levels of the app", async () => {
  const app = mount({ secret: SECRET, levels: { critical: 50 } }).get("/critical", (event) => {
    expectTypeOf(event.context.messages.success).toBeFunction();
    event.context.messages.add(50, "Disk full.");
    return [...event.context.messages].map(({ level }) => level).join();
  });
  expect(await (await app.request("/critical")).text()).toBe("50");
});
