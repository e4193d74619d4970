import type { RequestListener } from "node:http";
import { addMessage, type MessageJson, type MessagesError, type Settings } from "onceover";
import { messages, type NitroApp, type NuxtOptions } from "onceover/nuxt";
import { messages as pageMessages } from "onceover/nuxt-app";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { Client } from "../client.ts";
import { OVERFLOW, SECRET } from "../support.ts";
import type { ContractServer } from "./contract.ts";
import { slow } from "./contract-app.ts";
import { type Event, type Handler, nitro } from "./nitro.ts";
import { listen } from "./servers.ts";

const servers: ContractServer[] = [];
const warnings: MessagesError[] = [];
const onWarning = (warning: MessagesError) => void warnings.push(warning);
afterEach(async () => {
  warnings.length = 0;
  for (const server of servers.splice(0)) await server.close();
});

async function start(listener: RequestListener): Promise<Client> {
  const server = await listen(listener);
  servers.push(server);
  return new Client(server.origin);
}

/** Adds at /add and /overflow, and shows elsewhere. */
const handler: Handler = ({ node: { req, res }, context }) => {
  if (req.url === "/untouched") return res.end("untouched");
  if (req.url === "/add") context.messages.info("waits");
  if (req.url === "/overflow") context.messages.info(OVERFLOW);
  return res.end(req.method === "POST" ? "" : [...context.messages].join("|"));
};

const app = (settings: Settings, options?: NuxtOptions) => start(nitro(handler, messages(settings, options)));

describe("mounted wrongly", () => {
  test("twice: the error names the one place for it", async () => {
    const client = await start(nitro(handler, messages({ secret: SECRET }), messages({ secret: SECRET })));
    expect((await client.get("/")).body).toMatch(/^mounted-twice: .*once, in `server\/plugins\/messages\.ts`/);
  });

  test("not at all: the function form names what to mount", async () => {
    messages({ secret: SECRET });
    const client = await start(nitro((event) => addMessage(event, "info", "lost")));
    expect((await client.get("/")).body).toMatch(/^no-middleware: .*`defineNitroPlugin\(messages\(…\)\)`/);
  });

  test("not at all: the page that shows messages names what to mount", () => {
    const nuxtApp = { ssrContext: { event: { context: {} } }, payload: { state: {} } };
    expect(() => [...pageMessages()(nuxtApp).provide.messages]).toThrow(
      /`defineNitroPlugin\(messages\(…\)\)` of onceover\/nuxt/,
    );
  });

  test("without a session: the session storage says how to have one", async () => {
    const client = await app({ storage: "session" });
    expect((await client.get("/")).body).toMatch(
      /^no-session: .*sets `event\.context\.session`, with its data on the server/,
    );
  });

  test("without a session: what does not fit into cookies is a warning that says how to have one", async () => {
    const client = await app({ secret: SECRET, onWarning });
    await client.post("/overflow");
    expect(warnings.map(({ code, message }) => `${code}: ${message}`)).toEqual([
      expect.stringMatching(
        /^not-stored: .*sets `event\.context\.session`.*session: \(event\) => event\.context\.session/,
      ),
    ]);
  });

  test("and not used: the routes answer as they do without", async () => {
    const [without, withMessages] = await Promise.all([start(nitro(handler)), app({ storage: "session" })]);
    const [expected, got] = await Promise.all(
      [without, withMessages].map(async (client) => {
        const { status, rawHeaders, body } = await client.get("/untouched", { cookie: "messages=forged" });
        const isDate = (index: number) => rawHeaders[index - (index % 2)] === "Date";
        return { status, body, rawHeaders: rawHeaders.filter((_, index) => !isDate(index)) };
      }),
    );
    expect(got).toEqual(expected);
  });
});

