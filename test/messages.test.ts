import { inspect } from "node:util";
import {
  type AddOptions,
  addMessage,
  DEBUG,
  defineMessages,
  ERROR,
  getLevel,
  getMessages,
  INFO,
  type Json,
  Message,
  MessagesError,
  type MessagesErrorCode,
  markSafe,
  parseLevel,
  SafeString,
  type Settings,
  type Storage,
  SUCCESS,
  setLevel,
  success,
  type Text,
  WARNING,
} from "onceover";
import { Visitor } from "onceover/testing";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { Ledger } from "../src/core/ledger.ts";
import { MESSAGES } from "../src/core/request.ts";
import { Delivery } from "../src/delivery/delivery.ts";
import { SECRET, slow } from "./support.ts";

const LEVELS = { critical: 50, notice: 22 } as const;

/** The settings of a site, beside its levels. */
type SiteSettings = Omit<Settings<typeof LEVELS>, "levels">;

/** One exchange of a visitor with a site, over its own storage. */
class Site {
  readonly visitor: Visitor = new Visitor();
  readonly #config: ReturnType<typeof config>;

  constructor(settings: SiteSettings = {}) {
    this.#config = config(settings);
  }

  /** A page that a person gets to see, and what it does with its messages. */
  visit<T>(act: (messages: ReturnType<Site["request"]>["messages"]) => T): T {
    const { messages, respond } = this.request();
    const result = act(messages);
    void respond();
    return result;
  }

