import { NextRequest, NextResponse } from "next/server.js";
import { addMessage, type Message, type MessagesError, type Settings } from "onceover";
import { messages, type NextOptions } from "onceover/next";
import { Shown } from "onceover/next-client";
import { createElement, type ReactElement } from "react";
import { beforeEach, describe, expect, expectTypeOf, test, vi } from "vitest";
import { SECRET, slow } from "../support.ts";

/** What Next.js knows of the request that it is answering. */
const next = vi.hoisted(() => ({
  head: new Headers(),
  jar: {} as {
    getAll(): { name: string; value: string }[];
    set(cookie: { name: string; value: string; maxAge?: number }): void;
  },
}));
vi.mock("next/headers.js", () => ({ headers: async () => next.head, cookies: async () => next.jar }));
vi.mock("next/server.js", async (original) => ({ ...(await original<object>()), connection: async () => {} }));

/** The cookies of a browser, which outlive a request. */
let browser: Map<string, string>;

beforeEach(() => {
  browser = new Map();
  nextRequest();
});

/** In a Server Function, `cookies()` can be set; in a page, it cannot. */
function nextRequest(isPage = false): void {
  next.jar = {
    getAll: () => [...browser].map(([name, value]) => ({ name, value })),
    set({ name, value, maxAge }) {
      if (isPage) throw new Error("Cookies can only be modified in a Server Action or Route Handler.");
      if (maxAge === 0) browser.delete(name);
      else browser.set(name, value);
    },
  };
}

function start(settings: Partial<Settings> = {}, options: NextOptions = {}) {
  const warnings: MessagesError[] = [];
  const app = messages({ secret: SECRET, onWarning: (warning) => void warnings.push(warning), ...settings }, options);
  return { ...app, warnings, waiting: app.withMessages(async () => (await app.getMessages()).peek().map(String)) };
}

const requestOf = () =>
  new NextRequest("http://localhost/", {
    headers: { cookie: [...browser].map(([name, value]) => `${name}=${encodeURIComponent(value)}`).join("; ") },
  });

describe("a Server Function", () => {
  test("adds what the next one takes", async () => {
    const { getMessages, withMessages } = start();
    const add = withMessages(async (text: string) => (await getMessages()).success(text));
    const take = withMessages(async () => (await getMessages()).take().map(String));
    await add("Saved.");
    expect(await take()).toEqual(["Saved."]);
    expect(browser.size).toBe(0);
  });

  test("that calls another one shares its messages with it", async () => {
    const { getMessages, withMessages, waiting } = start();
    const inner = withMessages(async () => (await getMessages()).info("inner"));
    await withMessages(async () => {
      (await getMessages()).info("before");
      await inner();
      (await getMessages()).info("after");
    })();
    expect(await waiting()).toEqual(["before", "inner", "after"]);
  });

  test("that throws keeps what it added and what it iterated, and throws the same", async () => {
    const { getMessages, withMessages, waiting } = start();
    const thrown = new Error("thrown");
    const fail = withMessages(async () => {
      const messages = await getMessages();
      messages.info("added");
      void [...messages];
      throw thrown;
    });
    await expect(fail()).rejects.toBe(thrown);
    expect(await waiting()).toEqual(["added"]);
  });

  test("that does not touch its messages asks Next.js for nothing", async () => {
    const { withMessages } = start({}, { session: () => expect.unreachable() });
    next.jar = { getAll: () => expect.unreachable(), set: () => expect.unreachable() };
    expect(await withMessages(async (a: number, b: number) => a + b)(1, 2)).toBe(3);
  });

  test("adds to and reads from an asynchronous storage", async () => {
    let stored: readonly Message[] = [];
    const storage = slow({
      open: () => ({
        messages: stored,
        commit: ({ kept, added }) => {
          stored = [...kept, ...added];
          return [];
        },
      }),
    });
    const { getMessages, withMessages, waiting } = start({ secret: undefined, storage });
    await withMessages(async () => (await getMessages()).info("kept"))();
    expect(await waiting()).toEqual(["kept"]);
    nextRequest(true);
    expect((await getMessages()).toJSON()).toMatchObject([{ message: "kept" }]);
  });

  test("has the methods of custom levels", async () => {
    const { getMessages, withMessages, GET } = messages({ secret: SECRET, levels: { critical: 50 } });
    await withMessages(async () => {
      const messages = await getMessages();
      expectTypeOf(messages.critical).toBeFunction();
      expectTypeOf(messages).not.toHaveProperty("fatal");
      messages.critical("custom");
      messages.add("critical", "by name");
    })();
    expect(await (await GET(requestOf())).json()).toMatchObject([{ levelTag: "critical" }, { message: "by name" }]);
  });

  test("keeps the types of what it wraps", () => {
    const { withMessages } = start();
    const wrapped = withMessages(async (_state: number, _form: FormData) => "done");
    expectTypeOf(wrapped).toEqualTypeOf<(_state: number, _form: FormData) => Promise<string>>();
  });
});

