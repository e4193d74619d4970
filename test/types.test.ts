import type { IncomingMessage } from "node:http";
import express from "express";
import {
  type AppLevel,
  type AppMessages,
  addMessage,
  type Config,
  type CookieOptions,
  defineMessages,
  getMessages,
  INFO,
  type Json,
  type LevelName,
  type Levels,
  Message,
  type MessageJson,
  type Messages,
  type MessagesOf,
  type MessagesView,
  markSafe,
  parseLevel,
  type SafeString,
  type Settings,
  type Storage,
  setLevel,
  type Text,
  withSuccessMessage,
} from "onceover";
import { messages as expressMessages } from "onceover/express";
import { messages as fetchMessages, type MessagesRequest } from "onceover/fetch";
import { messages as nodeMessages } from "onceover/node";
import { describe, expect, expectTypeOf, test } from "vitest";
import { ref } from "vue";
import { Ledger } from "../src/core/ledger.ts";
import type { Source } from "../src/core/messages.ts";
import { SECRET } from "./support.ts";

// The compiler holds to the types: `tsc --noEmit` fails where one is not what is expected here.

const secret = SECRET;
const source: Source = { touch() {}, waiting: () => [] };
const messagesOf = <L extends Levels>(config: Config<L>): MessagesOf<L> => config.messages(new Ledger(config), source);
type Shortcut = (message: Text, options?: { readonly extraTags?: string | null; readonly data?: Json }) => void;

test("a text is no list, and options are an object of what there is", () => {
  const messages = messagesOf(defineMessages({ secret }));
  // @ts-expect-error: a list of texts.
  expect(() => messages.info(["one", "two"])).toThrow();
  // @ts-expect-error: what a form's validation gives.
  expect(() => messages.info([{ path: "name", message: "Required" }])).toThrow();
  // @ts-expect-error: printf.
  expect(() => messages.info("Hello %s", "Jane")).toThrow();
  // @ts-expect-error: Django's name.
  expect(() => messages.info("x", { extra_tags: "a" })).toThrow();
  // @ts-expect-error: another framework's.
  expect(() => messages.info("x", { safe: true })).toThrow();
  // @ts-expect-error: a list of classes.
  expect(() => addMessage({}, INFO, "x", { extraTags: ["a"] })).toThrow();
  messages.info({ toString: () => "lazy" });
  messages.info(new Date(0));
  expect(messages.length).toBe(2);
});

