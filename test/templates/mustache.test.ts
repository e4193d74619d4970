import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import express from "express";
import Mustache from "mustache";
import { ERROR, INFO, Message, markSafe } from "onceover";
import { messages as expressMessages } from "onceover/express";
import { describe, expect, onTestFinished, test } from "vitest";
import { listen } from "../adapters/servers.ts";
import { Client } from "../client.ts";
import { SECRET } from "../support.ts";
import { shownIn, templateContract, waiting } from "./contract.ts";
import { ALL, mustache as engine, LIST, viewOf } from "./engines/mustache.ts";

templateContract(engine);

const two = () => waiting(new Message(INFO, "a <b>", { extraTags: "x" }), new Message(ERROR, markSafe("<i>b</i>")));

test("the documentation shows the templates that are tested", () => {
  const page = readFileSync(join(import.meta.dirname, "../../docs/mustache.md"), "utf8");
  expect(page).toContain(LIST);
  expect(page).toContain(ALL);
});

describe("a template", () => {
  test.each([
    ["{{#messages}}{{{toHTML}}}|{{/messages}}", "a &lt;b&gt;|<i>b</i>|"],
    ["{{#messages}}{{.}}|{{/messages}}", "a &lt;b&gt;|&lt;i&gt;b&lt;&#x2F;i&gt;|"],
    ["{{#messages}}{{message}}|{{/messages}}", "a &lt;b&gt;|&lt;i&gt;b&lt;&#x2F;i&gt;|"],
    ["{{#messages}}{{{message}}}|{{/messages}}", "a <b>|<i>b</i>|"],
    [
      "{{#messages}}{{level}} {{level_tag}} {{levelTag}} {{extraTags}}|{{/messages}}",
      "20 info info x|40 error error |",
    ],
    ["{{^messages}}none{{/messages}}", ""],
    ["{{^hasMessages}}none{{/hasMessages}}", ""],
  ])("prints %s of messages as the documentation says", (template, html) => {
    expect(Mustache.render(template, viewOf(two()))).toBe(html);
  });

  test("prints what is for no messages where there are none", () => {
    expect(Mustache.render("{{^messages}}none{{/messages}}", viewOf(waiting()))).toBe("none");
    expect(Mustache.render("{{^hasMessages}}none{{/hasMessages}}", viewOf(waiting()))).toBe("none");
  });

  test("that is given the messages themselves prints its section once, and loops over nothing", () => {
    expect(Mustache.render("{{#messages}}[{{{toHTML}}}]{{/messages}}", { messages: two() })).toBe("[]");
    expect(Mustache.render("{{#messages}}[{{{toHTML}}}]{{/messages}}", { messages: waiting() })).toBe("[]");
    expect(Mustache.render("{{#messages}}{{.}}{{/messages}}", { messages: waiting() })).toBe("[object Messages]");
  });

  test("prints messages that a handler took", () => {
    const messages = two();
    const errors = messages.take(({ level }) => level === ERROR);
    expect(Mustache.render("{{#errors}}{{tags}}: {{{toHTML}}}{{/errors}}", { errors })).toBe("error: <i>b</i>");
  });

  test("prints the same by a partial", () => {
    const view = () => viewOf(two());
    expect(Mustache.render("{{> list}}", view(), { list: LIST })).toBe(Mustache.render(LIST, view()));
  });
});

describe("touching", () => {
  test.each(["<p>{{title}}</p>", "{{#hasMessages}}some{{/hasMessages}}"])("by %s shows none", (template) => {
    const messages = two();
    Mustache.render(template, viewOf(messages));
    expect(messages.used).toBe(false);
  });

  test.each([LIST, ALL, "{{^messages}}none{{/messages}}"])("by %s shows all", (template) => {
    const messages = two();
    Mustache.render(template, viewOf(messages));
    expect(messages.used).toBe(true);
  });
});

test("in Express, a page shows messages once, and one that does not use them leaves them alone", async () => {
  const views = mkdtempSync(join(tmpdir(), "views-"));
  const templates = { page: LIST, all: ALL, plain: "plain" };
  for (const [name, template] of Object.entries(templates)) writeFileSync(join(views, `${name}.mustache`), template);
  const app = express();
  app.use(expressMessages({ secret: SECRET }));
  app.use((req, res, next) => {
    Object.assign(res.locals, viewOf(req.messages, "bootstrap"));
    next();
  });
  app.engine("mustache", (path, locals, done) => done(null, Mustache.render(readFileSync(path, "utf8"), locals)));
  app.set("views", views);
  app.set("view engine", "mustache");
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
  const plain = await client.get("/plain");
  expect([plain.body, plain.headers["set-cookie"], plain.headers.vary]).toEqual(["plain", undefined, undefined]);
  expect(shownIn((await client.get("/page")).body, "li")).toEqual([
    { attributes: { class: "profile success" }, html: "&lt;Saved&gt;" },
    { attributes: { class: "error" }, html: "<b>Not</b> saved" },
  ]);
  expect((await client.get("/page")).body).toBe("");
  await client.post("/");
  expect(shownIn((await client.get("/all")).body, "div").map(({ html }) => html)).toEqual([
    "&lt;Saved&gt;",
    "<b>Not</b> saved",
  ]);
  expect((await client.get("/all")).body).toBe("");
});
