import { IncomingMessage } from "node:http";
import { Socket } from "node:net";
import {
  type Config,
  cookieStorage,
  DEFAULT_TAGS,
  defineMessages,
  ERROR,
  fallbackStorage,
  INFO,
  Message,
  MessagesError,
  type SetCookie,
  type Settings,
  type Storage,
  sessionStorage,
  WARNING,
  type Waiting,
} from "onceover";
import { messages as expressMessages } from "onceover/express";
import { messages as fetchMessages } from "onceover/fetch";
import { messages as nodeMessages } from "onceover/node";
import { afterEach, describe, expect, test, vi } from "vitest";
import { Ledger } from "../src/core/ledger.ts";
import { Messages, type Source } from "../src/core/messages.ts";
import type { Link } from "../src/storage/chain.ts";
import { SECRET } from "./support.ts";

const memory: Storage = {
  open: () => ({ messages: [], commit: () => [] }),
};

/** What a setting is refused with. */
function refusal(settings: object): string {
  try {
    defineMessages({ secret: SECRET, ...settings } as Settings);
  } catch (error) {
    expect(error).toBeInstanceOf(MessagesError);
    expect((error as MessagesError).code).toBe("invalid-setting");
    return (error as MessagesError).message;
  }
  return "not refused";
}

/** What a setting of the cookie is refused with. */
const cookieRefusal = (cookie: object) => refusal({ cookie });

describe("a secret", () => {
  const SHORT = "short-but-still-secret";

  test.each([
    ["null", null, "got null"],
    ["empty", "", "got one of 0"],
    ["short", SHORT, "got one of 22"],
    ["one character short", SECRET.slice(0, 31), "got one of 31"],
    ["an object", { secret: SHORT }, "got an object"],
    ["bytes", Buffer.from(SECRET), "got an instance of Buffer"],
    ["a list with a short one", [SECRET, SHORT], "got one of 22"],
    ["a list with an empty one", [SECRET, ""], "got one of 0"],
    ["a list with a hole", [SECRET, undefined], "got undefined"],
    ["a list in a list", [[SECRET]], "got an array of 1"],
  ])("that is %s is refused by name, without being told", (_, secret, given) => {
    const text = refusal({ secret });
    expect(text).toMatch(/^Setting `secret` must be a text of at least 32 characters that only the server knows; got /);
    expect(text).toContain(given);
    expect(text).not.toContain(SHORT);
    expect(text).not.toContain(SECRET.slice(0, 31));
  });

  test("that is an empty list is refused by name", () => {
    expect(refusal({ secret: [] })).toBe(
      "Setting `secret` must be a string, or a list of at least one; got an array of 0.",
    );
  });

  test.each([8472639105, 84726391058472639105n, Symbol("8472639105")])(
    "that is no text is refused, and not told either: %s",
    (secret) => {
      const text = refusal({ secret });
      expect(text).toMatch(/^Setting `secret` must be a text/);
      expect(text).not.toContain("84726391");
    },
  );

  test("is refused the same way by cookieStorage()", () => {
    for (const secret of ["", SHORT, [SECRET, SHORT]]) {
      expect(() => cookieStorage({ secret: secret as string })).toThrow(/^Setting `secret` must be a text of at least/);
    }
  });

  test("is not needed for the session storage and for a custom storage", () => {
    expect(() => defineMessages({ storage: "session" })).not.toThrow();
    expect(() => defineMessages({ storage: memory })).not.toThrow();
  });

  test("of 32 characters, or several of them, will do", () => {
    expect(refusal({ secret: SECRET.slice(0, 32) })).toBe("not refused");
    expect(refusal({ secret: [SECRET, SECRET.slice(0, 32)] })).toBe("not refused");
  });

  test("is nowhere in the config", () => {
    const config = defineMessages({ secret: SECRET });
    expect(JSON.stringify(config)).not.toContain(SECRET);
  });
});