describe("levels of one's own", () => {
  const config = defineMessages({ secret, levels: { critical: 50, notice: 22 } });

  test("are methods of the config's messages", () => {
    const messages = messagesOf(config);
    expectTypeOf(messages.critical).toEqualTypeOf<Shortcut>();
    expectTypeOf(messages.notice).toEqualTypeOf<Shortcut>();
    expectTypeOf(messages.success).toBeFunction();
    messages.critical("x");
    expect(messages.length).toBe(1);
  });

  test("that are not there are no methods", () => {
    const messages = messagesOf(config);
    // @ts-expect-error: there is no such level.
    expect(() => messages.fatal("x")).toThrow(TypeError);
    const plain = messagesOf(defineMessages({ secret }));
    // @ts-expect-error: a config without levels of its own has none.
    expect(() => plain.critical("x")).toThrow(TypeError);
    expectTypeOf(messages).not.toHaveProperty("fatal");
  });

  test("cannot be overwritten", () => {
    const messages = messagesOf(config);
    expect(() => {
      // @ts-expect-error: the methods are for reading.
      messages.critical = () => {};
    }).toThrow(TypeError);
  });

  test("are known in a fetch handler, from settings and from a config", async () => {
    const fromSettings = fetchMessages({ secret, levels: { critical: 50 } });
    const fromConfig = fetchMessages(config);
    const texts: string[] = [];
    const handlers = [
      fromSettings((request) => {
        expectTypeOf(request.messages.critical).toEqualTypeOf<Shortcut>();
        expectTypeOf(request).toExtend<Request>();
        request.messages.critical("a");
        // @ts-expect-error: there is no such level.
        expect(() => request.messages.notice("b")).toThrow(TypeError);
        texts.push(...request.messages.peek().map(String));
        return new Response();
      }),
      fromConfig((request) => {
        expectTypeOf(request).toEqualTypeOf<MessagesRequest<{ readonly critical: 50; readonly notice: 22 }>>();
        request.messages.notice("c");
        texts.push(...request.messages.peek().map(String));
        return new Response();
      }),
    ];
    for (const handler of handlers) await handler(new Request("http://site.test/"));
    expect(texts).toEqual(["a", "c"]);
  });

  test("leave the five as they are", () => {
    type Five = "debug" | "info" | "success" | "warning" | "error";
    expectTypeOf<ReturnType<typeof config.messages>[Five]>().toBeFunction();
    expectTypeOf<ReturnType<typeof config.messages>["error"]>().toEqualTypeOf<Messages["error"]>();
    expect(config.levels.error).toBe(40);
  });

  test("are names that go wherever a level does", () => {
    const messages = messagesOf(config);
    messages.add("critical", "x");
    messages.add("notice", "x");
    messages.level = "critical";
    expect(messages.level).toBe(50);
    messages.level = null;
    // @ts-expect-error: there is no such level.
    expect(() => messages.add("fatal", "x")).toThrow("A level must be");
    expect(() => {
      // @ts-expect-error: there is no such level.
      messages.level = "fatal";
    }).toThrow("A level must be");
    // @ts-expect-error: only the five have a name in capitals that the compiler knows.
    messages.add("CRITICAL", "x");
    expectTypeOf<LevelName<{ readonly critical: 50 }>>().toEqualTypeOf<LevelName | "critical">();
    expect(defineMessages({ secret, levels: { critical: 50 }, level: "critical" }).level).toBe(50);
    // @ts-expect-error: there is no such level.
    expect(() => defineMessages({ secret, levels: { critical: 50 }, level: "critcal" })).toThrow("`level`");
  });

  test("are known to the handler that gets its messages from these settings", () => {
    fetchMessages(config)((request) => {
      request.messages.add("critical", "x");
      request.messages.level = "notice";
      // @ts-expect-error: there is no such level.
      request.messages.add("fatal", "x");
      return new Response();
    });
  });

  test("are named like that in the tags", () => {
    const levels = { critical: 50 } as const;
    expect(defineMessages({ secret, levels, tags: { critical: "danger", 40: "red" } }).tags[50]).toBe("danger");
    // @ts-expect-error: there is no such level.
    expect(() => defineMessages({ secret, levels, tags: { critcal: "danger" } })).toThrow("`tags.critcal`");
  });

  test("must be numbers", () => {
    // @ts-expect-error: a level is a number.
    expect(() => defineMessages({ secret, levels: { critical: "50" } })).toThrow(
      "`levels.critical` must be an integer",
    );
  });
});

