import { addMessage, getMessages, type Messages, MessagesError, type Settings, success } from "onceover";
import {
  type HandlerArgs,
  messages,
  messagesContext,
  type ReactRouterMiddleware,
  type ReactRouterOptions,
  type RouterContext,
  type RouterContextProvider,
} from "onceover/react-router";
import { beforeEach, describe, expect, expectTypeOf, test } from "vitest";
import { SECRET } from "../support.ts";

/** React Router's own is a map like this one, and needs a newer Node than these tests. */
class Context implements RouterContextProvider {
  readonly #values = new Map<unknown, unknown>();

  get<T>(context: RouterContext<T>): T {
    return this.#values.has(context) ? (this.#values.get(context) as T) : context.defaultValue;
  }

  set(context: unknown, value: unknown): void {
    this.#values.set(context, value);
  }
}

type Handler = (args: HandlerArgs & { readonly messages: Messages }) => Response | Promise<Response>;

/** A browser, in front of the middleware of an app. */
class Visitor {
  readonly cookies = new Map<string, string>();
  readonly #middleware: readonly ReactRouterMiddleware[];

  constructor(...middleware: readonly ReactRouterMiddleware[]) {
    this.#middleware = middleware;
  }

  async ask(path: string, handler: Handler = show, headers: Record<string, string> = {}): Promise<Response> {
    const cookie = [...this.cookies].map((pair) => pair.join("=")).join("; ");
    const request = new Request(`http://site.test${path}`, { headers: { accept: "text/html", cookie, ...headers } });
    const args = { request, context: new Context() };
    const handle = async () => handler({ ...args, messages: args.context.get(messagesContext) });
    const chain = this.#middleware.reduceRight<() => Promise<Response>>((next, one) => () => one(args, next), handle);
    const response = await chain();
    for (const line of response.headers.getSetCookie()) {
      const [, name = "", value = ""] = /^([^=]*)=([^;]*)/.exec(line) ?? [];
      if (/Max-Age=0/.test(line)) this.cookies.delete(name);
      else this.cookies.set(name, value);
    }
    return response;
  }

  async shown(path = "/"): Promise<string> {
    return (await this.ask(path)).text();
  }
}

const show: Handler = ({ messages }) => new Response([...messages].join("|"));
const showAsData: Handler = ({ messages }) => Response.json(messages);
const add =
  (text: string, status = 302): Handler =>
  ({ messages }) => {
    messages.info(text);
    return new Response(null, { status, headers: { Location: "/" } });
  };

const warnings: MessagesError[] = [];
const settings = { secret: SECRET, onWarning: (warning: MessagesError) => warnings.push(warning) };
beforeEach(() => void warnings.splice(0));

const visitorOf = (options?: ReactRouterOptions, more: Settings = settings) => new Visitor(messages(more, options));

describe("on a request that does not use its messages", () => {
  test("the response is the one that the app made", async () => {
    const page = new Response("untouched", { headers: { "X-Own": "1" } });
    expect(await visitorOf().ask("/", () => page)).toBe(page);
    expect([...page.headers.keys()]).toEqual(["content-type", "x-own"]);
  });

  test("no session is written", async () => {
    const storage = cookieSessions();
    const page = new Response("untouched");
    expect(await visitorOf({ session: storage }).ask("/", () => page)).toBe(page);
    expect(storage.commits).toBe(0);
  });
});

describe("the router's requests for data", () => {
  test("take nothing until the page confirms what it has shown", async () => {
    const visitor = visitorOf();
    await visitor.ask("/", add("Saved."));
    for (let time = 0; time < 2; time += 1) {
      const [message] = await (await visitor.ask("/about.data?_routes=root", showAsData)).json();
      expect(message).toMatchObject({ message: "Saved.", receipt: expect.any(String) });
      if (time === 1) visitor.cookies.set("messages.shown", message.receipt);
    }
    expect(await (await visitor.ask("/_.data", showAsData)).json()).toEqual([]);
    expect([...visitor.cookies.keys()]).toEqual([]);
  });

  test("are not those of a page that has `.data` in its query", async () => {
    const visitor = visitorOf();
    await visitor.ask("/", add("Saved."));
    expect(await visitor.shown("/download?file=x.data")).toBe("Saved.");
    expect(await visitor.shown()).toBe("");
  });

  test("look empty when they are prefetched, and are not stored", async () => {
    const visitor = visitorOf();
    await visitor.ask("/", add("Saved."));
    const response = await visitor.ask("/about.data", showAsData, { "sec-purpose": "prefetch" });
    expect(await response.json()).toEqual([]);
    expect(response.headers.get("cache-control")).toBe("no-store");
  });
});