describe("a storage", () => {
  const expected =
    'Setting `storage` must be "fallback", "cookie", "session", or an object with `open(exchange)`, which returns ' +
    "`{ messages, commit(changes) }`; got ";

  test.each([
    ["redis", '"redis".'],
    ["", '"".'],
    ["Cookie", '"Cookie".'],
    [null, "null."],
    [5, "5 (number)."],
    [{}, "an object."],
    [{ commit: () => [] }, "an object."],
    [{ open: true }, "an object."],
    [{ open: undefined, synchronous: true }, "an object."],
    [new Map(), "an instance of Map."],
    [cookieStorage, "the function `cookieStorage`."],
    ["toString", '"toString".'],
  ])("%o is refused", (storage, given) => {
    expect(refusal({ storage })).toBe(expected + given);
  });

  test("of the old shape, with load() and commit(), is refused by name, and the error names the new one", () => {
    class Old {
      load() {
        return { messages: undefined, complete: true };
      }
      commit() {
        return [];
      }
    }
    const { load, commit } = new Old();
    for (const [storage, given] of [
      [{ load, commit }, "an object."],
      [{ load, commit, synchronous: true }, "an object."],
      [new Old(), "an instance of Old."],
    ] as const) {
      expect(refusal({ storage, secret: undefined })).toBe(expected + given);
      expect(refusal({ storage })).toBe(expected + given);
    }
    expect(expected).toContain("`open(exchange)`");
  });

  test("that is custom is refused beside a secret or a cookie, which it would ignore", () => {
    expect(refusal({ storage: memory })).toBe(
      "Setting `secret` must be left out beside a custom storage: pass it to cookieStorage(); got both.",
    );
    expect(refusal({ storage: memory })).not.toContain(SECRET);
    expect(refusal({ storage: memory, secret: undefined, cookie: { path: "/app" } })).toBe(
      "Setting `cookie` must be left out beside a custom storage: pass it to cookieStorage(); got both.",
    );
    expect(refusal({ storage: memory, secret: undefined, cookie: {} })).toBe("not refused");
  });

  test("of its own is made for each of the three names", () => {
    for (const storage of ["fallback", "cookie", "session"] as const) {
      const made = defineMessages({ secret: SECRET, storage }).storage;
      expect([typeof made.open, made.synchronous]).toEqual(["function", true]);
    }
  });

  test("that is custom is used as it is", () => {
    expect(defineMessages({ storage: memory }).storage).toBe(memory);
  });

  test("for a fallback are at least two", () => {
    expect(() => fallbackStorage()).toThrow(
      "Setting `storage` must be at least two storages for a fallback; got an array of 0.",
    );
    expect(() => fallbackStorage(sessionStorage())).toThrow(MessagesError);
  });
});

describe("the minimum level", () => {
  test.each([
    [15.5, "15.5 (number)"],
    [Number.NaN, "NaN (number)"],
    [Number.POSITIVE_INFINITY, "Infinity (number)"],
    ["loud", '"loud"'],
    ["", '""'],
    ["20.5", '"20.5"'],
    ["__proto__", '"__proto__"'],
    ["toString", '"toString"'],
  ])("%o is refused, with the levels that exist", (level, given) => {
    expect(refusal({ level, levels: { critical: 50 } })).toBe(
      "Setting `level`: A level must be an integer or one of critical (50), debug (10), info (20), success (25), " +
        `warning (30), error (40); got ${given}.`,
    );
  });

  test.each([null, true, {}, []])("%o is refused", (level) => {
    expect(refusal({ level })).toMatch(/^Setting `level` must be a level; got /);
  });

  test("is a number, a name in any case, or a number as text", () => {
    const level = (level: number | string) =>
      defineMessages({ secret: SECRET, level: level as number, levels: { critical: 50 } }).level;
    expect([10, "10", "debug", "DEBUG", "critical", "CRITICAL", -5, "-5", 0].map(level)).toEqual([
      10, 10, 10, 10, 50, 50, -5, -5, 0,
    ]);
  });
});

