import { readFileSync } from "node:fs";
import { join } from "node:path";
import Mustache from "mustache";
import { ERROR } from "onceover";
import { describe, expect, test } from "vitest";
import { templateContract, two, waiting } from "./contract.ts";
import { ALL, mustache as engine, LIST, viewOf } from "./engines/mustache.ts";
import { expressContract } from "./express-contract.ts";

templateContract(engine);

expressContract({
  name: "mustache",
  setUp: (app, views) => {
    app.use((req, res, next) => {
      Object.assign(res.locals, viewOf(req.messages, "bootstrap"));
      next();
    });
    const read = (name: string) => readFileSync(join(views, `${name}.mustache`), "utf8");
    app.engine("mustache", (path, locals, done) =>
      done(null, Mustache.render(readFileSync(path, "utf8"), locals, read)),
    );
  },
  list: LIST,
  line: ALL,
  fail: "{{fail}}",
  pages: { "a partial": { page: "<main>{{> list}}text</main>", list: LIST } },
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
