import { addMessage, getMessages, type Messages, MessagesError, type Settings } from "onceover";
import { loadMessages, messages, type SvelteKitEvent, type SvelteKitHandle } from "onceover/sveltekit";
import { beforeEach, describe, expect, expectTypeOf, test } from "vitest";
import { SECRET } from "../support.ts";
import { contractConfig } from "./contract-app.ts";

// SvelteKit itself runs in test/frameworks; here is what it calls, and with what.

type Kind = Partial<Pick<SvelteKitEvent, "isDataRequest" | "isRemoteRequest" | "isSubRequest">>;

/** A visitor's cookies, and the events that SvelteKit would make of their requests. */
class Visitor {
  readonly #cookies = new Map<string, string>();

  event(kind: Kind = {}, headers: Record<string, string> = { accept: "text/html" }): SvelteKitEvent {
    const cookie = [...this.#cookies].map((pair) => pair.join("=")).join("; ");
    return {
      request: new Request("http://localhost/", { headers: { ...headers, cookie } }),
      locals: {} as App.Locals,
      cookies: { set: (name, value, options) => this.#keep(name, value, options) },
      isDataRequest: false,
      isRemoteRequest: false,
      isSubRequest: false,
      ...kind,
    };
  }

  /** Has the event handled, and keeps the cookies of the response. */
  async ask(
    handle: SvelteKitHandle,
    resolve: (event: SvelteKitEvent) => Response | Promise<Response>,
    event: SvelteKitEvent = this.event(),
  ): Promise<Response> {
    const response = await handle({ event, resolve });
    for (const line of response.headers.getSetCookie()) {
      const [, name = "", value = ""] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
      this.#keep(name, value, { maxAge: line.includes("Max-Age=0") ? 0 : 1, encode: String });
    }
    return response;
  }

  /** What the next page shows. */
  async sees(handle: SvelteKitHandle): Promise<string[]> {
    const response = await this.ask(handle, ({ locals }) => Response.json([...locals.messages].map(String)));
    return response.json() as Promise<string[]>;
  }

  #keep(name: string, value: string, options: { maxAge?: number; encode?: (value: string) => string }): void {
    if (options.maxAge === 0) this.#cookies.delete(name);
    else this.#cookies.set(name, (options.encode ?? encodeURIComponent)(value));
  }
}

/** SvelteKit's, which hands each handle a copy of the event. */
function sequence(...handles: SvelteKitHandle[]): SvelteKitHandle {
  return ({ event, resolve }) =>
    handles.reduceRight<(copy: typeof event) => Promise<Response>>(
      (next, handle) => (copy) => handle({ event: { ...copy }, resolve: next }),
      async (copy) => resolve(copy),
    )(event);
}

const warnings: MessagesError[] = [];
const mounted = (settings: Settings = {}) =>
  messages({ secret: SECRET, onWarning: (warning) => void warnings.push(warning), ...settings });
const page = () => new Response("page");
const error = (code: string, text: RegExp) =>
  expect.objectContaining({ code, message: expect.stringMatching(text), name: "MessagesError" });

let visitor: Visitor;
beforeEach(() => {
  visitor = new Visitor();
  warnings.length = 0;
});

test("an untouched response is passed on as it is", async () => {
  const response = page();
  expect(await visitor.ask(mounted(), () => response)).toBe(response);
});

test("the function form works on the event, its copies, and the request", async () => {
  const add = (event: SvelteKitEvent) => {
    addMessage(event, "info", "event");
    addMessage({ ...event }, "info", "copy");
    addMessage(event.request, "info", "request");
    return Response.json(getMessages(event));
  };
  const response = await visitor.ask(mounted(), add);
  expect(await response.json()).toMatchObject([{ message: "event" }, { message: "copy" }, { message: "request" }]);
});

describe("what a script is given", () => {
  const kinds: Record<string, () => SvelteKitEvent> = {
    "the data of a page": () => visitor.event({ isDataRequest: true }),
    "a remote function": () => visitor.event({ isRemoteRequest: true }),
    "a fetch of the app's own": () => visitor.event({ isSubRequest: true }),
    "the action of an enhanced form": () => visitor.event({}, { "x-sveltekit-action": "true" }),
  };

  test.each(Object.entries(kinds))("%s has receipts, and its messages wait until they were shown", async (_, event) => {
    const handle = mounted();
    const take = ({ locals }: SvelteKitEvent) => Response.json(locals.messages);
    await visitor.ask(handle, ({ locals }) => {
      locals.messages.info("waits");
      return page();
    });
    const answer = await visitor.ask(handle, take, event());
    expect(await answer.json()).toMatchObject([{ message: "waits", receipt: expect.any(String) }]);
    expect(await visitor.sees(handle)).toEqual(["waits"]);
    expect(await visitor.sees(handle)).toEqual([]);
  });
});

describe("loadMessages", () => {
  const load = (event: SvelteKitEvent, read: string[] = []) =>
    loadMessages({
      ...event,
      depends: (dependency) => void read.push(dependency),
      url: {
        get href() {
          read.push("url");
          return event.request.url;
        },
      },
    });

  test("takes the messages, and depends on the page's address and on its own key", async () => {
    const read: string[] = [];
    const response = await visitor.ask(mounted(), async (event) => {
      event.locals.messages.success("Saved.");
      return Response.json(await load(event, read));
    });
    expect(await response.json()).toMatchObject([{ message: "Saved.", tags: "success" }]);
    expect(read.toSorted()).toEqual(["onceover:messages", "url"]);
    expect(await visitor.sees(mounted())).toEqual([]);
  });

  test("reads an asynchronous storage, whatever the visitor accepts", async () => {
    const handle = messages(contractConfig("a storage that takes 20 ms"));
    const event = visitor.event({}, { accept: "*/*" });
    const response = await visitor.ask(handle, async (event) => Response.json(await load(event)), event);
    expect(await response.json()).toEqual([]);
  });

  test("without the handle, it says where that is mounted", async () => {
    await expect(load(visitor.event())).rejects.toEqual(error("no-middleware", /`src\/hooks\.server\.ts`/));
  });
});

describe("when something is thrown", () => {
  const add = ({ locals }: SvelteKitEvent) => locals.messages.warning("Log in first.");
  const guard: SvelteKitHandle = async ({ event }) => {
    add(event);
    throw new Error("redirect");
  };

  test("by a handle, what it added comes with the cookies that SvelteKit gives a redirect", async () => {
    const handle = mounted();
    await expect(visitor.ask(sequence(handle, guard), page)).rejects.toThrow("redirect");
    expect(await visitor.sees(handle)).toEqual(["Log in first."]);
    expect(await visitor.sees(handle)).toEqual([]);
  });

  test("by a handle, what the page took waits", async () => {
    const handle = mounted();
    await visitor.ask(handle, (event) => {
      add(event);
      return page();
    });
    const take: SvelteKitHandle = async ({ event }) => {
      throw new Error([...event.locals.messages].join());
    };
    await expect(visitor.ask(sequence(handle, take), page)).rejects.toThrow("Log in first.");
    expect(await visitor.sees(handle)).toEqual(["Log in first."]);
  });

  test("by a handle after the response was made, a warning tells of it, and the error is the handle's", async () => {
    const handle = mounted();
    const event = {
      ...visitor.event(),
      cookies: {
        set: () => {
          throw new Error("cookies_set_after_response");
        },
      },
    };
    await expect(visitor.ask(sequence(handle, guard), page, event)).rejects.toThrow("redirect");
    expect(warnings).toMatchObject([{ code: "storage-failed", cause: new Error("cookies_set_after_response") }]);
  });

  test("by an action or a load, what it added is on the next page: SvelteKit made a response of it", async () => {
    const handle = mounted();
    await visitor.ask(handle, (event) => {
      add(event);
      return new Response("Internal Error", { status: 500 });
    });
    expect(await visitor.sees(handle)).toEqual(["Log in first."]);
  });
});

describe("an error says how SvelteKit's developers mend it", () => {
  test("mounted twice", async () => {
    const asked = visitor.ask(sequence(mounted(), mounted()), page);
    await expect(asked).rejects.toEqual(error("mounted-twice", /sequence\(messages\(…\), …\)` in `src\/hooks\.server/));
  });

  test("an event that the handle never saw", () => {
    mounted();
    const add = () => addMessage(visitor.event(), "info", "lost");
    expect(add).toThrow(MessagesError);
    expect(add).toThrow(/`export const handle = .*` in `src\/hooks\.server\.ts`/);
  });

  test("the session storage", async () => {
    const handle = messages({ storage: "session" });
    await expect(visitor.sees(handle)).rejects.toEqual(error("no-session", /SvelteKit has no session/));
  });

  test("more than fits into cookies", async () => {
    await visitor.ask(mounted(), ({ locals }) => {
      for (let i = 0; i < 100; i += 1) locals.messages.info(`${i}: ${Math.random()} ${Math.random()}`);
      return page();
    });
    expect(warnings).toEqual([error("not-stored", /`messages\(\{ storage \}\)`, as SvelteKit has no session/)]);
  });

  test("messages of a streamed promise, too late for the headers", async () => {
    const event = visitor.event();
    await visitor.ask(mounted(), page, event);
    event.locals.messages.info("streamed");
    expect(warnings).toEqual([error("too-late", /in an action or a `load`, before it returns/)]);
  });
});

test("the types know the messages of an event, and custom levels go by name", async () => {
  const handle = messages({ secret: SECRET, levels: { critical: 50 } });
  await visitor.ask(handle, ({ locals }) => {
    expectTypeOf(locals.messages).toExtend<Messages>();
    locals.messages.add(50, "The disk is full.");
    return page();
  });
  expect(await visitor.sees(handle)).toEqual(["The disk is full."]);
});