describe("levels of one's own", () => {
  test.each([50.5, "50", null, undefined, Number.NaN, 2 ** 60, {}])("that are no integer are refused: %o", (level) => {
    expect(refusal({ levels: { critical: level } })).toMatch(/^Setting `levels\.critical` must be an integer; got /);
  });

  test.each(["Critical", "very critical", "very_critical", "very-critical", "", "5", "é", "_x", "$"])(
    "with a name that is no method's are refused: %o",
    (name) => {
      expect(refusal({ levels: { [name]: 50 } })).toMatch(/^Setting `levels\..*` must be named in camelCase/);
    },
  );

  test.each([
    ...Object.getOwnPropertyNames(Messages.prototype).filter((name) => name !== "constructor"),
    "constructor",
    "toString",
    "valueOf",
    "hasOwnProperty",
  ])("that would hide what messages have already are refused: %s", (name) => {
    expect(refusal({ levels: { [name]: 50 } })).toContain(`messages have \`${name}\` already`);
  });

  test("named `then` are refused: `await messages.load()` would take the messages for a promise", () => {
    expect(refusal({ levels: JSON.parse('{"then": 50}') })).toMatch(/^Setting `levels\.then` must be /);
  });

  test.each([null, 5, "critical", true])("that are no object are refused: %o", (levels) => {
    expect(refusal({ levels })).toMatch(/^Setting `levels` must be an object of levels by name; got /);
  });

  test("stand beside the five, and have their name as a tag", () => {
    const config = defineMessages({ secret: SECRET, levels: { critical: 50, notice: 22 } });
    expect(config.levels).toEqual({
      critical: 50,
      notice: 22,
      debug: 10,
      info: 20,
      success: 25,
      warning: 30,
      error: 40,
    });
    expect(config.tags[50]).toBe("critical");
    expect(config.tags[22]).toBe("notice");
  });

  test("with the number of one of the five leave its tag alone", () => {
    expect(defineMessages({ secret: SECRET, levels: { notice: INFO } }).tags[INFO]).toBe("info");
  });

  test("that change later change nothing", () => {
    const levels = { critical: 50 };
    const config = defineMessages({ secret: SECRET, levels });
    levels.critical = 60;
    expect(config.levels.critical).toBe(50);
    expect(config.tags[60]).toBeUndefined();
  });
});

describe("tags", () => {
  test.each(["loud", "50.5", "", "toString"])("of a level that does not exist are refused: %o", (level) => {
    expect(refusal({ tags: { [level]: "x" } })).toMatch(
      /^Setting `tags\..*`: A level must be an integer or one of .*error \(40\); got ".*"\.$/,
    );
  });

  test.each([5, null, undefined, {}, ["x"], true])("that are no text are refused: %o", (tag) => {
    expect(refusal({ tags: { [ERROR]: tag } })).toMatch(/^Setting `tags\.40` must be a text; got /);
  });

  test.each([null, 5, "danger"])("that are no object are refused: %o", (tags) => {
    expect(refusal({ tags })).toMatch(/^Setting `tags` must be an object of tags by level; got /);
  });

  test("are merged over the defaults, by number and by name", () => {
    const { tags } = defineMessages({
      secret: SECRET,
      levels: { critical: 50 },
      tags: { [ERROR]: "danger", WARNING: "alert", critical: "danger fatal", 99: "odd", info: "" },
    });
    expect(tags).toEqual({ ...DEFAULT_TAGS, 20: "", 30: "alert", 40: "danger", 50: "danger fatal", 99: "odd" });
  });
});