  request() {
    const delivery = new Delivery(this.#config, this.visitor.exchange());
    const respond = (status = 200, type?: string) => {
      const header = (name: string) => (name === "content-type" ? type : undefined);
      return delivery.commit({ status, isConnected: true, header, setHeader: () => {} });
    };
    return { messages: delivery.messages, respond };
  }

  /** The texts that wait for the next page; none is taken by asking. */
  waiting(): string[] {
    return this.visit((messages) => messages.peek().map(String));
  }
}

const config = (settings: SiteSettings) =>
  defineMessages({
    secret: SECRET,
    // A warning that no test waits for is an error.
    debug: settings.onWarning === undefined,
    ...settings,
    levels: LEVELS,
  });

/** Messages of one exchange, in front of what is loaded. */
function messagesOf(loaded: readonly Message[] = [], settings: SiteSettings = {}) {
  const made = config(settings);
  const source = { touch: vi.fn(), waiting: vi.fn(() => loaded) };
  return { messages: made.messages(new Ledger(made), source), source };
}

const added = (settings: SiteSettings = {}) => messagesOf([], settings).messages;
const texts = (messages: Iterable<Message>) => Array.from(messages, String);

function codeOf(action: () => unknown): MessagesErrorCode | "no error" {
  try {
    action();
  } catch (error) {
    if (error instanceof MessagesError) return error.code;
    throw error;
  }
  return "no error";
}

describe("adding", () => {
  test("goes by number, by name in any case, and by a number as a form sends it", () => {
    const messages = added({ level: DEBUG });
    for (const level of [10, "info", "SUCCESS", "Warning", "40", "critical", "CRITICAL", 99, "99"]) {
      messages.add(level as number, "x");
    }
    expect(messages.peek().map(({ level }) => level)).toEqual([10, 20, 25, 30, 40, 50, 50, 99, 99]);
  });

  test("has a method for each level, the app's own among them", () => {
    const messages = added({ level: DEBUG });
    messages.debug("a");
    messages.info("b");
    messages.success("c");
    messages.warning("d");
    messages.error("e");
    messages.critical("f", { extraTags: "own", data: 1 });
    messages.notice("g");
    expect(messages.peek().map((message) => [message.level, message.tags, `${message}`])).toEqual([
      [10, "debug", "a"],
      [20, "info", "b"],
      [25, "success", "c"],
      [30, "warning", "d"],
      [40, "error", "e"],
      [50, "own critical", "f"],
      [22, "notice", "g"],
    ]);
    expect(messages.peek()[5]?.data).toBe(1);
  });

  test.each(["loud", "", 1.5, Number.NaN, "1.5", "constructor", "__proto__", undefined, null, {}])(
    "at a level that does not exist is an error that lists those that do: %o",
    (level) => {
      const messages = added();
      expect(() => messages.add(level as number, "x")).toThrow(
        "A level must be an integer or one of critical (50), notice (22), debug (10), info (20), success (25), " +
          "warning (30), error (40); got ",
      );
      expect(codeOf(() => messages.add(level as number, "x"))).toBe("unknown-level");
      expect(messages.length).toBe(0);
    },
  );

  test("does nothing without a text, before the level is looked at", () => {
    const { messages, source } = messagesOf();
    const noLevel = "no level" as never;
    messages.add(noLevel, "");
    messages.add(noLevel, markSafe(""));
    messages.add(noLevel, null as never);
    messages.add(noLevel, undefined as never);
    expect(source.touch).not.toHaveBeenCalled();
    expect(messages.length).toBe(0);
  });

  test("does nothing below the minimum level, and touches nothing", () => {
    const { messages, source } = messagesOf([], { level: WARNING });
    messages.info("x");
    messages.add(29, "x");
    expect(source.touch).not.toHaveBeenCalled();
    messages.add(30, "y");
    expect(source.touch.mock.calls).toEqual([["added"]]);
    expect(texts(messages)).toEqual(["y"]);
  });

  test("gives blank extra tags by default, and those that are asked for", () => {
    const messages = added();
    messages.info("x");
    messages.info("x", { extraTags: "" });
    messages.info("x", { extraTags: null });
    messages.info("x", { extraTags: "one two" });
    expect(messages.peek().map(({ extraTags }) => extraTags)).toEqual(["", "", null, "one two"]);
    expect(messages.peek().map(({ tags }) => tags)).toEqual(["info", "info", "info", "one two info"]);
  });

  test("gives the tags of the settings, to what was loaded as well", () => {
    const stored = [new Message(ERROR, "x", { extraTags: "y" }), new Message(77, "z")];
    const { messages } = messagesOf(stored, { tags: { error: "danger", 77: "odd", info: "" } });
    messages.info("new");
    expect(messages.peek().map(({ tags, levelTag, level_tag }) => [tags, levelTag, level_tag])).toEqual([
      ["y danger", "danger", "danger"],
      ["odd", "odd", "odd"],
      ["", "", ""],
    ]);
  });

  test("keeps order behind what was loaded", () => {
    const { messages } = messagesOf([new Message(INFO, "a"), new Message(INFO, "b")]);
    messages.info("c");
    messages.error("d");
    expect(texts(messages)).toEqual(["a", "b", "c", "d"]);
  });
});

describe("a text", () => {
  test("may be HTML that is safe", () => {
    const messages = added();
    const html = markSafe("<b>x</b>");
    messages.info(html);
    expect(messages.peek()[0]?.message).toBe(html);
    expect(messages.peek()[0]?.toJSON()).toMatchObject({ message: "<b>x</b>", safe: true });
    expect(markSafe(html)).toBe(html);
    expect(markSafe({ toString: () => "<i>y</i>" })).toBeInstanceOf(SafeString);
  });

  test("may be a number or another plain value, which becomes text", () => {
    const messages = added();
    for (const value of [5, 0, true, 10n]) messages.info(value as unknown as string);
    expect(messages.peek().map(({ message }) => message)).toEqual(["5", "0", "true", "10"]);
  });

  test("may be lazy: it is asked for when it is needed, and by the time of the response", () => {
    const site = new Site();
    const text = { toString: vi.fn(() => "now") };
    const { messages, respond } = site.request();
    messages.info(text);
    expect(text.toString).not.toHaveBeenCalled();
    void respond(302);
    expect(text.toString).toHaveBeenCalled();
    text.toString.mockReturnValue("later");
    expect(site.waiting()).toEqual(["now"]);
  });

  test("that is lazy and turns out empty is no message", () => {
    const site = new Site();
    site.visit((messages) => messages.info({ toString: () => "" }));
    expect(site.waiting()).toEqual([]);
    expect(site.visitor.setCookies).toEqual([]);
  });

  test("that is lazy, iterated and kept, is stored like any other", () => {
    const site = new Site();
    site.visit((messages) => {
      messages.info({ toString: () => "lazy" });
      expect(texts(messages)).toEqual(["lazy"]);
      messages.used = false;
    });
    expect(site.waiting()).toEqual(["lazy"]);
  });

  test("that is lazy and fails is a warning, and loses no other message", () => {
    const onWarning = vi.fn();
    const site = new Site({ onWarning });
    const cause = new Error("no translation");
    site.visit((messages) => {
      messages.info("a");
      messages.info({
        toString() {
          throw cause;
        },
      });
      messages.info("b");
    });
    expect(site.waiting()).toEqual(["a", "b"]);
    expect(onWarning).toHaveBeenCalledOnce();
    expect(onWarning.mock.calls[0]?.[0]).toMatchObject({ code: "invalid-text", cause });
  });

  test.each([
    ["an object", {}, "an object"],
    ["a promise", Promise.resolve("x"), "an instance of Promise"],
    ["an object without a prototype", Object.create(null), "an object"],
    ["a function", function greet() {}, "the function `greet`"],
    ["an arrow function", () => "x", "the function `anonymous`"],
    ["a class", class Text {}, "the function `Text`"],
    ["a map", new Map(), "an instance of Map"],
    ["an object whose toString is no function", { toString: "x" }, "an object"],
    ["a message without a text of its own", { message: "x" }, "an object"],
  ])("that would read like nobody's language is refused: %s", (_, text, given) => {
    const messages = added();
    expect(() => messages.info(text as Text)).toThrow(
      `A message must be a string, a SafeString or an object with a toString() of its own; got ${given}.`,
    );
    expect(codeOf(() => messages.info(text as Text))).toBe("invalid-text");
    expect(messages.length).toBe(0);
  });
});

describe("a list in the place of a text", () => {
  test.each([
    ["validation errors", [{ path: "name", message: "Required" }], 1],
    ["texts", ["Too short.", "Too long."], 2],
    ["nothing", [], 0],
  ])("is refused, with what to write instead: %s", (_, list, count) => {
    const messages = added();
    expect(() => messages.error(list as unknown as Text)).toThrow(
      `got an array of ${count}. Add a message for each item, or join them.`,
    );
    expect(codeOf(() => messages.error(list as unknown as Text))).toBe("invalid-text");
    expect(messages.length).toBe(0);
  });
});

describe("options", () => {
  const refused = (options: unknown): string[] => {
    const tell = (action: () => void) => {
      try {
        action();
      } catch (error) {
        if (error instanceof MessagesError) return `${error.code}: ${error.message}`;
      }
      return "not refused";
    };
    const site = new Site();
    return site.visit((messages) => [
      ...new Set([
        tell(() => messages.info("Hello %s", options as AddOptions)),
        tell(() => messages.add("debug", "below the minimum level", options as AddOptions)),
        tell(() => messages.critical("x", options as AddOptions)),
        tell(() => addMessage({ [MESSAGES]: { messages } }, INFO, "x", options as AddOptions)),
        `${messages.length} added`,
      ]),
    ]);
  };

  test.each([
    ["Jane", '"Jane"'],
    ["", '""'],
    [7, "7 (number)"],
    [null, "null"],
    [["a", "b"], "an array of 2"],
  ])("that are no object are refused: %o", (options, given) => {
    expect(refused(options)).toEqual([
      "invalid-options: The options of a message must be an object, such as `{ extraTags: … }`; " +
        `got ${given}. Put values into the text itself, with a template literal.`,
      "0 added",
    ]);
  });

  test.each([
    [["a", "b"], "an array of 2"],
    [7, "7 (number)"],
    [{ a: true }, "an object"],
    [true, "true (boolean)"],
  ])("with extra tags that are no string are refused: %o", (extraTags, given) => {
    expect(refused({ extraTags })).toEqual([
      `invalid-options: \`extraTags\` must be a string; got ${given}. Separate several by spaces: "profile urgent".`,
      "0 added",
    ]);
  });

  test.each([
    ["extra_tags", "write `extraTags`"],
    ["extratags", "write `extraTags`"],
    ["tags", "write `extraTags`"],
    ["safe", "write `markSafe(text)` for the text"],
    ["icon", "the options are extraTags and data"],
    ["constructor", "the options are extraTags and data"],
  ])("with a name that does not exist are refused: %s", (name, instead) => {
    expect(refused({ [name]: "x" })).toEqual([
      `invalid-options: A message has no option \`${name}\`; ${instead}.`,
      "0 added",
    ]);
  });

  test("that belong to the function form alone are refused by the methods", () => {
    expect(() => added().info("x", { failSilently: true } as AddOptions)).toThrow(
      "A message has no option `failSilently`; write `failSilently` of the function form, `addMessage(request, …)`.",
    );
  });

  test("may be empty, and each of them undefined", () => {
    const messages = added();
    messages.info("a", {});
    messages.info("b", { extraTags: undefined, data: undefined } as unknown as AddOptions);
    messages.info("c", { extraTags: null });
    expect(messages.peek().map(({ extraTags }) => extraTags)).toEqual(["", "", null]);
  });
});

describe("data", () => {
  test("is any JSON, and survives the way to the next page", () => {
    const site = new Site();
    const all: Json[] = [null, false, 0, "", "é\u2028", [1, [2]], { a: { b: [null] } }];
    site.visit((messages) => all.forEach((data, i) => void messages.info(`${i}`, { data })));
    expect(site.visit((messages) => messages.peek().map(({ data }) => data))).toEqual(all);
  });

  test("is a copy: what the caller does with theirs afterwards changes no message", () => {
    const messages = added();
    const data = { list: [1] };
    messages.info("x", { data });
    data.list.push(2);
    expect(messages.peek()[0]?.data).toEqual({ list: [1] });
  });

  test("cannot be changed by a page: a message never changes once it is made", () => {
    const site = new Site();
    const change = (messages: Iterable<Message>) => {
      const [message] = messages;
      const data = message?.data as { list: number[] };
      expect(() => data.list.push(2)).toThrow(TypeError);
      expect(() => Object.assign(data, { more: true })).toThrow(TypeError);
    };
    site.visit((messages) => {
      messages.info("x", { data: { list: [1] } });
      change(messages.peek());
    });
    site.visit((messages) => change(messages));
  });

  test("nests 32 deep at most", () => {
    const nested = (depth: number): Json => JSON.parse("[".repeat(depth) + "]".repeat(depth)) as Json;
    const site = new Site();
    site.visit((messages) => messages.info("x", { data: nested(32) }));
    expect(site.visit((messages) => messages.peek()[0]?.data)).toEqual(nested(32));
    expect(codeOf(() => added().info("x", { data: nested(33) }))).toBe("invalid-data");
    expect(codeOf(() => added().info("x", { data: nested(5000) }))).toBe("invalid-data");
  });

  test("that JSON cannot carry is refused, with its cause", () => {
    const cyclic: { self?: object } = {};
    cyclic.self = cyclic;
    for (const data of [cyclic, 5n, { deep: [5n] }, () => 1, Symbol("x")]) {
      const messages = added();
      expect(() => messages.info("x", { data: data as Json })).toThrow(
        /^`data` must be a value that JSON can carry, nested at most 32 deep; got /,
      );
      expect(codeOf(() => messages.info("x", { data: data as Json }))).toBe("invalid-data");
      expect(messages.length).toBe(0);
    }
    expect(() => added().info("x", { data: 5n as unknown as Json })).toThrow(
      expect.objectContaining({ cause: expect.any(TypeError) }),
    );
  });

  test("is refused with compat, whose format has no place for it", () => {
    const messages = added({ compat: "django" });
    expect(() => messages.info("x", { data: null })).toThrow(/^With compat: "django" a message has no `data`/);
    expect(codeOf(() => messages.info("x", { data: 1 }))).toBe("invalid-data");
    messages.info("x");
    expect(messages.peek()[0]?.data).toBeUndefined();
  });
});

describe("dropping duplicates", () => {
  const drop = { duplicates: "drop" } as const;

  beforeEach(() => {
    vi.useFakeTimers({ toFake: ["Date"] });
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  test("is not the default", () => {
    const messages = added();
    messages.info("x");
    messages.info("x");
    expect(messages.length).toBe(2);
  });

  test.each(["cookie", "session", "fallback"] as const)(
    "is not the default for what waits in the %s either, not even within one moment",
    (storage) => {
      const site = new Site({ storage, ...(storage === "session" ? { secret: undefined } : {}) });
      for (let i = 0; i < 3; i += 1) site.visit((messages) => messages.info("x"));
      expect(site.waiting()).toEqual(["x", "x", "x"]);
    },
  );

  test("leaves out what is queued already: level, text, tags and data count", () => {
    const messages = added(drop);
    messages.info("x", { extraTags: "t", data: { a: 1 } });
    messages.info("x", { extraTags: "t", data: { a: 1 } });
    expect(messages.length).toBe(1);
    messages.success("x", { extraTags: "t", data: { a: 1 } });
    messages.info("y", { extraTags: "t", data: { a: 1 } });
    messages.info("x", { extraTags: "u", data: { a: 1 } });
    messages.info("x", { extraTags: "t", data: { a: 2 } });
    messages.info("x", { extraTags: "t" });
    expect(messages.length).toBe(6);
  });

  test("takes no tags and blank tags for the same", () => {
    const messages = added(drop);
    messages.info("x", { extraTags: null });
    messages.info("x", { extraTags: "" });
    expect(messages.length).toBe(1);
  });

  test("leaves out what waits since an earlier page, read before or after", () => {
    const stored = [new Message(INFO, "x", { extraTags: "" })];
    const before = messagesOf(stored, drop).messages;
    expect(before.length).toBe(1);
    before.info("x");
    expect(texts(before)).toEqual(["x"]);
    const after = messagesOf(stored, drop).messages;
    after.info("x");
    after.info("y");
    expect(texts(after)).toEqual(["x", "y"]);
  });

  test.each(["cookie", "session", "fallback"] as const)(
    "leaves out what waits in the %s since an earlier page, where nobody reads it in between",
    (storage) => {
      const site = new Site({ ...drop, storage, ...(storage === "session" ? { secret: undefined } : {}) });
      for (let i = 0; i < 3; i += 1) {
        vi.advanceTimersByTime(2000);
        site.visit((messages) => messages.info("x"));
      }
      expect(site.waiting()).toEqual(["x"]);
    },
  );

  test("finds what waits by its extra tags, also where the settings give levels tags of their own", () => {
    const site = new Site({ ...drop, storage: "cookie", tags: { info: "note", error: "danger" } });
    for (let i = 0; i < 3; i += 1) {
      site.visit((messages) => {
        messages.info("x");
        messages.error("x", { extraTags: "y" });
        messages.error("x", { extraTags: `${i}` });
        messages.critical("x", { data: { i: [1] } });
      });
    }
    expect(site.visit((messages) => messages.peek().map(({ tags }) => tags))).toEqual([
      "note",
      "y danger",
      "0 danger",
      "critical",
      "1 danger",
      "2 danger",
    ]);
  });

  test("is not held up by what was shown already", () => {
    const site = new Site(drop);
    site.visit((messages) => messages.info("x"));
    site.visit((messages) => {
      expect(texts(messages)).toEqual(["x"]);
      messages.info("x");
    });
    expect(site.waiting()).toEqual(["x"]);
  });

  test("is not held up by what was taken or discarded", () => {
    const stored = [new Message(INFO, "x")];
    for (const act of ["take", "clear"] as const) {
      const { messages } = messagesOf(stored, drop);
      messages[act]();
      messages.info("x");
      expect(texts(messages)).toEqual(["x"]);
    }
  });

  test("compares the texts of lazy messages", () => {
    const messages = added(drop);
    messages.info("x");
    messages.info({ toString: () => "x" });
    messages.info({ toString: () => "y" });
    expect(messages.length).toBe(2);
  });
});

describe("reading", () => {
  const stored = () => [new Message(INFO, "a"), new Message(ERROR, "b"), new Message(INFO, "c")];

  test("loads once, at the first look and not before", () => {
    const { messages, source } = messagesOf(stored());
    messages.info("d");
    expect(messages.level).toBe(20);
    expect(messages.used).toBe(false);
    expect(source.waiting).not.toHaveBeenCalled();
    expect(messages.length).toBe(4);
    expect([...messages].length).toBe(4);
    expect(messages.peek().length).toBe(4);
    expect(source.waiting).toHaveBeenCalledOnce();
    expect(source.touch.mock.calls).toEqual([["added"], ["read"], ["read"], ["read"]]);
  });

  test("opens the storage once, at the first touch and not before, and commits once", () => {
    const commit = vi.fn(() => []);
    const open = vi.fn(() => ({ messages: stored(), commit }));
    const storage: Storage = { synchronous: true, open };
    const { messages, respond } = new Site({ storage, secret: undefined }).request();
    expect([messages.level, messages.used]).toEqual([20, false]);
    expect(open).not.toHaveBeenCalled();
    messages.info("d");
    expect(open).toHaveBeenCalledOnce();
    expect([messages.length, [...messages].length, messages.peek().length]).toEqual([4, 4, 4]);
    expect(commit).not.toHaveBeenCalled();
    void respond();
    void respond();
    expect(open).toHaveBeenCalledOnce();
    expect(commit).toHaveBeenCalledOnce();
  });

  test("by loop walks those that are there now: what is added inside waits", () => {
    const site = new Site();
    site.visit((messages) => messages.info("a"));
    const shown = site.visit((messages) => {
      const seen: string[] = [];
      for (const message of messages) {
        seen.push(`${message}`);
        if (seen.length < 5) messages.info(`added beside ${message}`);
      }
      return seen;
    });
    expect(shown).toEqual(["a"]);
    expect(site.waiting()).toEqual(["added beside a"]);
  });

  test("by loop gives the same twice", () => {
    const { messages } = messagesOf(stored());
    messages.info("d");
    const first = [...messages];
    expect([...messages]).toEqual(first);
    expect(texts(first)).toEqual(["a", "b", "c", "d"]);
  });

  test("by loop marks all as shown, even where the loop is left early", () => {
    const site = new Site();
    site.visit((messages) => ["a", "b"].forEach((text) => void messages.info(text)));
    site.visit((messages) => {
      for (const _ of messages) break;
      expect(messages.used).toBe(true);
    });
    expect(site.waiting()).toEqual([]);
  });

  test("the length and what is included shows none", () => {
    const site = new Site();
    site.visit((messages) => messages.success("a"));
    site.visit((messages) => {
      expect(messages.length).toBe(1);
      expect(messages.includes(new Message(SUCCESS, "a", { extraTags: "other" }))).toBe(true);
      expect(messages.includes(new Message(INFO, "a"))).toBe(false);
      expect(messages.includes(new Message(SUCCESS, "b"))).toBe(false);
      expect(messages.used).toBe(false);
    });
    expect(site.waiting()).toEqual(["a"]);
  });

  test("by peeking shows none, and may pick", () => {
    const { messages } = messagesOf(stored());
    expect(texts(messages.peek())).toEqual(["a", "b", "c"]);
    expect(texts(messages.peek(({ level }) => level === ERROR))).toEqual(["b"]);
    expect(messages.used).toBe(false);
  });

  test("by taking shows those that match, once; the others wait", () => {
    const site = new Site();
    site.visit((messages) => {
      messages.info("a");
      messages.error("b");
      messages.info("c");
    });
    site.visit((messages) => {
      messages.error("d");
      expect(texts(messages.take(({ level }) => level === ERROR))).toEqual(["b", "d"]);
      expect(texts(messages.take(({ level }) => level === ERROR))).toEqual([]);
      expect(messages.length).toBe(2);
      expect(messages.includes(new Message(ERROR, "b"))).toBe(false);
      expect(messages.used).toBe(false);
    });
    expect(site.waiting()).toEqual(["a", "c"]);
  });

  test("by taking without a filter takes all", () => {
    const site = new Site();
    site.visit((messages) => messages.info("a"));
    site.visit((messages) => expect(texts(messages.take())).toEqual(["a"]));
    expect(site.waiting()).toEqual([]);
  });

  test("by loop leaves out what was taken before", () => {
    const { messages } = messagesOf(stored());
    messages.take(({ level }) => level === ERROR);
    expect(texts(messages)).toEqual(["a", "c"]);
  });

  test("as JSON is like a loop: it shows them, as plain data", () => {
    const site = new Site();
    site.visit((messages) => messages.success(markSafe("<b>a</b>"), { extraTags: "t", data: { n: 1 } }));
    site.visit((messages) => {
      expect(JSON.parse(JSON.stringify({ messages: messages.toJSON() }))).toEqual({
        messages: [
          {
            level: 25,
            levelTag: "success",
            message: "<b>a</b>",
            safe: true,
            extraTags: "t",
            tags: "t success",
            data: { n: 1 },
          },
        ],
      });
      expect(messages.used).toBe(true);
    });
    expect(site.waiting()).toEqual([]);
  });

  test.each([
    ["application/json; charset=utf-8", []],
    ["application/vnd.api+json", []],
    ["text/event-stream", []],
    ["text/javascript", []],
    ["text/html", ["a"]],
    ["text/plain; charset=utf-8", ["a"]],
    [undefined, ["a"]],
  ])("by `JSON.stringify`, which may be for a log, shows them where the response is for a script: %s", (type, left) => {
    const site = new Site();
    site.visit((messages) => messages.info("a"));
    const { messages, respond } = site.request();
    expect(JSON.stringify({ messages })).toContain('"message":"a"');
    void respond(200, type);
    expect(site.waiting()).toEqual(left);
  });

  test("by `JSON.stringify` and a loop shows them, in whatever order", () => {
    const site = new Site();
    site.visit((messages) => messages.info("a"));
    site.visit((messages) => [JSON.stringify(messages), ...messages].map(String));
    expect(site.waiting()).toEqual([]);
    site.visit((messages) => messages.info("a"));
    site.visit((messages) => [...messages, JSON.stringify(messages)].map(String));
    expect(site.waiting()).toEqual([]);
  });

  test("by inspection neither loads nor shows", () => {
    const { messages, source } = messagesOf(stored());
    expect(inspect(messages)).toBe("Messages { loaded: not read, added: [], used: false }");
    messages.info("d");
    expect(inspect({ messages })).toContain('added: [20 "d"]');
    expect(Object.prototype.toString.call(messages)).toBe("[object Messages]");
    expect(source.waiting).not.toHaveBeenCalled();
    expect(messages.length).toBe(4);
    expect(inspect(messages)).toBe('Messages { loaded: [20 "a", 40 "b", 20 "c"], added: [20 "d"], used: false }');
    expect(messages.used).toBe(false);
  });
});

describe("keeping and discarding", () => {
  function withTwo(settings: SiteSettings = {}): Site {
    const site = new Site(settings);
    site.visit((messages) => ["a", "b"].forEach((text) => void messages.info(text)));
    return site;
  }

  test("what was iterated is gone with a page that is seen, and stays with one that is not", () => {
    const site = withTwo();
    const { messages, respond } = site.request();
    expect(texts(messages)).toEqual(["a", "b"]);
    void respond(302);
    expect(site.waiting()).toEqual(["a", "b"]);
    site.visit(texts);
    expect(site.waiting()).toEqual([]);
  });

  test("keep() undoes iterating and taking", () => {
    const site = withTwo();
    site.visit((messages) => {
      messages.take((message) => `${message}` === "a");
      messages.info("c");
      expect(texts(messages)).toEqual(["b", "c"]);
      messages.keep();
      expect(messages.used).toBe(false);
      expect(texts(messages.peek())).toEqual(["a", "b", "c"]);
    });
    expect(site.waiting()).toEqual(["a", "b", "c"]);
  });

  test("clear() discards all, seen or not, whatever the response is, and what is added later stays", () => {
    const site = withTwo();
    const { messages, respond } = site.request();
    messages.info("c");
    messages.clear();
    expect([messages.length, texts(messages)]).toEqual([0, []]);
    messages.keep();
    expect(messages.length).toBe(0);
    messages.info("d");
    void respond(302);
    expect(site.waiting()).toEqual(["d"]);
  });

  test("used = false after a loop keeps the messages", () => {
    const site = withTwo();
    site.visit((messages) => {
      expect(texts(messages)).toEqual(["a", "b"]);
      messages.info("c");
      messages.used = false;
    });
    expect(site.waiting()).toEqual(["a", "b", "c"]);
  });

  test("used = false does not bring back what was taken", () => {
    const site = withTwo();
    site.visit((messages) => {
      messages.take((message) => `${message}` === "a");
      messages.used = false;
    });
    expect(site.waiting()).toEqual(["b"]);
  });

  test("used = true is rid of what was loaded, and keeps what was added", () => {
    const site = withTwo();
    site.visit((messages) => {
      messages.info("c");
      messages.used = true;
      expect(messages.used).toBe(true);
    });
    expect(site.waiting()).toEqual(["c"]);
  });

  test("nothing is written where nothing changed", () => {
    const site = withTwo();
    const before = site.visitor.setCookies.length;
    site.visit((messages) => expect(messages.length).toBe(2));
    site.visit((messages) => {
      expect(texts(messages)).toEqual(["a", "b"]);
      messages.keep();
    });
    expect(site.visitor.setCookies).toHaveLength(before);
  });
});

describe("the minimum level", () => {
  test("is INFO by default: five of the six levels there are", () => {
    const messages = added();
    for (const level of [5, 10, 20, 25, 30, 40, 50]) messages.add(level, `${level}`);
    expect(texts(messages)).toEqual(["20", "25", "30", "40", "50"]);
  });

  test("is set by number or name, for what is added from then on", () => {
    const messages = added();
    messages.info("a");
    messages.level = "warning";
    expect(messages.level).toBe(30);
    messages.info("b");
    messages.level = 5;
    messages.debug("c");
    messages.level = "critical";
    expect(messages.level).toBe(50);
    Object.assign(messages, { level: "NOTICE" });
    expect(messages.level).toBe(22);
    Object.assign(messages, { level: "CRITICAL" });
    messages.error("d");
    expect(texts(messages)).toEqual(["a", "c"]);
  });

  test("goes back to the setting with null, before or after it was read", () => {
    const messages = added({ level: SUCCESS });
    messages.level = null;
    expect(messages.level).toBe(25);
    messages.level = 50;
    messages.level = null;
    expect(messages.level).toBe(25);
    messages.info("a");
    messages.success("b");
    expect(texts(messages)).toEqual(["b"]);
  });

  test("that does not exist is refused, and changes nothing", () => {
    const messages = added();
    expect(codeOf(() => Object.assign(messages, { level: "loud" }))).toBe("unknown-level");
    expect(messages.level).toBe(20);
  });

  test("may be zero or below", () => {
    const messages = added({ level: 0 });
    messages.add(0, "a");
    messages.add(-1, "b");
    messages.level = -5;
    messages.add(-5, "c");
    expect(texts(messages)).toEqual(["a", "c"]);
  });
});

describe("a level that a form sent", () => {
  const { levels } = config({});

  test.each([
    ["debug", 10],
    ["INFO", 20],
    ["Success", 25],
    ["wARNING", 30],
    ["error", 40],
  ])("is read by its name, in any case: %s", (text, level) => {
    expect(parseLevel(text)).toBe(level);
    expect(parseLevel(text, levels)).toBe(level);
  });

  test.each([
    ["40", 40],
    ["99", 99],
    ["0", 0],
    ["-5", -5],
    ["007", 7],
    [`${Number.MAX_SAFE_INTEGER}`, Number.MAX_SAFE_INTEGER],
  ])("is read from a number as text: %s", (text, level) => {
    expect(parseLevel(text)).toBe(level);
    expect(parseLevel(text, levels)).toBe(level);
  });

  test("is one of the app's own levels, where they are given", () => {
    expect(["critical", "CRITICAL", "Notice"].map((text) => parseLevel(text, levels))).toEqual([50, 50, 22]);
    expect(["critical", "CRITICAL", "Notice"].map((text) => parseLevel(text))).toEqual([
      undefined,
      undefined,
      undefined,
    ]);
    expect(parseLevel("veryLoud", { veryLoud: 60 })).toBe(60);
    expect(parseLevel("zero", { zero: 0 })).toBe(0);
    expect(parseLevel("success", { critical: 50 })).toBe(25);
  });

  test.each([
    ...["", " ", "loud", "info ", " 20", "20\n", "+20", "1.5", "2e1", "0x14", "--5", "-", "NaN", "Infinity"],
    ...["9007199254740992", "1".repeat(400), "\u0662\u0660"],
    ...["__proto__", "constructor", "CONSTRUCTOR", "prototype", "toString", "valueOf", "hasOwnProperty", "length"],
  ])("is none where the text names none: %j", (text) => {
    expect(parseLevel(text)).toBeUndefined();
    expect(parseLevel(text, levels)).toBeUndefined();
    expect(parseLevel(text, {})).toBeUndefined();
  });

  test.each([20, 20n, true, null, undefined, Symbol("info"), {}, ["info"], { toString: () => "info" }, () => "info"])(
    "is none where it is no text: %o",
    (value) => {
      expect(parseLevel(value)).toBeUndefined();
      expect(parseLevel(value, levels)).toBeUndefined();
    },
  );

  test("goes straight to what takes a level, with a level for text that names none", () => {
    const messages = added();
    for (const text of ["critical", "30", "sucess", undefined]) messages.add(parseLevel(text, levels) ?? INFO, "x");
    messages.level = parseLevel("error", levels) ?? null;
    expect(messages.level).toBe(40);
    messages.level = parseLevel("eror", levels) ?? null;
    expect(messages.level).toBe(20);
    expect(messages.peek().map(({ level }) => level)).toEqual([50, 30, 20, 20]);
  });
});

describe("an asynchronous storage", () => {
  const asynchronous = () => slow(config({ storage: "cookie" }).storage);

  test("is an error that tells what to do, where it is read before it was loaded", async () => {
    const site = new Site({ storage: asynchronous(), secret: undefined });
    const { messages, respond } = site.request();
    for (const read of [() => [...messages], () => messages.length, () => messages.peek(), () => messages.toJSON()]) {
      expect(codeOf(read)).toBe("not-loaded");
      expect(read).toThrow(/`await messages.load\(\)` before you read them/);
    }
    expect(await messages.load()).toBe(messages);
    expect(texts(messages)).toEqual([]);
    await respond();
  });

  test("takes what is added without being loaded", async () => {
    const site = new Site({ storage: asynchronous(), secret: undefined });
    const first = site.request();
    first.messages.info("a");
    await first.respond(302);
    const second = site.request();
    second.messages.info("b");
    await second.messages.load();
    expect(texts(second.messages)).toEqual(["a", "b"]);
    await second.respond();
    const third = site.request();
    await third.messages.load();
    expect(third.messages.length).toBe(0);
    await third.respond();
  });

  test("leaves `used` as it was where it cannot be set yet", () => {
    const { messages } = new Site({ storage: asynchronous(), secret: undefined }).request();
    expect(codeOf(() => Object.assign(messages, { used: true }))).toBe("not-loaded");
    expect(messages.used).toBe(false);
  });
});

describe("messages that no adapter brought", () => {
  test("are empty", () => {
    const messages = getMessages({});
    expect([messages.length, [...messages], messages.peek(), messages.toJSON()]).toEqual([0, [], [], []]);
    expect(messages.includes(new Message(INFO, "x"))).toBe(false);
    expect(inspect(messages)).toContain("Messages");
    expect(getLevel({})).toBe(20);
    expect(setLevel({}, 10)).toBe(false);
  });

  test("cannot be added to", () => {
    for (const add of [
      () => getMessages({}).info("x"),
      () => addMessage({}, INFO, "x"),
      () => success({}, "x"),
      () => addMessage({}, INFO, "x", { failSilently: false }),
    ]) {
      expect(codeOf(add)).toBe("no-middleware");
      expect(add).toThrow(/did not go through messages\(\)/);
    }
  });

  test("may be added to silently, which does nothing", () => {
    expect(codeOf(() => addMessage({}, INFO, "x", { failSilently: true }))).toBe("no error");
    expect(codeOf(() => success({}, "x", { failSilently: true }))).toBe("no error");
  });

  test.each([null, undefined, "request", 5, true, Symbol("request")])(
    "are not looked for on what is no request at all: %o",
    (request) => {
      for (const use of [getMessages, getLevel, (of: object) => setLevel(of, null), (of: object) => success(of, "x")]) {
        expect(codeOf(() => use(request as never))).toBe("not-a-request");
      }
      expect(codeOf(() => success(request as never, "x", { failSilently: true }))).toBe("not-a-request");
    },
  );

  test("may be asked for by a request that is a function", () => {
    expect(getMessages(() => {}).length).toBe(0);
  });
});

describe("a message", () => {
  test("never changes once it is made", () => {
    const message = new Message(INFO, "x", { extraTags: "y", data: { a: 1 } });
    for (const change of [{ level: 1 }, { message: "z" }, { extraTags: "z" }, { tags: "z" }, { more: 1 }]) {
      expect(() => Object.assign(message, change)).toThrow(TypeError);
    }
    expect(Object.isFrozen(message)).toBe(true);
  });

  test("that is handed out is frozen, however it is tagged", () => {
    const { messages } = messagesOf([new Message(INFO, "x")], { tags: { info: "note" } });
    messages.info("y");
    for (const message of messages) expect(Object.isFrozen(message)).toBe(true);
  });

  test("has what a template reads as its own properties, by both names", () => {
    expect({ ...new Message(ERROR, "x", { extraTags: "y", data: 1 }) }).toEqual({
      level: 40,
      message: "x",
      extraTags: "y",
      extra_tags: "y",
      levelTag: "error",
      level_tag: "error",
      tags: "y error",
      data: 1,
    });
  });

  test("joins its tags, and leaves out those that are empty", () => {
    const tags = (level: number, extraTags?: string | null) =>
      new Message(level, "x", extraTags === undefined ? {} : { extraTags }).tags;
    expect([tags(INFO), tags(INFO, null), tags(INFO, ""), tags(INFO, "a b"), tags(99), tags(99, "a")]).toEqual([
      "info",
      "info",
      "info",
      "a b info",
      "",
      "a",
    ]);
    expect(new Message(INFO, "x").extraTags).toBeNull();
  });

  test("equals another by level and text alone", () => {
    const message = new Message(INFO, "x", { extraTags: "y" });
    expect(message.equals(new Message(INFO, markSafe("x"), { data: 1 }))).toBe(true);
    expect(message.equals(new Message(INFO, "y", { extraTags: "y" }))).toBe(false);
    expect(message.equals(new Message(ERROR, "x", { extraTags: "y" }))).toBe(false);
  });

  test("reads as its text, and inspects as itself", () => {
    expect(`${new Message(INFO, "x")}`).toBe("x");
    expect(inspect(new Message(INFO, "x", { extraTags: "y" }))).toBe("Message(level=20, message='x', extraTags='y')");
    expect(inspect(new Message(INFO, "x", { extraTags: "" }))).toBe("Message(level=20, message='x')");
  });
});