test("messages used after the response was sent are kept, and a warning names the moment", async () => {
  const late: Handler = ({ node: { req, res }, context }) => {
    if (req.method === "POST") return handler({ node: { req, res }, context, _handled: false });
    res.end("page");
    return [...context.messages];
  };
  const client = await start(nitro(late, messages({ secret: SECRET, onWarning })));
  await client.post("/add");
  await client.get("/");
  expect(warnings.map(({ code, message }) => `${code}: ${message}`)).toEqual([
    expect.stringMatching(/^too-late: .*before the handler returns, or while the page is rendered/),
  ]);
  expect(Object.keys(await client.cookies())).toHaveLength(1);
});

test("an exception keeps what was shown, and what was added before it is on the next page", async () => {
  const broken: Handler = (event) => {
    if (event.node.req.url !== "/throw") return handler(event);
    event.context.messages.info("added");
    throw new Error([...event.context.messages].join("|"));
  };
  const client = await start(nitro(broken, messages({ secret: SECRET })));
  await client.post("/add");
  expect(await client.get("/throw")).toMatchObject({ status: 500, body: "Error: waits|added" });
  expect((await client.get("/")).body).toBe("waits|added");
  expect((await client.get("/")).body).toBe("");
});

test("a response that is held back is not taken for one that nobody sends", async () => {
  const seen: boolean[] = [];
  const watched: Handler = (event) => {
    handler(event);
    seen.push(event._handled, event.node.res.headersSent);
  };
  const storage = slow({ open: () => ({ messages: [], commit: () => [] }) });
  const client = await start(nitro(watched, messages({ storage })));
  expect((await client.get("/")).body).toBe("");
  expect(seen).toEqual([true, false]);
});

test("a route that Nitro calls by itself shares the messages of the page, and sets no cookie of its own", async () => {
  let plugged: NitroApp["h3App"]["handler"] = () => {};
  const plugin = (nitroApp: NitroApp) => {
    messages({ secret: SECRET })(nitroApp);
    plugged = nitroApp.h3App.handler;
  };
  const nesting: Handler = async (event) => {
    const { req, res } = event.node;
    if (req.url === "/inner") return event.context.messages.info("inside");
    const inner = Object.create(req, { url: { value: "/inner" }, __unenv__: { value: event.context } });
    await plugged({ node: { req: inner, res }, context: {}, _handled: false });
    res.end([...event.context.messages].join("|"));
  };
  const client = await start(nitro(nesting, plugin));
  expect(await client.get("/")).toMatchObject({ body: "inside", headers: { "cache-control": "no-store" } });
});

describe("a session", () => {
  /** One session for all, which is written as a cookie of so many characters for each of its own. */
  const sessionOf = (data: Record<string, unknown>, factor: number) => {
    let response: Event["node"]["res"] | undefined;
    const session = (event: unknown) => {
      response = (event as Event).node.res;
      const update = async (changes: object) => {
        Object.assign(data, changes);
        const others = [response?.getHeader("Set-Cookie") ?? []].flat().filter((line) => !`${line}`.startsWith("h3="));
        const cookie = `h3=${"x".repeat(JSON.stringify(data).length * factor)}; Path=/`;
        response?.setHeader("Set-Cookie", [...others.map(String), cookie]);
      };
      return { id: "1", data, update };
    };
    return { session };
  };

  test("takes what does not fit into cookies", async () => {
    const data: Record<string, unknown> = { user: "Ada" };
    const client = await app({ secret: SECRET }, sessionOf(data, 0));
    await client.post("/overflow");
    expect(data).toEqual({ user: "Ada", _messages: expect.stringContaining(OVERFLOW) });
    expect((await client.get("/")).body).toBe(OVERFLOW);
    expect(JSON.stringify(data)).toBe('{"user":"Ada"}');
  });

  test("whose cookie would be larger than browsers keep stays as it was, and a warning tells", async () => {
    const data: Record<string, unknown> = { user: "Ada" };
    const client = await app({ secret: SECRET, onWarning }, sessionOf(data, 2));
    const { headers } = await client.post("/overflow");
    expect(JSON.stringify(data)).toBe('{"user":"Ada"}');
    expect(headers["set-cookie"]).toContainEqual(`h3=${"x".repeat(28)}; Path=/`);
    expect(warnings.map(({ code, message }) => `${code}: ${message}`)).toEqual([
      expect.stringMatching(/^not-stored: .*bytes that browsers keep/),
    ]);
  });

  test("that was cleared is not there", async () => {
    const update = () => Promise.reject(new Error("never"));
    const client = await app({ secret: SECRET, onWarning }, { session: () => ({ id: undefined, data: {}, update }) });
    await client.post("/overflow");
    expect(warnings.map(({ code }) => code)).toEqual(["not-stored"]);
  });
});