describe("the cookie", () => {
  test.each(["", "a b", "a;b", "a=b", "a,b", 'a"b', "é", "a\n", "a/b", "a[b]", 5, null])(
    "with a name that cannot be one is refused: %o",
    (name) => {
      expect(cookieRefusal({ name })).toMatch(/^Setting `cookie\.name` must be a cookie name: .*; got /);
    },
  );

  test.each([
    "",
    "example.com/",
    "https://example.com",
    "a b.com",
    "a;b",
    "a..b",
    "example.com:80",
    "é.com",
    5,
    null,
    true,
    "-example.com",
    "example-.com",
    `${"a".repeat(64)}.com`,
  ])("with a domain that cannot be one is refused: %o", (domain) => {
    expect(cookieRefusal({ domain })).toMatch(
      /^Setting `cookie\.domain` must be a domain name, or a function of the request that returns one; got /,
    );
  });

  test.each(["", "app", "./app", "/a;b", "/\n", "/é", 5, null, "/a<b"])(
    "with a path that cannot be one is refused: %o",
    (path) => {
      expect(cookieRefusal({ path })).toMatch(/^Setting `cookie\.path` must be a path that starts with \/; got /);
    },
  );

  test.each(["true", 1, null, "Auto"])("that is secure only somehow is refused: %o", (secure) => {
    expect(cookieRefusal({ secure })).toMatch(
      /^Setting `cookie\.secure` must be true, false, "auto", or a function of the request; got /,
    );
  });

  test.each(["true", 0, null, () => true])("that is hidden only somehow is refused: %o", (httpOnly) => {
    expect(cookieRefusal({ httpOnly })).toMatch(/^Setting `cookie\.httpOnly` must be true or false; got /);
  });

  test.each(["Lax", "", true, null, false])("with another sameSite is refused: %o", (sameSite) => {
    expect(cookieRefusal({ sameSite })).toMatch(/^Setting `cookie\.sameSite` must be "lax", "strict" or "none"; got /);
  });

  test.each([0, -1, 1.5, "60", Number.NaN, Number.POSITIVE_INFINITY, null])(
    "with a maxAge of %o is refused",
    (maxAge) => {
      expect(cookieRefusal({ maxAge })).toMatch(
        /^Setting `cookie\.maxAge` must be a whole number of seconds, at least 1; got /,
      );
    },
  );

  test.each([-1, 1.5, "2048", Number.NaN, Number.POSITIVE_INFINITY, null])(
    "with a maxSize of %o is refused",
    (maxSize) => {
      expect(cookieRefusal({ maxSize })).toMatch(
        /^Setting `cookie\.maxSize` must be a whole number of characters, or 0 for no limit; got /,
      );
    },
  );

  test("of other sites as well is refused unless it is secure", () => {
    expect(cookieRefusal({ sameSite: "none", secure: false })).toMatch(
      /^Setting `cookie\.secure` must be true .* got false/,
    );
    expect(cookieRefusal({ partitioned: true, secure: false })).toMatch(/^Setting `cookie\.secure` must be true/);
    expect(cookieRefusal({ sameSite: "none", secure: true })).toBe("not refused");
    expect(written({ cookie: { sameSite: "none" } })).toMatchObject({ attributes: { secure: true, sameSite: "none" } });
    expect(cookieRefusal({ sameSite: "none", secure: () => true })).toBe("not refused");
  });

  test.each(["__Host-m", "__host-m", "__Secure-m"])("named %s is refused unless it is secure", (name) => {
    expect(cookieRefusal({ name, secure: false })).toMatch(/^Setting `cookie\.secure` must be true with the name __/);
    expect(cookieRefusal({ name, secure: true })).toBe("not refused");
  });

  test("named __Host- is refused with a domain or a path", () => {
    const host = { name: "__Host-m", secure: true };
    expect(cookieRefusal({ ...host, domain: "example.com" })).toMatch(
      /^Setting `cookie\.name` must be without __Host-/,
    );
    expect(cookieRefusal({ ...host, domain: () => "example.com" })).toMatch(/^Setting `cookie\.name` must be without/);
    expect(cookieRefusal({ ...host, path: "/app" })).toMatch(/^Setting `cookie\.name` must be without __Host-/);
    expect(cookieRefusal({ ...host, path: "/" })).toBe("not refused");
    expect(cookieRefusal({ name: "__Secure-m", secure: true, domain: "example.com", path: "/app" })).toBe(
      "not refused",
    );
  });

  test.each([null, 5, "messages", true])("that is no object is refused: %o", (cookie) => {
    expect(refusal({ cookie })).toMatch(/^Setting `cookie` must be an object; got /);
  });

  test("is refused beside the session storage as well, where it is wrong", () => {
    expect(refusal({ storage: "session", cookie: { nmae: "m" } })).toMatch(/^There is no setting `cookie\.nmae`/);
  });

  test("may be set in every way that a browser takes", () => {
    for (const cookie of [
      { name: "__Host-messages", secure: true },
      { name: "!#$%&'*+-.^_`|~09azAZ" },
      { domain: "example.com" },
      { domain: ".example.co.uk" },
      { domain: "localhost" },
      { domain: undefined, maxAge: undefined },
      { path: "/a/b c%20~" },
      { httpOnly: false, sameSite: "strict", maxAge: 1, maxSize: 0 },
    ])
      expect(cookieRefusal(cookie), JSON.stringify(cookie)).toBe("not refused");
  });

  test("is what Django sets by default, and lives for a day", () => {
    expect(written({})).toEqual({
      name: expect.stringMatching(/^messages\./),
      value: expect.any(String),
      attributes: {
        domain: undefined,
        path: "/",
        secure: false,
        httpOnly: true,
        sameSite: "lax",
        partitioned: false,
        maxAge: 86_400,
      },
    });
  });

  test("has no age with compat, unless one is set", () => {
    expect(written({ compat: "django" })).toMatchObject({
      name: "messages",
      attributes: { maxAge: undefined },
    });
    expect(written({ compat: "django", cookie: { maxAge: 60 } })).toMatchObject({ attributes: { maxAge: 60 } });
  });

  test("gets domain and secure from functions of the request", () => {
    const request = { host: "a.example.com", tls: true };
    type Request = typeof request;
    const domain = vi.fn((of: object) => (of as Request).host);
    const secure = vi.fn((of: object) => (of as Request).tls);
    expect(written({ cookie: { domain, secure } }, request)).toMatchObject({
      attributes: { domain: "a.example.com", secure: true },
    });
    expect(domain.mock.calls[0]).toEqual([request]);
    expect(secure.mock.calls[0]?.[0]).toBe(request);
    expect(written({ cookie: { domain: () => undefined, secure: () => false } }, request)).toMatchObject({
      attributes: { domain: undefined, secure: false },
    });
  });

  /** The cookie that a message is written to. */
  function written(settings: Settings, request: object = {}): SetCookie | undefined {
    const { storage } = defineMessages({ secret: SECRET, storage: "cookie", ...settings });
    const set: SetCookie[] = [];
    const exchange = {
      cookie: () => undefined,
      cookieNames: () => [],
      setCookie: (cookie: SetCookie) => void set.push(cookie),
      session: undefined,
      request,
      method: "GET",
      header: () => undefined,
      isSecure: false,
    };
    const added = [new Message(INFO, "x")];
    expect((storage as Link).openLinked(exchange, () => true)).toMatchObject({ messages: [], hasMore: false });
    const waiting = storage.open(exchange) as Waiting;
    expect(waiting.messages).toEqual([]);
    expect(waiting.commit({ kept: [], added, consumed: [] })).toEqual([]);
    expect(set).toHaveLength(1);
    expect(Object.isFrozen(set[0]?.attributes)).toBe(true);
    return set[0];
  }
});