describe("a level", () => {
  const messages = messagesOf(defineMessages({ secret, level: 0 }));

  test("is a number, or the name of one of the five, in small letters or in capitals", () => {
    for (const level of [10, 99, -1]) messages.add(level, "x");
    for (const level of ["debug", "info", "success", "warning", "error"] as const) messages.add(level, "x");
    for (const level of ["DEBUG", "INFO", "SUCCESS", "WARNING", "ERROR"] as const) messages.add(level, "x");
    // @ts-expect-error: misspelt.
    expect(() => messages.add("sucess", "x")).toThrow("A level must be");
    // @ts-expect-error: in small letters or in capitals.
    messages.add("Success", "x");
    // @ts-expect-error: a number is a number.
    messages.add("20", "x");
    // @ts-expect-error: text from a form is no level yet.
    messages.add("info" as string, "x");
    // @ts-expect-error: nor is nothing.
    expect(() => messages.add(undefined, "x")).toThrow("A level must be");
    expect(() => {
      // @ts-expect-error: misspelt.
      messages.level = "sucess";
    }).toThrow("A level must be");
    expectTypeOf(messages.add).parameter(0).toEqualTypeOf<number | LevelName>();
  });

  test("from a form is read by parseLevel(), and may be missing", () => {
    expectTypeOf(parseLevel).parameter(0).toEqualTypeOf<unknown>();
    expectTypeOf(parseLevel).returns.toEqualTypeOf<number | undefined>();
    messages.add(parseLevel("success") ?? INFO, "x");
    // @ts-expect-error: the text may name no level.
    messages.add(parseLevel("success"), "x");
  });

  test("is checked in the function form and in the settings as well", () => {
    const silently = { failSilently: true };
    addMessage({}, "success", "x", silently);
    addMessage({}, "SUCCESS", "x", silently);
    addMessage({}, 25, "x", silently);
    // @ts-expect-error: misspelt.
    addMessage({}, "sucess", "x", silently);
    expectTypeOf(addMessage).parameter(1).toEqualTypeOf<AppLevel>();
    for (const level of ["warning", "WARNING", 30, null] as const) expect(setLevel({}, level)).toBe(false);
    // @ts-expect-error: misspelt.
    setLevel({}, "waring");
    expect(defineMessages({ secret, level: "WARNING" }).level).toBe(30);
    // @ts-expect-error: misspelt.
    expect(() => defineMessages({ secret, level: "waring" })).toThrow("`level`");
    // @ts-expect-error: an app has the levels that it defines.
    expect(() => defineMessages({ secret, level: "critical" })).toThrow("`level`");
  });

  test("of the app is known to the function form, once its config is registered", () => {
    // The demo, which is compiled together with this test, registers `critical`.
    addMessage({}, "critical", "x", { failSilently: true });
    setLevel({}, "critical");
    expectTypeOf<AppMessages["critical"]>().toEqualTypeOf<Shortcut>();
    expectTypeOf<AppLevel>().toEqualTypeOf<number | LevelName<{ critical: 50 }>>();
  });
});

describe("settings", () => {
  test("may be written down before they are used", () => {
    const settings: Settings = { secret: [secret], storage: "cookie", level: "info", cookie: { sameSite: "strict" } };
    expectTypeOf(defineMessages(settings)).toExtend<Config>();
    expect(defineMessages(settings).level).toBe(20);
    const cookie: CookieOptions = { domain: (request) => `${Reflect.get(request, "host")}`, secure: () => true };
    expectTypeOf<Settings["cookie"]>().toEqualTypeOf<CookieOptions | undefined>();
    expect(() => defineMessages({ secret, cookie })).not.toThrow();
  });

  test("have the types of their values", () => {
    expectTypeOf<Settings["secret"]>().toEqualTypeOf<string | readonly string[] | undefined>();
    expectTypeOf<Settings["storage"]>().toEqualTypeOf<"fallback" | "cookie" | "session" | Storage | undefined>();
    expectTypeOf<Settings["level"]>().toEqualTypeOf<number | string | undefined>();
    expectTypeOf<Settings["compat"]>().toEqualTypeOf<"django" | undefined>();
    expectTypeOf<Settings["duplicates"]>().toEqualTypeOf<"keep" | "drop" | undefined>();
    expectTypeOf<Required<Settings>["onWarning"]>().parameter(1).toEqualTypeOf<object>();
    // @ts-expect-error: there is no such storage.
    expect(() => defineMessages({ secret, storage: "redis" })).toThrow("`storage`");
    // @ts-expect-error: there is no such setting.
    expect(() => defineMessages({ secret, sekret: "x" })).toThrow("`sekret`");
    // @ts-expect-error: there is no such setting of the cookie.
    expect(() => defineMessages({ secret, cookie: { samesite: "lax" } })).toThrow("`cookie.samesite`");
    // @ts-expect-error: a tag is a text.
    expect(() => defineMessages({ secret, tags: { 40: 5 } })).toThrow("`tags.40`");
  });

  test("may take a secret straight from the environment", () => {
    const fromEnvironment: string | undefined = process.env.NO_SUCH_SECRET;
    expect(defineMessages({ secret: fromEnvironment })).toHaveProperty("level", INFO);
  });

  test("become a config that does not change", () => {
    const config = defineMessages({ secret });
    expect(() => {
      // @ts-expect-error: a config is for reading.
      config.debug = true;
    }).toThrow(TypeError);
    expectTypeOf(defineMessages(config)).toEqualTypeOf<typeof config>();
  });

  test("or a config fit every adapter, with levels or without", () => {
    const plain = defineMessages({ secret });
    const own = defineMessages({ secret, levels: { critical: 50 } });
    expectTypeOf(own).toExtend<Config>();
    for (const middleware of [expressMessages(plain), expressMessages(own), nodeMessages(plain), nodeMessages(own)]) {
      expect(middleware).toHaveLength(3);
    }
    express().use(expressMessages(own));
  });
});

