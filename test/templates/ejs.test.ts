import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import ejs from "ejs";
import express from "express";
import { ERROR, INFO, Message, markSafe } from "onceover";
import { messages as expressMessages } from "onceover/express";
import { renderMessages } from "onceover/html";
import { describe, expect, onTestFinished, test } from "vitest";
import { listen } from "../adapters/servers.ts";
import { Client } from "../client.ts";
import { SECRET } from "../support.ts";
import { shownIn, templateContract, waiting } from "./contract.ts";
import { ejs as engine, LIST, line } from "./engines/ejs.ts";

templateContract(engine);

const two = () => waiting(new Message(INFO, "<a>"), new Message(ERROR, markSafe("<b>b</b>")));

test("the documentation shows the templates that are tested", () => {
  const page = readFileSync(join(import.meta.dirname, "../../docs/ejs.md"), "utf8");
  expect(page).toContain(LIST);
  expect(page).toContain(line("bootstrap"));
});

describe("a template", () => {
  const loop = (item: string) => `<% for (const message of messages) { %>${item}|<% } %>`;

  test.each([
    ["<%- message.toHTML() %>", "&lt;a&gt;|<b>b</b>|"],
    ["<%= message %>", "&lt;a&gt;|&lt;b&gt;b&lt;/b&gt;|"],
    ["<%- message %>", "<a>|<b>b</b>|"],
    ["<%= message.level_tag %> <%= message.levelTag %>", "info info|error error|"],
  ])("prints %s of each message as the documentation says", (item, html) => {
    expect(ejs.render(loop(item), { messages: two() })).toBe(html);
  });

  test("takes no messages for true, and their length for false", () => {
    const template = "<% if (messages) { %>a<% } %><% if (messages.length) { %>b<% } %>";
    expect(ejs.render(template, { messages: waiting() })).toBe("a");
    expect(ejs.render(template, { messages: two() })).toBe("ab");
  });

  test("shows none by asking for their length", () => {
    const messages = two();
    expect(ejs.render("<%= messages.length %>", { messages })).toBe("2");
    expect(messages.used).toBe(false);
  });

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

describe("in Express", () => {
  /** A visitor for whom two messages wait. */
  async function visitor(views: Readonly<Record<string, string>>): Promise<Client> {
    const folder = mkdtempSync(join(tmpdir(), "views-"));
    for (const [name, template] of Object.entries(views)) writeFileSync(join(folder, `${name}.ejs`), template);
    const app = express();
    app.set("views", folder);
    app.set("view engine", "ejs");
    app.locals.renderMessages = renderMessages;
    app.use(expressMessages({ secret: SECRET }));
    app.get("/:view", (req, res) => res.render(req.params.view));
    app.post("/", (req, res) => {
      req.messages.success("<Saved>", { extraTags: "profile" });
      req.messages.error(markSafe("<b>Not</b> saved"));
      res.redirect("/page");
    });
    const server = await listen(app);
    onTestFinished(async () => {
      await server.close();
      rmSync(folder, { recursive: true });
    });
    const client = new Client(server.origin);
    await client.post("/");
    return client;
  }

  test("a page shows messages once, also by a view that it includes", async () => {
    const client = await visitor({ page: "<main><%- include('list') %></main>", list: LIST });
    expect(shownIn((await client.get("/page")).body, "li")).toEqual([
      { attributes: { class: "profile success" }, html: "&lt;Saved&gt;" },
      { attributes: { class: "error" }, html: "<b>Not</b> saved" },
    ]);
    expect((await client.get("/page")).body.trim()).toMatch(/^<main>\s*<\/main>$/);
  });

  test("a page shows them by one line", async () => {
    const client = await visitor({ page: line("bootstrap") });
    const shown = shownIn((await client.get("/page")).body, "div");
    expect(shown.map(({ attributes, html }) => [attributes.class, html])).toEqual([
      ["alert alert-dismissible alert-success profile success", "&lt;Saved&gt;"],
      ["alert alert-dismissible alert-danger error", "<b>Not</b> saved"],
    ]);
    expect((await client.get("/page")).body).toBe("");
  });

  test("a page that does not use messages leaves them alone", async () => {
    const client = await visitor({ page: LIST, plain: "plain" });
    const plain = await client.get("/plain");
    expect([plain.body, plain.headers["set-cookie"], plain.headers.vary]).toEqual(["plain", undefined, undefined]);
    expect(shownIn((await client.get("/page")).body, "li")).toHaveLength(2);
  });
});
