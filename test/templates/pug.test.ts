import { INFO, Message } from "onceover";
import { renderMessages } from "onceover/html";
import pug from "pug";
import { describe, expect, test } from "vitest";
import { shownIn, templateContract, two, waiting } from "./contract.ts";
import { pug as engine, LIST, line } from "./engines/pug.ts";
import { expressContract } from "./express-contract.ts";
import { javascriptContract } from "./javascript-contract.ts";

templateContract(engine);

const loop = (item: string) => `each message of messages\n  ${item}`;

javascriptContract({
  name: engine.name,
  print: pug.render,
  loop,
  items: [
    ["p!= message.toHTML()", "<p>a &lt;b&gt;</p><p><i>b</i></p>"],
    ["p !{message.toHTML()}", "<p>a &lt;b&gt;</p><p><i>b</i></p>"],
    ["p= message", "<p>a &lt;b&gt;</p><p>&lt;i&gt;b&lt;/i&gt;</p>"],
    ["p #{message}", "<p>a &lt;b&gt;</p><p>&lt;i&gt;b&lt;/i&gt;</p>"],
    ["p!= message", "<p>a <b></p><p><i>b</i></p>"],
    ["p= message.level_tag + message.levelTag", "<p>infoinfo</p><p>errorerror</p>"],
    ["p(title=message.toString())", '<p title="a &lt;b&gt;"></p><p title="&lt;i&gt;b&lt;/i&gt;"></p>'],
  ],
  truth: "if messages\n  | a\nif messages.length\n  | b",
  length: "= messages.length",
});

expressContract({
  name: "pug",
  setUp: (app) => {
    app.locals.renderMessages = renderMessages;
  },
  list: LIST,
  line: line("bootstrap"),
  fail: "- fail()",
  pages: {
    "a view that it includes": { page: "main\n  include list\n  | text", list: LIST },
    "a layout that it extends": {
      page: "extends layout\nblock body\n  | text",
      layout: `main\n${indented(LIST)}\n  block body`,
    },
    "a mixin": { page: `mixin list(messages)\n${indented(LIST)}\nmain\n  +list(messages)\n  | text` },
  },
});

describe("a template", () => {
  test("that is not given messages fails in the loop, and prints nothing by the one line", () => {
    expect(() => pug.render(LIST, {})).toThrow("Cannot read properties of undefined (reading 'length')");
    expect(pug.render(line("bootstrap"), { renderMessages })).toBe("");
  });

  test("that loops with `in` prints an element without text for each message, or fails, and shows none", () => {
    const messages = two();
    expect(pug.render("each message in messages\n  p= message", { messages })).toBe("<p></p><p></p>");
    const template = "each message in messages\n  p(class=message.tags)= message";
    expect(() => pug.render(template, { messages })).toThrow("Cannot read properties of undefined (reading 'tags')");
    expect(messages.used).toBe(false);
  });

  test("has an `else` of its loop only with `in`, over an array of the messages", () => {
    const otherwise = "\n  p= message\nelse\n  p none";
    expect(() => pug.render(`each message of messages${otherwise}`, { messages: two() })).toThrow('"else"');
    const template = `each message in [...messages]${otherwise}`;
    expect(pug.render(template, { messages: waiting() })).toBe("<p>none</p>");
    expect(pug.render(template, { messages: waiting(new Message(INFO, "a")) })).toBe("<p>a</p>");
  });

  test("has no class where a message has no tags", () => {
    expect(pug.render(loop("p(class=message.tags)= message"), { messages: waiting(new Message(99, "a")) })).toBe(
      "<p>a</p>",
    );
  });

  test("writes one message or all of them into an attribute as JSON, which shows them", () => {
    const json = (html: string) => JSON.parse(shownIn(html, "p")[0]?.attributes["data-json"] ?? "");
    const expected = { level: INFO, message: `"it's" <a>`, safe: false, tags: "info" };
    const messages = waiting(new Message(INFO, expected.message));
    expect(json(pug.render("p(data-json=messages)", { messages }))).toMatchObject([expected]);
    expect(messages.used).toBe(true);
    expect(json(pug.render(loop("p(data-json=message)"), { messages }))).toMatchObject(expected);
  });
});

function indented(template: string): string {
  return template.trimEnd().replace(/^/gm, "  ");
}
