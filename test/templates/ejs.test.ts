import ejs from "ejs";
import { renderMessages } from "onceover/html";
import { describe, expect, test } from "vitest";
import { templateContract, two } from "./contract.ts";
import { ejs as engine, LIST, line } from "./engines/ejs.ts";
import { expressContract } from "./express-contract.ts";
import { javascriptContract } from "./javascript-contract.ts";

templateContract(engine);

javascriptContract({
  name: engine.name,
  print: ejs.render,
  loop: (item) => `<% for (const message of messages) { %>${item}|<% } %>`,
  items: [
    ["<%- message.toHTML() %>", "a &lt;b&gt;|<i>b</i>|"],
    ["<%= message %>", "a &lt;b&gt;|&lt;i&gt;b&lt;/i&gt;|"],
    ["<%- message %>", "a <b>|<i>b</i>|"],
    ["<%= message.level_tag %> <%= message.levelTag %>", "info info|error error|"],
  ],
  truth: "<% if (messages) { %>a<% } %><% if (messages.length) { %>b<% } %>",
  length: "<%= messages.length %>",
});

expressContract({
  name: "ejs",
  setUp: (app) => {
    app.locals.renderMessages = renderMessages;
  },
  list: LIST,
  line: line("bootstrap"),
  fail: "<% fail() %>",
  pages: { "a view that it includes": { page: "<main><%- include('list') %>text</main>", list: LIST } },
});

describe("a template", () => {
  test("that takes messages for an array prints nothing, or fails, and shows none", () => {
    const messages = two();
    expect(ejs.render("<% for (const i in messages) { %><%= messages[i] %><% } %>", { messages })).toBe("");
    expect(() => ejs.render("<% messages.forEach((message) => { %><% }) %>", { messages })).toThrow("forEach");
    expect(messages.used).toBe(false);
    expect(ejs.render("<% [...messages].forEach((message) => { %>x<% }) %>", { messages })).toBe("xx");
  });

  test("that is not given messages says so", () => {
    expect(() => ejs.render(LIST, {})).toThrow("messages is not defined");
  });
});
