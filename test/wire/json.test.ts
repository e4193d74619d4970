import fc from "fast-check";
import { INFO, Message } from "onceover";
import { describe, expect, test } from "vitest";
import { decodeMessages, encodeMessages, type Separator } from "../../src/wire/json.ts";
import { anyJson, anyMessage, anyText } from "./arbitraries.ts";
import { ODD_JSON } from "./forge.ts";

/** Everything that a message says, as text: the order of keys and lone surrogates count. */
const whole = (item: Message | string) => (typeof item === "string" ? item : JSON.stringify(item));

const separators: readonly Separator[] = [",", ", "];

describe("Django's JSON", () => {
  test.each(separators)("brings any messages and marks back as they were, separated by %j", (separator) => {
    fc.assert(
      fc.property(fc.array(fc.oneof(anyMessage, anyText), { minLength: 1 }), (items) => {
        // A list that begins with the key of a message is itself a message, in Django too.
        fc.pre(items[0] !== "__json_message");
        expect(decodeMessages(encodeMessages(items, separator))?.map(whole)).toEqual(items.map(whole));
      }),
    );
  });

  test.each(separators)("is ASCII that can be printed, separated by %j", (separator) => {
    fc.assert(
      fc.property(fc.array(fc.oneof(anyMessage, anyText), { minLength: 1 }), (items) => {
        expect(encodeMessages(items, separator)).toMatch(/^[\x20-\x7e]*$/);
      }),
    );
  });

  test("leaves the tags out where there are none, and writes them where they are empty", () => {
    const plain = new Message(INFO, "x");
    const blank = new Message(INFO, "x", { extraTags: "" });
    expect(encodeMessages([plain, blank], ",")).toBe('[["__json_message",0,20,"x"],["__json_message",0,20,"x",""]]');
  });

  test("writes data behind the tags, which are null where there are none", () => {
    const message = new Message(INFO, "x", { data: { a: [1, "é"] } });
    expect(encodeMessages([message], ",")).toBe('[["__json_message",0,20,"x",null,{"a":[1,"\\u00e9"]}]]');
  });

  test("escapes in lower case what is not ASCII, and the delete character", () => {
    expect(encodeMessages(["\u00e9\u007f\u2028\ud83d\ude00\ud800/"], ",")).toBe(
      '["\\u00e9\\u007f\\u2028\\ud83d\\ude00\\ud800/"]',
    );
  });

  test("keeps data of null apart from no data", () => {
    const items = [new Message(INFO, "x", { data: null }), new Message(INFO, "x")];
    expect(decodeMessages(encodeMessages(items, ","))?.map((item) => (item as Message).data)).toEqual([
      null,
      undefined,
    ]);
  });
});

describe("decoding JSON that we did not write", () => {
  test.each(Object.entries(ODD_JSON))("%s", (_, [json, texts]) => {
    const items = decodeMessages(json)?.filter((item) => typeof item !== "string");
    expect(items?.map(String)).toEqual(texts);
  });

  test("any text is a list of messages and marks, or nothing", () => {
    fc.assert(
      fc.property(
        fc.oneof(
          anyText,
          fc.json(),
          fc.json().map((json) => `[${json}]`),
        ),
        (json) => {
          expectMessages(decodeMessages(json));
        },
      ),
    );
  });

  test("any values in the places of a message are a message, or nothing", () => {
    const item = fc.array(anyJson, { maxLength: 8 }).map((values) => ["__json_message", ...values]);
    fc.assert(
      fc.property(fc.array(fc.oneof(item, anyJson)), (items) => {
        fc.pre(items[0] !== "__json_message");
        expectMessages(decodeMessages(JSON.stringify(items)));
      }),
    );
  });

  test("a cut of genuine JSON is nothing", () => {
    fc.assert(
      fc.property(fc.array(anyMessage), fc.nat(), (messages, at) => {
        const json = encodeMessages(messages, ",");
        expect(decodeMessages(json.slice(0, at % json.length))).toBeUndefined();
      }),
    );
  });

  test("a __proto__ key stays a key", () => {
    const [message] = decodeMessages('[["__json_message",0,20,"x","",{"__proto__":{"polluted":true}}]]') ?? [];
    const { data } = message as Message;
    expect(JSON.stringify(data)).toBe('{"__proto__":{"polluted":true}}');
    expect(Object.getPrototypeOf(data)).toBe(Object.prototype);
    expect(Reflect.get({}, "polluted")).toBeUndefined();
  });

  test("data is read as deep as it can be written, and no deeper", () => {
    const nested = (depth: number) => `[["__json_message",0,20,"x","",${"[".repeat(depth)}${"]".repeat(depth)}]]`;
    expect(decodeMessages(nested(32))).toHaveLength(1);
    expect(decodeMessages(nested(33))).toBeUndefined();
  });
});

function expectMessages(items: readonly unknown[] | undefined): void {
  for (const item of items ?? []) {
    if (typeof item === "string") continue;
    expect(item).toBeInstanceOf(Message);
    const { level, message, safe, extraTags } = (item as Message).toJSON();
    expect(Number.isSafeInteger(level)).toBe(true);
    expect(typeof message).toBe("string");
    expect(typeof safe).toBe("boolean");
    expect(extraTags === null || typeof extraTags === "string").toBe(true);
  }
}