describe("an error page (500)", () => {
  test("keeps what waited and what the action added before it failed", async () => {
    const visitor = visitorOf();
    await visitor.ask("/", add("first"));
    await visitor.ask("/", ({ messages }) => {
      messages.warning("second");
      return new Response([...messages].join("|"), { status: 500 });
    });
    expect(await visitor.shown()).toBe("first|second");
  });
});

describe("the function form", () => {
  test("works on the request, and on the context", async () => {
    const visitor = visitorOf();
    await visitor.ask("/", ({ request, context }) => {
      success(request, "by request");
      success(context, "by context");
      return new Response(null, { status: 302 });
    });
    expect(await visitor.shown()).toBe("by request|by context");
  });

  test("works on the context alone in a loader after an action, which gets a copy of the request", async () => {
    const seen = await visitorOf().ask("/", ({ request, context, messages }) => {
      messages.error("A name is needed.");
      const copy = new Request(request.url, { headers: request.headers });
      return new Response(`${getMessages(context).length}, and ${getMessages(copy).length}`, { status: 422 });
    });
    expect(await seen.text()).toBe("1, and 0");
  });
});

describe("used in a wrong way, the error says how to do it in React Router", () => {
  const MOUNT = "Mount `export const middleware = [messages(…)]` in app/root.tsx";

  test("no middleware: the context has no messages", () => {
    expect(() => new Context().get(messagesContext)).toThrow(MessagesError);
    expect(() => new Context().get(messagesContext)).toThrow(MOUNT);
  });

  test("no middleware: the function form", () => {
    visitorOf();
    expect(() => addMessage(new Request("http://site.test/"), "info", "x")).toThrow(MOUNT);
    expect(() => addMessage(new Context(), "info", "x")).toThrow(MOUNT);
  });

  test("mounted twice", async () => {
    await expect(new Visitor(messages(settings), messages(settings)).ask("/")).rejects.toMatchObject({
      code: "mounted-twice",
      message: expect.stringContaining("`export const middleware = [messages(…)]` in app/root.tsx"),
    });
  });

  test("no session for the session storage", async () => {
    await expect(visitorOf({}, { storage: "session" }).ask("/")).rejects.toMatchObject({
      code: "no-session",
      message: expect.stringContaining("`messages(settings, { session: sessionStorage })`"),
    });
  });

  test("no session for what does not fit into cookies", async () => {
    await visitorOf().ask("/", add(noise(5000)));
    expect(warnings).toMatchObject([
      { code: "not-stored", message: expect.stringContaining("`messages(settings, { session: sessionStorage })`") },
    ]);
  });

  test("a promise that adds and reads after the loader has returned it", async () => {
    const visitor = visitorOf();
    await visitor.ask("/", add("waits"));
    let streamed = () => {};
    await visitor.ask("/", ({ messages }) => {
      streamed = () => {
        messages.info("lost");
        expect([...messages].join()).toContain("waits");
      };
      return new Response("streams");
    });
    streamed();
    expect(warnings.map(({ code }) => code)).toEqual(["too-late", "too-late"]);
    expect(warnings[0]?.message).toContain(
      "before the loader or action returns: a promise that it returns is too late",
    );
    expect(await visitor.shown()).toBe("waits");
  });
});

describe("a session like that of createCookieSessionStorage()", () => {
  const small = { ...settings, cookie: { maxSize: 100 } };

  test("is what the app committed where a message does not fit, and a warning tells", async () => {
    const storage = cookieSessions();
    const visitor = visitorOf({ session: storage }, small);
    await visitor.ask("/", async ({ request, messages }) => {
      const session = await storage.getSession(request.headers.get("cookie"));
      session.set("user", "ada");
      messages.info("x".repeat(4000));
      return new Response(null, { headers: { "Set-Cookie": await storage.commitSession(session) } });
    });
    expect(warnings.map(({ code }) => code)).toEqual(["not-stored"]);
    const session = await storage.getSession(`__session=${visitor.cookies.get("__session")}`);
    expect(session.data).toEqual({ user: "ada" });
  });

  test("keeps the newest of many messages, and those that waited where only the new one is too large", async () => {
    const visitor = visitorOf({ session: cookieSessions() }, { ...settings, secret: undefined, storage: "session" });
    const addMany: Handler = ({ messages }) => {
      for (let index = 0; index < 50; index += 1) messages.info(`${index}`.padEnd(100, "x"));
      return new Response();
    };
    await visitor.ask("/", addMany);
    await visitor.ask("/", add("x".repeat(4000)));
    expect(warnings.map(({ code }) => code)).toEqual(["not-stored", "not-stored"]);
    const shown = (await visitor.shown()).split("|").map((text) => Number.parseInt(text, 10));
    expect(shown.length).toBeGreaterThan(10);
    expect(shown).toEqual(Array.from(shown, (_, index) => 50 - shown.length + index));
  });
});

