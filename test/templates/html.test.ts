import { defineMessages, ERROR, INFO, Message, MessagesError, markSafe, SUCCESS, WARNING } from "onceover";
import { messageHtml, type Preset, type PresetName, type Renderable, renderMessages } from "onceover/html";
import { describe, expect, test } from "vitest";
import { Ledger } from "../../src/core/ledger.ts";
import { shownIn, waiting } from "./contract.ts";

const FIVE = [10, INFO, SUCCESS, WARNING, ERROR].map((level) => new Message(level, "Hi."));

const PLAIN = [
  '<div class="debug" role="status" data-level="10">Hi.</div>',
  '<div class="info" role="status" data-level="20">Hi.</div>',
  '<div class="success" role="status" data-level="25">Hi.</div>',
  '<div class="warning" role="alert" data-level="30">Hi.</div>',
  '<div class="error" role="alert" data-level="40">Hi.</div>',
];

/** The code and the text of the error that something throws. */
function errorOf(act: () => unknown): [code: string, text: string] {
  try {
    act();
  } catch (error) {
    if (error instanceof MessagesError) return [error.code, error.message];
    throw error;
  }
  throw new Error("Nothing was thrown.");
}

describe("renderMessages()", () => {
  test.each<[PresetName | undefined, string[]]>([
    [undefined, PLAIN],
    ["plain", PLAIN],
    [
      "bootstrap",
      [
        '<div class="alert alert-dismissible alert-secondary debug" role="status" data-level="10">Hi.</div>',
        '<div class="alert alert-dismissible alert-info info" role="status" data-level="20">Hi.</div>',
        '<div class="alert alert-dismissible alert-success success" role="status" data-level="25">Hi.</div>',
        '<div class="alert alert-dismissible alert-warning warning" role="alert" data-level="30">Hi.</div>',
        '<div class="alert alert-dismissible alert-danger error" role="alert" data-level="40">Hi.</div>',
      ],
    ],
    [
      "tailwind",
      [
        ["gray", 'debug" role="status" data-level="10'],
        ["blue", 'info" role="status" data-level="20'],
        ["green", 'success" role="status" data-level="25'],
        ["amber", 'warning" role="alert" data-level="30'],
        ["red", 'error" role="alert" data-level="40'],
      ].map(
        ([colour, rest]) =>
          '<div class="mb-4 rounded-md border-s-4 py-3 ps-4 pe-12 **:[a]:underline ' +
          `border-${colour}-500 bg-${colour}-500/10 ${rest}">Hi.</div>`,
      ),
    ],
    [
      "bulma",
      [
        '<div class="notification pr-6 debug" role="status" data-level="10">Hi.</div>',
        ...[
          ["info", 'info" role="status" data-level="20'],
          ["success", 'success" role="status" data-level="25'],
          ["warning", 'warning" role="alert" data-level="30'],
          ["danger", 'error" role="alert" data-level="40'],
        ].map(
          ([colour, rest]) =>
            `<div class="notification pr-6 has-background-${colour}-soft has-text-${colour}-bold ${rest}">Hi.</div>`,
        ),
      ],
    ],
    ["pico", PLAIN.map((line) => line.replace("Hi.", "<article>Hi.</article>"))],
  ])("with the preset %s writes an element for each level", (preset, lines) => {
    expect(renderMessages(FIVE, preset && { preset }).split("\n")).toEqual(lines);
    expect(
      renderMessages(
        FIVE.map((message) => message.toJSON()),
        preset && { preset },
      ).split("\n"),
    ).toEqual(lines);
  });

  test.each([
    [5, "alert-secondary", "status"],
    [19, "alert-secondary", "status"],
    [22, "alert-info", "status"],
    [29, "alert-success", "status"],
    [31, "alert-warning", "alert"],
    [50, "alert-danger", "alert"],
    [-1, "alert-secondary", "status"],
  ])("lets level %i look like the highest that it reaches", (level, look, role) => {
    const message = new Message(level, "Hi.", { extraTags: "form", levelTag: "own" });
    expect(renderMessages([message], { preset: "bootstrap" })).toBe(
      `<div class="alert alert-dismissible ${look} form own" role="${role}" data-level="${level}">Hi.</div>`,
    );
  });

  test("leaves the class empty for a level without a tag", () => {
    expect(renderMessages([new Message(35, "Hi.")])).toBe('<div class="" role="alert" data-level="35">Hi.</div>');
  });

  test("dresses messages with classes of one's own", () => {
    const preset: Preset = { all: " toast  shadow ", error: 'red "quoted"', info: "" };
    expect(renderMessages([new Message(INFO, "a"), new Message(ERROR, "b")], { preset })).toBe(
      '<div class="toast shadow info" role="status" data-level="20">a</div>\n' +
        '<div class="toast shadow red &quot;quoted&quot; error" role="alert" data-level="40">b</div>',
    );
    expect(renderMessages([new Message(INFO, "a")], { preset: { isArticle: true } })).toBe(
      '<div class="info" role="status" data-level="20"><article>a</article></div>',
    );
  });

  test("escapes tags, and puts a space where they have a line break", () => {
    const extraTags = `"><script>' \n\tonclick=x \u0001&amp;`;
    const html = renderMessages([new Message(INFO, "Hi.", { extraTags })]);
    expect(html).toBe(
      '<div class="&quot;&gt;&lt;script&gt;&#39; onclick=x \u0001&amp;amp; info" role="status" data-level="20">Hi.</div>',
    );
    expect(shownIn(html, "div")[0]?.attributes.class).toBe(`"><script>' onclick=x \u0001&amp; info`);
  });

  test("escapes text, and leaves the rest of it as it is", () => {
    expect(renderMessages([new Message(INFO, 'a\n<b>\t&amp; "it\'s" \u0001\u2028')])).toBe(
      '<div class="info" role="status" data-level="20">a\n&lt;b&gt;\t&amp;amp; &quot;it&#39;s&quot; \u0001\u2028</div>',
    );
  });

  test("prints safe text as it is, also that of a message as JSON", () => {
    const message = new Message(INFO, markSafe('See <a href="/inbox">your inbox</a>.'));
    const html = '<div class="info" role="status" data-level="20">See <a href="/inbox">your inbox</a>.</div>';
    expect(renderMessages([message])).toBe(html);
    expect(renderMessages([message.toJSON()])).toBe(html);
    expect(renderMessages(JSON.parse(JSON.stringify(waiting(message))))).toBe(html);
  });

  test.each([[[]], [undefined], [null], [new Set<Message>()], [waiting()]])("writes nothing for %o", (none) => {
    expect(renderMessages(none)).toBe("");
  });

  test("takes any iterable, and walks it once", () => {
    function* walk() {
      yield* FIVE;
    }
    expect(renderMessages(walk())).toBe(renderMessages(FIVE));
  });

  test("shows the messages of a request, as a loop does, and none that are taken or looked at", () => {
    const messages = waiting(...FIVE);
    expect(renderMessages(messages.peek())).toBe(renderMessages(FIVE));
    expect(messages.used).toBe(false);
    expect(renderMessages(messages)).toBe(renderMessages(FIVE));
    expect(messages.used).toBe(true);
    expect(renderMessages(messages.take())).toBe(renderMessages(FIVE));
    expect(renderMessages(messages)).toBe("");
  });

  test("does not show them where the preset is a mistake", () => {
    const messages = waiting(...FIVE);
    expect(() => renderMessages(messages, { preset: "bootsrap" as PresetName })).toThrow(MessagesError);
    expect(messages.used).toBe(false);
  });

  test("uses the tags of the app's own levels", () => {
    const config = defineMessages({ storage: "session", levels: { critical: 50 }, tags: { [ERROR]: "danger" } });
    const loaded = [new Message(50, "a"), new Message(ERROR, "b")];
    const messages = config.messages(new Ledger(config), { touch() {}, waiting: () => loaded });
    expect(shownIn(renderMessages(messages), "div").map(({ attributes }) => attributes.class)).toEqual([
      "critical",
      "danger",
    ]);
  });

  test.each<[unknown, string]>([
    ["a text", '"a text"'],
    [7, "7 (number)"],
    [true, "true (boolean)"],
    [new Message(INFO, "one"), "an instance of Message"],
    [{ length: 0 }, "an object"],
    [() => [], "the function `anonymous`"],
    [Promise.resolve([]), "an instance of Promise; await it first"],
  ])("says that %o is not messages", (messages, got) => {
    expect(errorOf(() => renderMessages(messages as Renderable))).toEqual([
      "invalid-messages",
      `Expected the messages of a request, or a list of messages; got ${got}.`,
    ]);
  });

  test.each<[unknown, string]>([
    ["a text", '"a text"'],
    [null, "null"],
    [undefined, "undefined"],
    [7, "7 (number)"],
    [{}, "an object"],
    [{ level: INFO }, "an object"],
    [{ level: INFO, message: null }, "an object"],
    [{ message: "Hi." }, "an object"],
    [{ level: "20", message: "Hi." }, "an object"],
    [{ level: Number.NaN, message: "Hi." }, "an object"],
    [["info", "Hi."], "an array of 2"],
    [Promise.resolve(new Message(INFO, "Hi.")), "an instance of Promise; await it first"],
  ])("says that %o in the list is not a message", (item, got) => {
    const error = ["invalid-messages", `Expected a message, with its level and text; got ${got}.`];
    expect(errorOf(() => renderMessages([item as Message]))).toEqual(error);
    expect(errorOf(() => messageHtml(item as Message))).toEqual(error);
  });

  test("passes over tags that are none", () => {
    for (const tags of [undefined, null, {}, ["a"], 7]) {
      const message = { ...new Message(INFO, "Hi.").toJSON(), tags } as never;
      expect(renderMessages([message])).toBe('<div class="" role="status" data-level="20">Hi.</div>');
    }
  });

  const NAMES = '"plain", "bootstrap", "tailwind", "bulma", "pico"';

  test.each<[unknown, string]>([
    ["bootsrap", '"bootsrap"'],
    ["", '""'],
    ["constructor", '"constructor"'],
    ["__proto__", '"__proto__"'],
    [null, "null"],
    [7, "7 (number)"],
    [Symbol("plain"), "Symbol(plain) (symbol)"],
    [() => ({}), "the function `anonymous`"],
  ])("says that there is no preset %o", (preset, got) => {
    expect(errorOf(() => renderMessages(FIVE, { preset: preset as PresetName }))).toEqual([
      "unknown-preset",
      `A preset must be ${NAMES}, or an object of classes by level; got ${got}.`,
    ]);
  });

  const KEYS = "A preset has classes for all, debug, info, success, warning, error";

  test.each<[object, string]>([
    [{ danger: "red" }, `${KEYS}; got "danger".`],
    [["toast"], `${KEYS}; got "0".`],
    [{ all: ["toast"] }, "The classes for `all` must be a string; got an array of 1."],
    [{ error: { red: true } }, "The classes for `error` must be a string; got an object."],
    [{ error: null }, "The classes for `error` must be a string; got null."],
  ])("says what is wrong with the preset %o", (preset, text) => {
    expect(errorOf(() => renderMessages(FIVE, { preset }))).toEqual(["unknown-preset", text]);
  });

  test.each<[unknown, string]>([
    ["bootstrap", '"bootstrap"'],
    [null, "null"],
  ])("asks for the preset by its name where %o is in its place", (options, got) => {
    expect(errorOf(() => renderMessages(FIVE, options as object))).toEqual([
      "unknown-preset",
      `Expected { preset }; got ${got}.`,
    ]);
  });
});