describe("$messages in the browser", () => {
  interface Route {
    fullPath: string;
    hash: string;
  }
  let state: { $smessages?: Partial<MessageJson>[] };
  let navigate: (to: Route, from: Route) => Promise<void>;
  let answers: (() => Promise<Response>)[];
  let asked: string[];

  const place = (fullPath: string, hash = "") => ({ fullPath: fullPath + hash, hash });
  const answer = (...texts: string[]) => Response.json(texts.map((message) => ({ message })));
  const create = (nuxtApp: object = {}) =>
    pageMessages()({
      payload: { state },
      $config: { app: { baseURL: "/base/" } },
      $router: { beforeResolve: (guard: typeof navigate) => (navigate = guard) },
      ...nuxtApp,
    }).provide.messages;
  const texts = (list: Iterable<MessageJson>) => [...list].map(({ message }) => message);

  beforeEach(() => {
    [state, answers, asked] = [{ $smessages: [{ message: "of the page" }] }, [], []];
    vi.stubGlobal("fetch", (url: string) => {
      asked.push(url);
      return (answers.shift() ?? (async () => answer()))();
    });
  });
  afterEach(() => vi.unstubAllGlobals());

  test("begins with those of the page, without asking for more", () => {
    expect(texts(create())).toEqual(["of the page"]);
    expect(asked).toEqual([]);
  });

  test("asks where the page came without, once", async () => {
    state = {};
    answers = [async () => answer("waits")];
    const $messages = create();
    expect([texts($messages), texts($messages)]).toEqual([[], []]);
    await vi.waitFor(() => expect(texts($messages)).toEqual(["waits"]));
    expect(asked).toEqual(["/base/api/messages"]);
  });

  test("has those that wait after a navigation", async () => {
    answers = [async () => answer("waits")];
    const $messages = create();
    texts($messages);
    await navigate(place("/about"), place("/"));
    expect(texts($messages)).toEqual(["waits"]);
  });

  test("has none after a navigation for which nobody answers", async () => {
    answers = [async () => Promise.reject(new TypeError("Failed to fetch"))];
    const $messages = create();
    texts($messages);
    await navigate(place("/about"), place("/"));
    expect(texts($messages)).toEqual([]);
  });

  test.each([
    ["within a page", {}, [place("/", "#top"), place("/")]],
    ["by which the page begins", { isHydrating: true }, [place("/about"), place("/")]],
  ] as const)("stays as it is after a navigation %s", async (_, nuxtApp, [to, from]) => {
    const $messages = create(nuxtApp);
    texts($messages);
    await navigate(to, from);
    expect(texts($messages)).toEqual(["of the page"]);
    expect(asked).toEqual([]);
  });

  test("asks for nothing where no component shows messages", async () => {
    create();
    await navigate(place("/about"), place("/"));
    expect(asked).toEqual([]);
  });

  test.each([
    ["does not answer", async () => Promise.reject(new TypeError("Failed to fetch"))],
    ["fails", async () => new Response("broken", { status: 500 })],
    ["answers something else", async () => new Response("<!doctype html>")],
  ])("stays as it is where the server %s", async (_, broken) => {
    answers = [broken];
    const $messages = create();
    await $messages.refresh();
    expect(texts($messages)).toEqual(["of the page"]);
  });

  test("has the answer to the latest question, whichever comes last", async () => {
    let reply: (response: Response) => void = () => {};
    answers = [() => new Promise((resolve) => (reply = resolve)), async () => answer("newer")];
    const $messages = create();
    const first = $messages.refresh();
    await $messages.refresh();
    reply(answer("older"));
    await first;
    expect(texts($messages)).toEqual(["newer"]);
  });
});