describe("the other settings", () => {
  test("that do not exist are refused, with those that do", () => {
    expect(refusal({ secrets: ["x"] })).toBe(
      "There is no setting `secrets`; the settings are secret, storage, level, levels, tags, cookie, debug, compat, " +
        "duplicates, local, outlet, onWarning.",
    );
    expect(cookieRefusal({ samesite: "lax" })).toBe(
      "There is no setting `cookie.samesite`; the settings are cookie.name, cookie.domain, cookie.path, cookie.secure, " +
        "cookie.httpOnly, cookie.sameSite, cookie.partitioned, cookie.maxAge, cookie.maxSize.",
    );
    const request = new IncomingMessage(new Socket());
    expect(() => defineMessages(request as never)).toThrow(
      / Got an instance of IncomingMessage: call messages\(\) with/,
    );
    expect(refusal({ toString: () => "" })).toMatch(/^There is no setting `toString`/);
    expect(refusal(JSON.parse('{"__proto__": 1}'))).toMatch(/^There is no setting `__proto__`/);
    expect(() => cookieStorage({ secret: SECRET, nmae: "m" } as never)).toThrow("There is no setting `cookie.nmae`");
  });

  test("that are no object are refused", () => {
    for (const settings of [null, "secret", 5]) {
      expect(() => defineMessages(settings as never)).toThrow(/^Setting `settings` must be an object; got /);
    }
  });

  test("debug is true or false", () => {
    for (const debug of ["true", 1, null]) {
      expect(refusal({ debug })).toMatch(/^Setting `debug` must be true or false; got /);
    }
  });

  test('compat is "django" or left out', () => {
    for (const compat of ["Django", "flask", true, false, null, 5]) {
      expect(refusal({ compat })).toMatch(/^Setting `compat` must be "django", or left out; got /);
    }
    expect(() => cookieStorage({ secret: SECRET, compat: "Django" as "django" })).toThrow(
      /^Setting `compat` must be "django", or left out; got "Django"/,
    );
    expect(refusal({ compat: undefined })).toBe("not refused");
  });

  test('duplicates is "keep" or "drop"', () => {
    for (const duplicates of ["", "Drop", true, null]) {
      expect(refusal({ duplicates })).toMatch(/^Setting `duplicates` must be "keep" or "drop"; got /);
    }
  });

  test("onWarning is a function", () => {
    for (const onWarning of ["log", console, null, true]) {
      expect(refusal({ onWarning })).toMatch(/^Setting `onWarning` must be a function; got /);
    }
  });

  test("have defaults", () => {
    const { level, levels, tags, debug, compat, duplicates } = defineMessages({ secret: SECRET });
    expect({ level, levels, tags, debug, compat, duplicates }).toEqual({
      level: 20,
      levels: { debug: 10, info: 20, success: 25, warning: 30, error: 40 },
      tags: { 10: "debug", 20: "info", 25: "success", 30: "warning", 40: "error" },
      debug: false,
      compat: undefined,
      duplicates: "keep",
    });
  });

  test("that are undefined are left at their defaults", () => {
    const names = ["storage", "level", "levels", "tags", "cookie", "debug", "compat", "duplicates", "onWarning"];
    const config = defineMessages({ secret: SECRET, ...Object.fromEntries(names.map((name) => [name, undefined])) });
    expect(config.level).toBe(20);
    expect(config.duplicates).toBe("keep");
    expect(config.onWarning).toBeTypeOf("function");
  });
});