describe("messages", () => {
  test("are on the requests of Express and of Node, and in the locals", () => {
    expectTypeOf<IncomingMessage["messages"]>().toEqualTypeOf<AppMessages>();
    expectTypeOf<express.Request["messages"]>().toEqualTypeOf<AppMessages>();
    expectTypeOf<express.Response["locals"]["messages"]>().toEqualTypeOf<MessagesView>();
    expectTypeOf(getMessages).returns.toEqualTypeOf<AppMessages>();
    // @ts-expect-error: nobody registered such a level.
    expect(() => getMessages({}).fatal("x")).toThrow(TypeError);
  });

  test("give frozen messages, and plain JSON", () => {
    const { messages } = defineMessages({ secret });
    expectTypeOf<ReturnType<typeof messages>[typeof Symbol.iterator]>().returns.toExtend<Iterator<Message>>();
    expectTypeOf<Messages["toJSON"]>().returns.toEqualTypeOf<MessageJson[]>();
    expectTypeOf<Messages["load"]>().returns.resolves.toExtend<Messages>();
    expect(() => {
      // @ts-expect-error: a message never changes.
      new Message(INFO, "x").level = 5;
    }).toThrow(TypeError);
  });

  test("take texts, safe HTML and what becomes text; and data of JSON alone", () => {
    const messages = messagesOf(defineMessages({ secret }));
    expectTypeOf(markSafe("<b>").toString()).toBeString();
    expectTypeOf(markSafe).returns.toEqualTypeOf<SafeString>();
    messages.info({ toString: () => "lazy" });
    messages.info("x", { data: { nested: [1, "2", null, { deep: true }] } as const, extraTags: null });
    // @ts-expect-error: a date is no JSON.
    messages.info("x", { data: { at: new Date() } });
    // @ts-expect-error: there is no text.
    messages.info(undefined);
    // @ts-expect-error: with this option nothing would be added silently: the messages are there.
    expect(() => messages.info("x", { failSilently: true })).toThrow();
    expect(messages.length).toBe(3);
  });
});

test("a handler with a success message has the same arguments and result", () => {
  const handler = withSuccessMessage(
    (saved, request) => {
      expectTypeOf(saved).toEqualTypeOf<{ name: string }>();
      expectTypeOf(request).toEqualTypeOf<Request>();
      return saved.name;
    },
    (_request: Request, name: string) => (name ? { name } : undefined),
  );
  expectTypeOf(handler).parameters.toEqualTypeOf<[request: Request, name: string]>();
  expectTypeOf(handler).returns.toEqualTypeOf<{ name: string } | undefined>();
  expect(handler(new Request("http://site.test/"), "")).toBeUndefined();
});

test("messages as JSON can be in a ref of Vue, which follows types through and through", () => {
  const count = (messages: readonly MessageJson[]) => messages.length;
  const messages = ref<MessageJson[]>([]);
  expect(count(messages.value)).toBe(0);
});