describe.each([
  ["createMemorySessionStorage()", memorySessions],
  ["createCookieSessionStorage()", cookieSessions],
])("a session like that of %s", (_name, create) => {
  const overflow = "x".repeat(2000);
  const small = { ...settings, cookie: { maxSize: 100 } };

  test("takes what does not fit into cookies, once", async () => {
    const storage = create();
    const visitor = visitorOf({ session: storage }, small);
    await visitor.ask("/", add(overflow));
    expect(await visitor.shown()).toBe(overflow);
    expect(await visitor.shown()).toBe("");
    expect(storage.commits).toBe(2);
    expect(warnings).toEqual([]);
  });

  test("is the one that the app commits in the same response: neither overwrites the other", async () => {
    const storage = create();
    const visitor = visitorOf({ session: storage }, small);
    const logIn: Handler = async ({ request, messages }) => {
      const session = await storage.getSession(request.headers.get("cookie"));
      session.set("user", "ada");
      messages.info(overflow);
      return new Response(null, { status: 302, headers: { "Set-Cookie": await storage.commitSession(session) } });
    };
    await visitor.ask("/", logIn);
    const page = await visitor.ask("/", async ({ request, messages }) => {
      const session = await storage.getSession(request.headers.get("cookie"));
      session.set("visits", 1);
      const headers = { "Set-Cookie": await storage.commitSession(session) };
      return new Response([session.get("user"), ...messages].join("|"), { headers });
    });
    expect(await page.text()).toBe(`ada|${overflow}`);
    const end = await visitor.ask("/", async ({ request, messages }) => {
      const session = await storage.getSession(request.headers.get("cookie"));
      return new Response([session.get("user"), session.get("visits"), ...messages].join("|"));
    });
    expect(await end.text()).toBe("ada|1");
  });

  test("is the one that a middleware commits which is mounted after the messages", async () => {
    const storage = create();
    const counting: ReactRouterMiddleware = async ({ request }, next) => {
      const session = await storage.getSession(request.headers.get("cookie"));
      const response = await next();
      session.set("visits", Number(session.get("visits") ?? 0) + 1);
      response.headers.append("Set-Cookie", await storage.commitSession(session));
      return response;
    };
    const visitor = new Visitor(messages(small, { session: storage }), counting);
    await visitor.ask("/", add(overflow));
    expect(await visitor.shown()).toBe(overflow);
    expect(await visitor.shown()).toBe("");
    const page = await visitor.ask("/", async ({ request }) => {
      return new Response(`${(await storage.getSession(request.headers.get("cookie"))).get("visits")}`);
    });
    expect(await page.text()).toBe("3");
  });

  test("does not come back when the app destroys it, and what was added to it is shown", async () => {
    const storage = create();
    const visitor = visitorOf({ session: storage }, small);
    await visitor.ask("/", async ({ request }) => {
      const session = await storage.getSession(request.headers.get("cookie"));
      session.set("user", "ada");
      return new Response(null, { headers: { "Set-Cookie": await storage.commitSession(session) } });
    });
    await visitor.ask("/", async ({ request, messages }) => {
      const session = await storage.getSession(request.headers.get("cookie"));
      messages.info(overflow);
      return new Response(null, { status: 302, headers: { "Set-Cookie": await storage.destroySession(session) } });
    });
    const page = await visitor.ask("/", async ({ request, messages }) => {
      const session = await storage.getSession(request.headers.get("cookie"));
      return new Response([session.get("user") ?? "nobody", ...messages].join("|"));
    });
    expect(await page.text()).toBe(`nobody|${overflow}`);
  });

  test("does not take the page with it when it cannot be read or written: warnings tell", async () => {
    const storage = create();
    const visitor = visitorOf({ session: storage }, small);
    await visitor.ask("/", add(overflow));
    storage.isBroken = true;
    expect(await visitor.shown()).toBe("");
    await visitor.ask("/", add(overflow));
    expect(warnings).toMatchObject([
      { code: "storage-failed", cause: new Error("disk full") },
      { code: "storage-failed", cause: new Error("disk full") },
    ]);
    storage.isBroken = false;
    expect(await visitor.shown()).toBe(overflow);
  });
});

