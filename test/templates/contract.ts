import { defineMessages, ERROR, INFO, Message, type Messages, markSafe, SUCCESS, WARNING } from "onceover";
import { type PresetName, renderMessages } from "onceover/html";
import { type DefaultTreeAdapterTypes, parseFragment, serialize } from "parse5";
import { describe, expect, test, vi } from "vitest";
import { Ledger } from "../../src/core/ledger.ts";

/** A template engine, and the same two templates in its own idiom. */
export interface Engine {
  readonly name: string;
  /**
   * Django's list by a loop: `<ul class="messages">` around `<li class="{tags}">{text}</li>`, and nothing at all where there
   * are no messages. Text is escaped, unless it was marked safe.
   */
  list(messages: Messages): string | Promise<string>;
  /** All messages by the engine's one line. */
  all(messages: Messages, preset: PresetName): string | Promise<string>;
}

const config = defineMessages({ storage: "session" });

/** The messages of a request for which these wait, of level INFO where only a text is said, and how often they were read. */
export function watched(...loaded: readonly (Message | string)[]) {
  const list = loaded.map((item) => (typeof item === "string" ? new Message(INFO, item) : item));
  const [touch, read] = [vi.fn(), vi.fn(() => list)];
  return { messages: config.messages(new Ledger(config), { touch, waiting: read }), touch, read };
}

/** The messages of a request for which these wait. */
export function waiting(...loaded: readonly (Message | string)[]): Messages {
  return watched(...loaded).messages;
}

/** Two messages: one that is escaped, and one that is not. */
export function two(): Messages {
  return waiting(new Message(INFO, "a <b>", { extraTags: "x" }), new Message(ERROR, markSafe("<i>b</i>")));
}

export const SAFE: Message = new Message(INFO, markSafe("<b>a</b>"));

/** What JSX takes for no text, where it stands as a child. */
export const CHILDREN = [
  ["a message", SAFE],
  ["a message as JSON", SAFE.toJSON()],
  ["safe HTML", SAFE.message],
] as const;

/** The element that a template wrote for a message, as a browser reads it. */
interface Shown {
  readonly attributes: Readonly<Record<string, string>>;
  /** What is inside, written anew: engines do not all escape the same characters. */
  readonly html: string;
}

/** The elements of these names that are in the HTML. Comments say nothing, nor does an empty class: some leave it out. */
export function shownIn(html: string, ...names: readonly string[]): Shown[] {
  const found: Shown[] = [];
  const walk = (node: DefaultTreeAdapterTypes.ParentNode): void => {
    for (const child of node.childNodes) {
      if (!("tagName" in child)) continue;
      if (!names.includes(child.tagName)) {
        walk(child);
        continue;
      }
      const attributes = Object.fromEntries(child.attrs.map(({ name, value }) => [name, value]));
      if (attributes.class === "") delete attributes.class;
      found.push({ attributes, html: withoutComments(serialize(child)).trim() });
    }
  };
  walk(parseFragment(html));
  return found;
}

const withoutComments = (html: string) => html.replace(/<!--.*?-->/g, "");

const EVIL = `<script>alert("it's")</script> & co`;
const EVIL_TAGS = `"><script>' onclick=x`;

const CASES: readonly (readonly [string, readonly Message[]])[] = [
  ["no message", []],
  ["one", [new Message(INFO, "Hello.")]],
  [
    "many",
    [
      new Message(INFO, "a", { extraTags: "x y" }),
      new Message(SUCCESS, "b"),
      new Message(WARNING, "c", { data: { id: 7 } }),
      new Message(ERROR, "d"),
      new Message(99, "e"),
    ],
  ],
  ["a text that looks like HTML", [new Message(INFO, EVIL)]],
  ["tags that look like HTML", [new Message(INFO, "a", { extraTags: EVIL_TAGS })]],
  ["safe HTML", [new Message(INFO, markSafe('<b class="x">it</b> &amp; <a href="/y?a=1&amp;b=2">more</a>'))]],
  ["safe and unsafe side by side", [new Message(INFO, markSafe("<i>a</i>")), new Message(ERROR, "<i>b</i>")]],
  ["a text that is asked late", [new Message(INFO, { toString: () => "<lazy>" })]],
];

/** What is promised of messages in every template engine. */
export function templateContract(engine: Engine): void {
  describe(`${engine.name}: a loop`, () => {
    test.each(CASES)("prints %s", async (_, messages) => {
      const html = await engine.list(waiting(...messages));
      const expected = messages.map((message) => ({
        attributes: message.tags === "" ? {} : { class: message.tags },
        html: serialize(parseFragment(message.toHTML())),
      }));
      expect(shownIn(html, "li")).toEqual(expected);
      expect(shownIn(html, "ul").map(({ attributes }) => attributes)).toEqual(
        messages.length > 0 ? [{ class: "messages" }] : [],
      );
      if (messages.length === 0) expect(withoutComments(html).trim()).toBe("");
    });

    test("shows each message once", async () => {
      const messages = waiting(new Message(INFO, "a"));
      await engine.list(messages);
      expect(messages.used).toBe(true);
    });
  });

  describe.each(["plain", "bootstrap", "tailwind", "bulma", "pico"] as const)(
    `${engine.name}: one line, %s`,
    (preset) => {
      test.each(CASES)("prints %s", async (_, messages) => {
        const html = await engine.all(waiting(...messages), preset);
        expect(shownIn(html, "div")).toEqual(shownIn(renderMessages(messages, { preset }), "div"));
      });

      test("shows each message once", async () => {
        const messages = waiting(new Message(INFO, "a"));
        await engine.all(messages, preset);
        expect(messages.used).toBe(true);
      });
    },
  );
}

/** A preset that an engine is given for all its templates is refused at once, where it does not exist. */
export function refusesPresets(registerMessages: (options: never) => unknown): void {
  test.each([
    [{ preset: "bootsrap" }, 'got "bootsrap"'],
    ["bootstrap", 'Expected { preset }; got "bootstrap"'],
  ])("refuses the preset %j when the app starts", (options, text) => {
    expect(() => registerMessages(options as never)).toThrow(text);
  });
}