describe("messageHtml()", () => {
  test.each([
    ["a text", "<b>1 & 2</b>", false, "&lt;b&gt;1 &amp; 2&lt;/b&gt;"],
    ["safe HTML", "<b>1 &amp; 2</b>", true, "<b>1 &amp; 2</b>"],
    ["an empty text", "", false, ""],
  ])("gives %s as HTML", (_, text, safe, html) => {
    const message = new Message(INFO, safe ? markSafe(text) : text);
    expect([messageHtml(message), messageHtml(message.toJSON()), message.toHTML()]).toEqual([html, html, html]);
  });

  test("asks a lazy text each time", () => {
    let language = "<en>";
    const message = new Message(INFO, { toString: () => language });
    expect(messageHtml(message)).toBe("&lt;en&gt;");
    language = "<fr>";
    expect(messageHtml(message)).toBe("&lt;fr&gt;");
  });

  test.each(["true", 1, {}, undefined])("escapes where safe is %o, and not true", (safe) => {
    const message = { ...new Message(INFO, "<b>").toJSON(), safe } as never;
    expect(messageHtml(message)).toBe("&lt;b&gt;");
  });

  test("does not believe a message that it is safe: its text says so", () => {
    const message = Object.assign(Object.create(Message.prototype), { level: INFO, message: "<b>", safe: true });
    expect(messageHtml(message)).toBe("&lt;b&gt;");
  });

  test.each([
    [7, "7"],
    [true, "true"],
    [Symbol("<x>"), "Symbol(&lt;x&gt;)"],
  ])("reads %o as its text", (text, html) => {
    expect(messageHtml(new Message(INFO, text))).toBe(html);
  });

  test.each<[unknown, string, string?]>([
    [{}, "an object"],
    [{ text: "Hi." }, "an object"],
    [Object.create(null), "an object"],
    [Promise.resolve("Hi."), "an instance of Promise"],
    [function translate() {}, "the function `translate`"],
    [["Hi.", "Ho."], "an array of 2", " Add a message for each item, or join them."],
  ])("refuses %o as a text, for it would read like none", (text, got, hint = "") => {
    const error = [
      "invalid-text",
      `A message must be a string, a SafeString or an object with a toString() of its own; got ${got}.${hint}`,
    ];
    for (const message of [new Message(INFO, text as string), { level: INFO, message: text, safe: true }]) {
      expect(errorOf(() => messageHtml(message as Message))).toEqual(error);
      expect(errorOf(() => renderMessages([message as Message]))).toEqual(error);
    }
  });
});