describe("a config", () => {
  const config = defineMessages({ secret: SECRET, levels: { critical: 50 } });

  test("does not change", () => {
    expect(Object.isFrozen(config)).toBe(true);
    expect(Object.isFrozen(config.levels)).toBe(true);
    expect(Object.isFrozen(config.tags)).toBe(true);
    expect(() => Object.assign(config, { debug: true })).toThrow(TypeError);
    expect(() => Object.assign(config.tags, { 20: "x" })).toThrow(TypeError);
  });

  test("is taken wherever settings are", () => {
    expect(defineMessages(config)).toBe(config);
    for (const messages of [fetchMessages, nodeMessages, expressMessages]) {
      expect(messages(config)).toBeTypeOf("function");
    }
  });

  test("makes messages with a method for each level, which no other config has", () => {
    const source: Source = { touch() {}, waiting: () => [] };
    const own = config.messages(new Ledger(config), source);
    own.critical("x", { extraTags: "y" });
    expect(own.peek().map(({ level, tags }) => [level, tags])).toEqual([[50, "y critical"]]);
    const plain = defineMessages({ secret: SECRET });
    expect("critical" in plain.messages(new Ledger(plain), source)).toBe(false);
    expect("critical" in Messages.prototype).toBe(false);
  });

  test("is refused by each adapter where its settings are wrong, when the app starts", () => {
    for (const messages of [fetchMessages, nodeMessages, expressMessages]) {
      expect(() => messages({ secret: "short" })).toThrow(/^Setting `secret` must be/);
    }
  });
});

describe("a warning", () => {
  afterEach(() => {
    vi.restoreAllMocks();
  });
  const warning = new MessagesError("not-stored", "It did not fit.");
  const warn = (settings: Settings, request: object = {}) =>
    (defineMessages({ secret: SECRET, ...settings }) as Config).warn(warning, request);

  test("is written to the console by default, with its code", () => {
    const console_ = vi.spyOn(console, "warn").mockImplementation(() => {});
    warn({});
    expect(console_.mock.calls).toEqual([["MessagesError [not-stored]: It did not fit."]]);
  });

  test("goes to onWarning, with the request, and nowhere else", () => {
    const console_ = vi.spyOn(console, "warn").mockImplementation(() => {});
    const onWarning = vi.fn();
    const request = {};
    warn({ onWarning }, request);
    expect(onWarning.mock.calls).toEqual([[warning, request]]);
    expect(onWarning.mock.calls[0]?.[1]).toBe(request);
    expect(console_).not.toHaveBeenCalled();
  });

  test("that onWarning itself fails on goes to the console, and takes no response with it", () => {
    const console_ = vi.spyOn(console, "error").mockImplementation(() => {});
    const failure = new Error("the log is full");
    const onWarning = () => {
      throw failure;
    };
    expect(() => warn({ onWarning })).not.toThrow();
    expect(console_.mock.calls).toEqual([[failure]]);
  });

  test("is thrown where debug is set", () => {
    const onWarning = vi.fn();
    expect(() => warn({ debug: true, onWarning })).toThrow(warning);
    expect(onWarning).not.toHaveBeenCalled();
    expect(() => warn({ level: WARNING, onWarning })).not.toThrow();
  });
});