describe("a page", () => {
  const withMessage = async () => {
    const app = start();
    await app.withMessages(async () => (await app.getMessages()).info("waits"))();
    nextRequest(true);
    return app;
  };

  test("has the same messages in all its components, and takes none", async () => {
    const { getMessages } = await withMessage();
    const [one, other] = await Promise.all([getMessages(), getMessages()]);
    expect(one).toBe(other);
    expect(one.toJSON()).toMatchObject([{ message: "waits", receipt: expect.stringMatching(/^[\w-]+\.[\w-]+$/) }]);
    nextRequest(true);
    expect((await getMessages()).length).toBe(1);
  });

  test("that adds a message is told where to add it", async () => {
    const { getMessages } = await withMessage();
    const messages = await getMessages();
    expect(() => messages.success("in vain")).toThrow(
      expect.objectContaining({
        code: "no-middleware",
        message: expect.stringContaining(
          "`withMessages(…)` around the Server Function, the Route Handler or the proxy",
        ),
      }),
    );
  });

  test("that is wrapped is warned that it is no place for that", async () => {
    const { getMessages, withMessages, warnings } = await withMessage();
    const page = withMessages(async () => [...(await getMessages())].join());
    expect(await page()).toBe("waits");
    expect(warnings).toMatchObject([
      {
        code: "storage-failed",
        message: expect.stringContaining("show the messages in <Shown> of onceover/next-client"),
      },
    ]);
  });

  test("hides what the browser says that it has shown, and the next Server Function takes it", async () => {
    const { getMessages, waiting } = await withMessage();
    browser.set(
      "messages.shown",
      (await getMessages())
        .toJSON()
        .flatMap(({ receipt }) => receipt ?? [])
        .join("~"),
    );
    nextRequest(true);
    expect((await getMessages()).toJSON()).toEqual([]);
    nextRequest();
    expect(await waiting()).toEqual([]);
    expect(browser.size).toBe(0);
  });
});

describe("a Route Handler", () => {
  test("understands the function form, and reads what a Server Function wrote encoded", async () => {
    const { withMessages, getMessages, waiting } = start();
    await withMessages(async () => (await getMessages()).info("first"))();
    const handler = withMessages(async (request: NextRequest) => {
      addMessage(request, "info", "second");
      return new Response([...(await getMessages())].join());
    });
    const response = await handler(requestOf());
    expect(await response.text()).toBe("first,second");
    expect(response.headers.getSetCookie()).toEqual([expect.stringMatching(/^messages\.\w+=; Max-Age=0/)]);
    expect(await waiting()).toEqual(["first"]); // The browser has not got this response.
  });

  test("that is wrapped twice is told so", async () => {
    const { withMessages } = start();
    const twice = withMessages(withMessages(async (_request: NextRequest) => new Response()));
    await expect(twice(requestOf())).rejects.toMatchObject({
      code: "mounted-twice",
      message: expect.stringContaining("withMessages(…)"),
    });
  });

  test("that is not wrapped has no messages to add to", () => {
    start();
    expect(() => addMessage(requestOf(), "info", "in vain")).toThrow(
      expect.objectContaining({ code: "no-middleware", message: expect.stringContaining("`withMessages(…)` around") }),
    );
  });

  test("that adds after its response is warned by when to do it", async () => {
    const { withMessages, warnings } = start();
    const late = withMessages(async (request: NextRequest) => {
      setTimeout(() => addMessage(request, "info", "late"));
      return new Response();
    });
    await late(requestOf());
    await vi.waitFor(() => expect(warnings).toMatchObject([{ code: "too-late" }]));
    expect(warnings[0]?.message).toContain("before the function inside of `withMessages(…)` returns");
  });
});

