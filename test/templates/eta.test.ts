import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { Eta } from "eta";
import express from "express";
import { ERROR, INFO, Message, markSafe } from "onceover";
import { messages as expressMessages } from "onceover/express";
import { renderMessages } from "onceover/html";
import { describe, expect, onTestFinished, test } from "vitest";
import { listen } from "../adapters/servers.ts";
import { Client } from "../client.ts";
import { SECRET } from "../support.ts";
import { shownIn, templateContract, waiting } from "./contract.ts";
import { eta as engine, LIST, line } from "./engines/eta.ts";

templateContract(engine);

const two = () => waiting(new Message(INFO, "<a>"), new Message(ERROR, markSafe("<b>b</b>")));

test("the documentation shows the templates that are tested", () => {
  const page = readFileSync(join(import.meta.dirname, "../../docs/eta.md"), "utf8");
  expect(page).toContain(LIST);
  expect(page).toContain(line("bootstrap"));
});

describe("a template", () => {
  const eta = new Eta();
  const loop = (item: string) => `<% for (const message of it.messages) { %>${item}|<% } %>`;

  test.each([
    ["<%~ message.toHTML() %>", "&lt;a&gt;|<b>b</b>|"],
    ["<%= message %>", "&lt;a&gt;|&lt;b&gt;b&lt;/b&gt;|"],
    ["<%~ message %>", "<a>|<b>b</b>|"],
    ["<%= message.level_tag %> <%= message.levelTag %>", "info info|error error|"],
  ])("prints %s of each message as the documentation says", (item, html) => {
    expect(eta.renderString(loop(item), { messages: two() })).toBe(html);
  });

  test("takes no messages for true, and their length for false", () => {
    const template = "<% if (it.messages) { %>a<% } %><% if (it.messages.length) { %>b<% } %>";
    expect(eta.renderString(template, { messages: waiting() })).toBe("a");
    expect(eta.renderString(template, { messages: two() })).toBe("ab");
  });

  test("shows none by asking for their length", () => {
    const messages = two();
    expect(eta.renderString("<%= it.messages.length %>", { messages })).toBe("2");
    expect(messages.used).toBe(false);
  });

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
    expect(raw.renderString(loop("<%= message.toHTML() %>"), { messages: two() })).toBe("&lt;a&gt;|<b>b</b>|");
  });

  test("that is not given messages fails in the loop, and prints nothing by the one line", () => {
    expect(() => eta.renderString(LIST, {})).toThrow("reading 'length'");
    expect(eta.renderString(line("plain"), { renderMessages })).toBe("");
  });

  test("can be asynchronous", async () => {
    const html = await eta.renderStringAsync(`<% await null; %>${loop("<%~ message.toHTML() %>")}`, {
      messages: two(),
    });
    expect(html).toBe("&lt;a&gt;|<b>b</b>|");
  });
});

describe("in Express", () => {
  /** A visitor for whom two messages wait; the app is that of the documentation. */
  async function visitor(templates: Readonly<Record<string, string>>): Promise<Client> {
    const views = mkdtempSync(join(tmpdir(), "views-"));
    for (const [name, template] of Object.entries(templates)) writeFileSync(join(views, `${name}.eta`), template);
    const eta = new Eta({ views, cache: true });
    const app = express();
    app.engine("eta", (path, locals, done) => done(null, eta.render(relative(views, path), locals)));
    app.set("views", views);
    app.set("view engine", "eta");
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
      rmSync(views, { recursive: true });
    });
    const client = new Client(server.origin);
    await client.post("/");
    return client;
  }

  test.each([
    ["by a view that it includes", { page: "<main><%~ include('./list') %></main>", list: LIST }],
    ["by its layout", { page: "<% layout('./list') %>body", list: `${LIST}<main><%~ it.body %></main>` }],
  ])("a page shows messages once, also %s", async (_, templates) => {
    const client = await visitor(templates);
    expect(shownIn((await client.get("/page")).body, "li")).toEqual([
      { attributes: { class: "profile success" }, html: "&lt;Saved&gt;" },
      { attributes: { class: "error" }, html: "<b>Not</b> saved" },
    ]);
    const next = (await client.get("/page")).body;
    expect([shownIn(next, "li"), shownIn(next, "main").length]).toEqual([[], 1]);
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

  test("a page that does not use messages leaves them alone, and one that fails keeps them", async () => {
    const client = await visitor({ page: LIST, plain: "plain", failing: `${LIST}<% throw new Error("late") %>` });
    const plain = await client.get("/plain");
    expect([plain.body, plain.headers["set-cookie"], plain.headers.vary]).toEqual(["plain", undefined, undefined]);
    expect((await client.get("/failing")).status).toBe(500);
    expect(shownIn((await client.get("/page")).body, "li")).toHaveLength(2);
  });
});