test("the cookie of a session on the server is set once, so that the app decides how long it lives", async () => {
  const visitor = visitorOf({ session: memorySessions() }, { ...settings, cookie: { maxSize: 100 } });
  const sessionCookies = (response: Response) =>
    response.headers.getSetCookie().filter((line) => line.startsWith("__session="));
  expect(sessionCookies(await visitor.ask("/", add(noise(3000))))).toHaveLength(1);
  expect(sessionCookies(await visitor.ask("/", add(noise(3000))))).toHaveLength(0);
  expect(sessionCookies(await visitor.ask("/"))).toHaveLength(0);
});

test("a response whose headers cannot be changed is copied", async () => {
  const visitor = visitorOf({ session: memorySessions() }, { storage: "session" });
  await visitor.ask("/", ({ messages, request }) => {
    messages.info("Saved.");
    return Response.redirect(request.url, 303);
  });
  expect(await visitor.shown()).toBe("Saved.");
});

test("the context's messages are typed, and custom levels have names", async () => {
  const visitor = visitorOf({}, { ...settings, levels: { critical: 50 } });
  await visitor.ask("/", ({ context }) => {
    expectTypeOf(context.get(messagesContext)).toExtend<Messages>();
    context.get(messagesContext).add(50, "Help.");
    return new Response(null, { status: 302 });
  });
  expect(await visitor.shown()).toBe("Help.");
});

interface Sessions {
  commits: number;
  isBroken: boolean;
  getSession(cookies: string | null): Promise<Session>;
  commitSession(session: Session): Promise<string>;
  destroySession(session: Session): Promise<string>;
}

interface Session {
  readonly id: string;
  readonly data: Record<string, unknown>;
  get(key: string): unknown;
  set(key: string, value: unknown): void;
  unset(key: string): void;
}

/** What React Router's `createMemorySessionStorage()` does: the cookie has the id, and the server all else. */
function memorySessions(): Sessions {
  const records = new Map<string, Record<string, unknown>>();
  return sessions({
    read: (id) => sessionOf(records.get(id), id),
    write: (session) => {
      const id = session.id || `id${records.size + 1}`;
      records.set(id, session.data);
      return id;
    },
    destroy: ({ id }) => records.delete(id),
  });
}

/** What React Router's `createCookieSessionStorage()` does: the cookie has everything. */
function cookieSessions(): Sessions {
  return sessions({
    read: (value) => sessionOf(value === "" ? {} : JSON.parse(Buffer.from(value, "base64url").toString())),
    write: ({ data }) => {
      const value = Buffer.from(JSON.stringify(data)).toString("base64url");
      if (value.length > 4000) throw new Error(`Cookie length will exceed browser maximum. Length: ${value.length}`);
      return value;
    },
    destroy: () => {},
  });
}

function sessions(kind: {
  read(value: string): Session;
  write(session: Session): string;
  destroy(session: Session): void;
}): Sessions {
  const check = () => {
    if (storage.isBroken) throw new Error("disk full");
  };
  const storage: Sessions = {
    commits: 0,
    isBroken: false,
    async getSession(cookies) {
      check();
      return kind.read(/(?:^|; )__session=([^;]*)/.exec(cookies ?? "")?.[1] ?? "");
    },
    async commitSession(session) {
      check();
      storage.commits += 1;
      return `__session=${kind.write(session)}; Path=/; SameSite=Lax`;
    },
    async destroySession(session) {
      kind.destroy(session);
      return "__session=; Path=/; Expires=Thu, 01 Jan 1970 00:00:00 GMT";
    },
  };
  return storage;
}

function sessionOf(initial: Record<string, unknown> = {}, id = ""): Session {
  const values = new Map(Object.entries(initial));
  return {
    id,
    get data() {
      return Object.fromEntries(values);
    },
    get: (key) => values.get(key),
    set: (key, value) => values.set(key, value),
    unset: (key) => values.delete(key),
  };
}

/** Text that does not compress. */
function noise(length: number): string {
  return Array.from({ length }, () => Math.floor(Math.random() * 36).toString(36)).join("");
}