describe("the proxy", () => {
  const event = { waitUntil: () => {} };

  test("goes on as before, with its messages in cookies that the page sees", async () => {
    const { getMessages, withMessages } = start();
    const proxy = withMessages(async (_request: NextRequest, _event: typeof event) => {
      (await getMessages()).info("from the proxy");
      return NextResponse.next({ headers: { "x-other": "1" } });
    });
    const { headers } = await proxy(requestOf(), event);
    expect(Object.fromEntries(headers)).toMatchObject({
      "x-middleware-next": "1",
      "x-middleware-set-cookie": expect.stringMatching(/^messages\.\w+=/),
      "x-other": "1",
    });
  });

  test("returns the very response if it does not touch its messages", async () => {
    const { withMessages } = start({}, { session: () => expect.unreachable() });
    const response = NextResponse.next();
    expect(
      await withMessages(async (_request: NextRequest, _event: typeof event) => response)(requestOf(), event),
    ).toBe(response);
  });
});

describe("the session", () => {
  test("is asked for by name where it is missing", async () => {
    const { getMessages, withMessages } = start({ secret: undefined, storage: "session" });
    const add = withMessages(async () => (await getMessages()).info("in vain"));
    await expect(add()).rejects.toMatchObject({
      code: "no-session",
      message: expect.stringContaining("messages(settings, { session: async () => getIronSession("),
    });
  });

  test("keeps what the app saved in it while the messages were open", async () => {
    const saved: Record<string, unknown> = {};
    const open = () => ({
      ...saved,
      async save() {
        Object.assign(saved, this);
      },
    });
    const { getMessages, withMessages } = start({ secret: undefined, storage: "session" }, { session: open });
    await withMessages(async () => {
      (await getMessages()).info("Welcome.");
      await Object.assign(open(), { user: "Ada" }).save();
    })();
    expect(saved).toMatchObject({ user: "Ada", _messages: expect.stringContaining("Welcome.") });
  });
});

test("a session in a cookie, as iron-session's, stays as it was where a message does not fit, and a warning tells", async () => {
  const saved: Record<string, unknown> = { user: "Ada" };
  const open = () => ({
    ...saved,
    async save() {
      const { length } = JSON.stringify(this);
      if (length > 3000)
        throw new Error(`iron-session: Cookie length is too big (${length} bytes), browsers will refuse it.`);
      Object.assign(saved, this);
    },
  });
  const { getMessages, warnings, withMessages } = start({ secret: undefined, storage: "session" }, { session: open });
  const add = withMessages(async (text: string) => (await getMessages()).info(text));
  await add("small");
  await add("x".repeat(4000));
  expect(warnings.map(({ code }) => code)).toEqual(["not-stored"]);
  expect(saved).toMatchObject({ user: "Ada", _messages: expect.stringMatching(/^.{0,60}small.{0,20}$/) });
});

test('compat: "django" is refused, and why', () => {
  expect(() => start({ compat: "django" })).toThrow(
    expect.objectContaining({
      code: "invalid-setting",
      message: expect.stringContaining("Server Functions cannot write it"),
    }),
  );
});

describe("<Shown>", () => {
  const html = async (messages: readonly { receipt?: string }[], path = "/messages") => {
    const server = await vi.importActual<{ renderToStaticMarkup(element: ReactElement): string }>("react-dom/server");
    return server.renderToStaticMarkup(createElement(Shown, { messages, path }, createElement("p", null, "text")));
  };

  test("renders what is in it, and tells browsers without JavaScript whom to tell", async () => {
    expect(await html([{ receipt: "a.b.1" }, { receipt: "c.b.1" }])).toBe(
      "<p>text</p><noscript>" +
        '<span style="background-image:url(&quot;/messages?shown=a.b.1~c.b.1&quot;)"></span></noscript>',
    );
    expect(await html([{ receipt: "a.b.1" }], "/base/seen")).toContain("/base/seen?shown=a.b.1&quot;");
  });

  test("renders just what is in it if there is nothing to confirm", async () => {
    expect(await html([])).toBe("<p>text</p>");
    expect(await html([{}])).toBe("<p>text</p>");
  });
});
