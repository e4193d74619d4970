import { existsSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import Handlebars from "handlebars";
import { ERROR } from "onceover";
import { registerMessages } from "onceover/handlebars";
import { renderMessages } from "onceover/html";
import { describe, expect, onTestFinished, test, vi } from "vitest";
import { refusesPresets, shownIn, templateContract, two, waiting } from "./contract.ts";
import { handlebars as engine, LIST, line } from "./engines/handlebars.ts";
import { type ExpressEngine, expressContract, visitor } from "./express-contract.ts";

templateContract(engine);
refusesPresets((options) => registerMessages(Handlebars.create(), options));

/** What a template prints; refused properties are no part of the page, but are logged. */
function print(template: string, context: object, options: Handlebars.RuntimeOptions = {}): string {
  return registerMessages(Handlebars.create()).compile(template)(context, options);
}

describe("a template", () => {
  const log = vi.spyOn(Handlebars.logger, "log");

  test.each([
    ["{{#each messages}}{{message}}|{{/each}}", "a &lt;b&gt;|<i>b</i>|"],
    ["{{#each messages}}{{this}}|{{/each}}", "a &lt;b&gt;|<i>b</i>|"],
    [
      "{{#each messages}}{{level}},{{level_tag}},{{levelTag}},{{extraTags}}|{{/each}}",
      "20,info,info,x|40,error,error,|",
    ],
    ["{{#each messages}}{{@index}}{{#unless @last}},{{/unless}}{{/each}}", "0,1"],
    ["{{#each messages as |m|}}{{m.tags}}: {{m}}|{{/each}}", "x info: a &lt;b&gt;|error: <i>b</i>|"],
    ["{{#each messages}}x{{else}}none{{/each}}", "xx"],
    ["{{#if messages}}some{{else}}none{{/if}}", "some"],
    ["{{#unless messages}}none{{else}}some{{/unless}}", "some"],
    ["{{#if no}}{{else if messages}}some{{/if}}", "some"],
    ["{{#with message}}{{else}}{{#if @root.messages}}some{{/if}}{{/with}}", "some"],
    ["{{onceover messages}}", renderMessages(two())],
    ["{{onceover messages preset='bulma'}}", renderMessages(two(), { preset: "bulma" })],
    ["{{onceover messages preset=nothing}}", renderMessages(two())],
  ])("with messages prints %s as its author expects", (template, html) => {
    log.mockClear();
    expect(print(template, { messages: two() })).toBe(html);
    expect(log).not.toHaveBeenCalled();
  });

  test.each([
    ["{{#each messages}}x{{else}}none{{/each}}", "none"],
    ["{{#if messages}}some{{else}}none{{/if}}", "none"],
    ["{{#unless messages}}none{{/unless}}", "none"],
    ["{{#if messages includeZero=true}}some{{else}}none{{/if}}", "none"],
    ["{{onceover messages}}", ""],
    ["{{onceover missing}}", ""],
  ])("without messages prints %s as its author expects", (template, html) => {
    expect(print(template, { messages: waiting() })).toBe(html);
  });

  test.each([
    ["a list", ["a"], []],
    ["a text", "a", ""],
    ["a number", 1, 0],
    ["a function", () => true, () => false],
    ["an object", {}, undefined],
  ])("takes %s for true or false as before", (_, yes, no) => {
    const template = "{{#if yes}}yes{{/if}}{{#if no}}{{else}}no{{/if}}{{#unless no}}no{{/unless}}";
    expect(print(template, { yes, no })).toBe("yesnono");
    expect(print("{{#if n includeZero=true}}yes{{/if}}", { n: 0 })).toBe("yes");
    expect(() => print("{{#if}}{{/if}}", {})).toThrow("#if requires exactly one argument");
  });

  test("prints messages that a handler took like those of a loop, in a list and alone", () => {
    const messages = two();
    const errors = messages.take(({ level }) => level === ERROR);
    const template = "{{#if errors}}{{#each errors}}{{tags}}: {{this}}{{/each}}{{/if}}|{{info}}|{{onceover errors}}";
    expect(print(template, { errors, info: messages.peek()[0] })).toBe(
      `error: <i>b</i>|a &lt;b&gt;|${renderMessages(errors)}`,
    );
    expect(print("{{#if errors}}some{{/if}}", { errors: messages.take() })).toBe("some");
    expect(print("{{#if errors}}some{{/if}}", { errors: messages.take() })).toBe("");
  });

  test("escapes nothing in three braces, and neither prints methods nor the length", () => {
    log.mockReturnValue();
    onTestFinished(() => {
      log.mockReset();
    });
    expect(print("{{#each messages}}{{{this}}}|{{/each}}", { messages: two() })).toBe("a <b>|<i>b</i>|");
    expect(print("{{messages.length}}{{#each messages}}{{toHTML}}{{/each}}", { messages: two() })).toBe("");
    expect(log.mock.calls.flat().join()).toContain('"length"');
    expect(print("{{messages.length}}", { messages: two() }, { allowedProtoProperties: { length: true } })).toBe("2");
  });

  test.each([
    ["two", two()],
    ["no", waiting()],
  ])("with %s messages runs a section once, and does not loop over them", (_, messages) => {
    expect(print("{{#messages}}x{{this}}{{/messages}}", { messages })).toBe("x[object Messages]");
    expect(messages.used).toBe(false);
  });

  test("is told what is wrong with what it hands to the helper", () => {
    expect(() => print("{{onceover}}", {})).toThrow("write `{{onceover messages}}`");
    expect(() => print("{{onceover messages}}", { messages: 7 })).toThrow("got 7");
    expect(() => print("{{onceover messages preset='nope'}}", { messages: two() })).toThrow('got "nope"');
  });

  test("takes the preset of the template by name and by place", () => {
    const classOf = (template: string) => shownIn(print(template, { messages: two() }), "div")[0]?.attributes.class;
    expect(classOf('{{onceover messages preset="bulma"}}')).toContain("notification");
    expect(classOf('{{onceover messages "bulma"}}')).toContain("notification");
    expect(() => print('{{onceover messages "bootsrap"}}', { messages: two() })).toThrow('got "bootsrap"');
  });

  test("is given the preset of its Handlebars, unless it says another", () => {
    const handlebars = registerMessages(Handlebars.create(), { preset: { all: "toast" } });
    expect(handlebars.compile("{{onceover messages}}")({ messages: two() })).toContain('class="toast x info"');
    expect(handlebars.compile(line("bootstrap"))({ messages: two() })).toContain("alert-info");
  });

  test("in a strict template, in a partial, and as an argument of it shows the same", () => {
    const handlebars = registerMessages(Handlebars.create());
    handlebars.registerPartial("list", LIST);
    const html = handlebars.compile(LIST)({ messages: two() });
    expect(handlebars.compile(LIST, { strict: true })({ messages: two() })).toBe(html);
    expect(handlebars.compile("{{> list}}")({ messages: two() })).toBe(html);
    expect(handlebars.compile("{{> list messages=all}}")({ all: two() })).toBe(html);
  });

  test("in another Handlebars is as it was", () => {
    expect(Handlebars.create().compile("{{#if messages}}some{{/if}}")({ messages: waiting() })).toBe("some");
    const handlebars = Handlebars.create();
    expect(registerMessages(handlebars)).toBe(handlebars);
    expect(registerMessages(handlebars).compile(LIST)({ messages: waiting() })).toBe("");
  });
});

test("a template that was compiled before runs by the runtime alone", () => {
  const runtime = registerMessages(
    (createRequire(import.meta.url)("handlebars/runtime") as typeof Handlebars).create(),
  );
  const precompiled = (template: string, options: PrecompileOptions = {}) =>
    runtime.template(new Function(`return ${Handlebars.precompile(template, options)}`)());
  expect(runtime.compile).toBeUndefined();
  for (const messages of [waiting(), two()]) {
    const html = Handlebars.compile("{{#if list}}<ul>{{#each list}}<li>{{this}}</li>{{/each}}</ul>{{/if}}")({
      list: messages.peek(),
    });
    expect(
      precompiled("{{#if list}}<ul>{{#each list}}<li>{{this}}</li>{{/each}}</ul>{{/if}}")({ list: messages }),
    ).toBe(html);
    const known = { knownHelpersOnly: true, knownHelpers: { onceover: true } };
    expect(precompiled("{{onceover list}}", known)({ list: messages })).toBe(renderMessages(messages));
  }
});

describe("touching", () => {
  test.each(["<p>{{title}}</p>", "{{#if messages}}some{{/if}}", "{{#unless messages}}none{{/unless}}"])(
    "by %s shows none",
    (template) => {
      const messages = two();
      print(template, { messages });
      expect(messages.used).toBe(false);
    },
  );

  test.each(["{{#each messages}}{{/each}}", "{{onceover messages}}"])("by %s shows all", (template) => {
    const messages = two();
    print(template, { messages });
    expect(messages.used).toBe(true);
  });
});

const inExpress: ExpressEngine = {
  name: "handlebars",
  setUp: (app, views) => app.engine("handlebars", viewEngine(registerMessages(Handlebars.create()), views)),
  list: LIST,
  line: line("bootstrap"),
  fail: "{{fail}}",
  pages: {
    "a partial": { page: "<main>{{> list}}text</main>" },
    "a partial in its layout": { page: "text", layout: "<main>{{> list}}{{{body}}}</main>" },
    "a partial of the view that its layout is around": { page: "{{> list}}text", layout: "<main>{{{body}}}</main>" },
  },
};

expressContract(inExpress);

test("in Express, a layout around a page leaves messages alone if neither uses them", async () => {
  const client = await visitor(inExpress, { plain: "plain", layout: "<main>{{{body}}}</main>" });
  const plain = await client.get("/plain");
  expect([plain.body, plain.headers["set-cookie"], plain.headers.vary]).toEqual([
    "<main>plain</main>",
    undefined,
    undefined,
  ]);
});

/** As express-handlebars does it: the view first, then a layout around it, with helpers and partials of the app for both. */
function viewEngine(handlebars: typeof Handlebars, views: string) {
  const layout = join(views, "layout.handlebars");
  const render = (path: string, context: object) =>
    handlebars.compile(readFileSync(path, "utf8"))(context, {
      helpers: { shout: String },
      partials: { list: handlebars.compile(LIST) },
      data: {},
    });
  return (path: string, locals: object, done: (error: unknown, html?: string) => void) => {
    const body = render(path, locals);
    done(null, existsSync(layout) ? render(layout, { ...locals, body }) : body);
  };
}
