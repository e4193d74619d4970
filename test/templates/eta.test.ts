import { relative } from "node:path";
import { Eta } from "eta";
import { renderMessages } from "onceover/html";
import { describe, expect, test } from "vitest";
import { templateContract, two } from "./contract.ts";
import { eta as engine, LIST, line } from "./engines/eta.ts";
import { expressContract } from "./express-contract.ts";
import { javascriptContract } from "./javascript-contract.ts";

templateContract(engine);

const eta = new Eta();
const loop = (item: string) => `<% for (const message of it.messages) { %>${item}|<% } %>`;

javascriptContract({
  name: engine.name,
  print: (template, context) => eta.renderString(template, context),
  loop,
  items: [
    ["<%~ message.toHTML() %>", "a &lt;b&gt;|<i>b</i>|"],
    ["<%= message %>", "a &lt;b&gt;|&lt;i&gt;b&lt;/i&gt;|"],
    ["<%~ message %>", "a <b>|<i>b</i>|"],
    ["<%= message.level_tag %> <%= message.levelTag %>", "info info|error error|"],
  ],
  truth: "<% if (it.messages) { %>a<% } %><% if (it.messages.length) { %>b<% } %>",
  length: "<%= it.messages.length %>",
});

expressContract({
  name: "eta",
  setUp: (app, views) => {
    const eta = new Eta({ views, cache: true });
    app.engine("eta", (path, locals, done) => done(null, eta.render(relative(views, path), locals)));
    app.locals.renderMessages = renderMessages;
  },
  list: LIST,
  line: line("bootstrap"),
  fail: "<% it.fail() %>",
  pages: {
    "a view that it includes": { page: "<main><%~ include('./list') %>text</main>", list: LIST },
    "its layout": { page: "<% layout('./layout') %>text", layout: `<main>${LIST}<%~ it.body %></main>` },
  },
});

describe("a template", () => {
  test("that takes messages for an array prints nothing, or fails, and shows none", () => {
    const messages = two();
    const wrong = "<% for (const i in it.messages) { %><%= it.messages[i] %><% } %>";
    expect(eta.renderString(wrong, { messages })).toBe("");
    const each = (list: string) => `<% ${list}.forEach((message) => { %>x<% }) %>`;
    expect(() => eta.renderString(each("it.messages"), { messages })).toThrow("forEach");
    expect(messages.used).toBe(false);
    expect(eta.renderString(each("[...it.messages]"), { messages })).toBe("xx");
  });

  test("escapes with toHTML() also where Eta is told to escape nothing", () => {
    const raw = new Eta({ autoEscape: false });
    expect(raw.renderString(loop("<%= message.toHTML() %>"), { messages: two() })).toBe("a &lt;b&gt;|<i>b</i>|");
  });

  test("that is not given messages fails in the loop, and prints nothing by the one line", () => {
    expect(() => eta.renderString(LIST, {})).toThrow("reading 'length'");
    expect(eta.renderString(line("plain"), { renderMessages })).toBe("");
  });

  test("can be asynchronous", async () => {
    const html = await eta.renderStringAsync(`<% await null; %>${loop("<%~ message.toHTML() %>")}`, {
      messages: two(),
    });
    expect(html).toBe("a &lt;b&gt;|<i>b</i>|");
  });
});
