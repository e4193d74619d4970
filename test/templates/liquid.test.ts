import { text } from "node:stream/consumers";
import { Context, Liquid, type LiquidOptions } from "liquidjs";
import { ERROR, INFO, Message, type Messages, markSafe } from "onceover";
import { renderMessages } from "onceover/html";
import { registerMessages } from "onceover/liquid";
import { describe, expect, test, vi } from "vitest";
import { refusesPresets, templateContract, two, watched } from "./contract.ts";
import { djangoContract, squeeze } from "./django-contract.ts";
import { ALERTS, LIST } from "./engines/django.ts";
import { line, liquid, liquidWith } from "./engines/liquid.ts";
import { expressContract } from "./express-contract.ts";

templateContract(liquid);
refusesPresets((options) => registerMessages(new Liquid(), options));
templateContract(liquidWith("LiquidJS that escapes", { outputEscape: "escape" }));
templateContract(liquidWith("LiquidJS with JavaScript's truth", { jsTruthy: true, outputEscape: String }));

const engineWith = (options: LiquidOptions = {}) => registerMessages(new Liquid(options));

/** What a template prints, without what is only layout. */
function print(template: string, messages: Messages, engine = engineWith()): string {
  return squeeze(engine.parseAndRenderSync(template, { messages }));
}

const SETTINGS: readonly (readonly [string, LiquidOptions])[] = [
  ["escapes nothing", {}],
  ["escapes", { outputEscape: "escape" }],
  ["escapes by a function", { outputEscape: (value: unknown) => String(value ?? "").replace(/</g, "&lt;") }],
];

for (const [name, options] of SETTINGS) {
  djangoContract(`a LiquidJS that ${name}`, (template, messages) => print(template, messages, engineWith(options)));
}

expressContract({
  name: "liquid",
  setUp: (app) => app.engine("liquid", registerMessages(new Liquid({ extname: ".liquid" })).express()),
  list: LIST,
  line: line("bootstrap"),
  fail: "{{ fail }}",
  pages: {
    "a view that it renders": { page: "<main>{% render 'list' %}text</main>", list: LIST },
    "its layout": {
      page: "{% layout 'layout' %}{% block body %}text{% endblock %}",
      layout: `<main>${LIST}{% block body %}{% endblock %}</main>`,
    },
  },
});

describe.each(SETTINGS)("a template, in an engine that %s", (_, options) => {
  const each = (body: string) => `{% for message in messages %}${body}|{% endfor %}`;

  test.each([
    [each("{{ message.message }}"), "a &lt;b&gt;|<i>b</i>|"],
    [each("{% echo message %}{% echo message.message %}"), "a &lt;b&gt;a &lt;b&gt;|<i>b</i><i>b</i>|"],
    [each("{% cycle message, message %}"), "a &lt;b&gt;|<i>b</i>|"],
    [each("{% liquid\n echo message\n %}"), "a &lt;b&gt;|<i>b</i>|"],
    [each("{{ message.level }}"), "20|40|"],
    [each("{{ message.level_tag }},{{ message.levelTag }}"), "info,info|error,error|"],
    [each("{{ message.extra_tags }},{{ message.extraTags }}"), "x,x|,|"],
    [each("{{ message.tags }}"), "x info|error|"],
    [each("{{ message }}{% unless forloop.last %},{% endunless %}"), "a &lt;b&gt;,|<i>b</i>|"],
    [each("{{ forloop.index }}/{{ forloop.length }}"), "1/2|2/2|"],
    [each("{{ message.level == DEFAULT_MESSAGE_LEVELS.INFO }}"), "true|false|"],
    [each("{{ message.message == 'a <b>' }}"), "true|false|"],
    [each("{{ message.message == message.message }} {{ message == message.message }}"), "true true|true true|"],
    [each("{{ message == 'a <b>' }} {{ message contains 'b' }}"), "true true|false true|"],
    [each("{{ message | upcase | raw }} {{ message | size }}"), "A <B> 5|<I>B</I> 8|"],
    [each("{{ message.message != 'a <b>' }}"), "false|true|"],
    [each("{{ 'a <b>' == message.message }}"), "true|false|"],
    [each("{{ message.message == blank }}{{ message.message == empty }}"), "falsefalse|falsefalse|"],
    [each("{{ message.tags contains 'x' }}"), "true|false|"],
    [each("{% case message.level_tag %}{% when 'error' %}!{% else %}i{% endcase %}"), "i|!|"],
    [each("{% if message.level_tag == 'error' %}!{% endif %}"), "|!|"],
    [each("{{ message | raw }}"), "a <b>|<i>b</i>|"],
    ["{% for message in messages %}x{% else %}none{% endfor %}", "xx"],
    ["{% for message in messages limit: 1 %}{{ message }}{% endfor %}", "a &lt;b&gt;"],
    ["{% for message in messages reversed %}{{ message }},{% endfor %}", "<i>b</i>,a &lt;b&gt;,"],
    ["{% tablerow message in messages %}{{ message.tags }}{% endtablerow %}", /x info<\/td><td class="col2">error/],
    ["{{ messages.size }} {{ messages.length }} {{ messages | size }}", "2 2 2"],
    ["{% if messages.size > 1 %}many{% endif %}", "many"],
    ["{% unless messages %}none{% endunless %}{% if messages %}some{% endif %}", "some"],
    [
      "{{ messages == empty }} {{ messages != empty }} {{ messages == blank }} {{ messages == nil }}",
      /^false true f.* f/,
    ],
    [
      "{{ messages.first }},{{ messages.last.tags }},{{ messages[0].tags }},{{ messages[5] }}",
      "a &lt;b&gt;,error,x info,",
    ],
    ["{{ messages.peek }}{{ messages.map }}{{ message.toHTML }}", ""],
    [
      "{% assign errors = messages | where: 'level_tag', 'error' %}{% for e in errors %}{{ e }}{% endfor %}",
      "<i>b</i>",
    ],
    ["{% assign first = messages | first %}{{ first }}", "a &lt;b&gt;"],
    ["{{ messages | map: 'level_tag' | join: ',' }}", "info,error"],
    ["{% assign all = messages | reverse %}{% for m in all %}{{ m }},{% endfor %}", "<i>b</i>,a &lt;b&gt;,"],
    ["{% assign by = messages | group_by: 'level_tag' %}{% for g in by %}{{ g.name }}{% endfor %}", "infoerror"],
    ["{% assign list = messages %}{% for m in list %}{{ m }}{% endfor %}", "a &lt;b&gt;<i>b</i>"],
    [
      "{% capture all %}{% for m in messages %}{{ m }}{% endfor %}{% endcapture %}{{ all | raw }}",
      "a &lt;b&gt;<i>b</i>",
    ],
    ["{{ messages }}", "a &lt;b&gt;<i>b</i>"],
    ["{% for m in messages %}{{ m }}{% endfor %}{{ messages.size }}", "a &lt;b&gt;<i>b</i>2"],
    ["{{ messages | onceover }}", renderMessages(two()).replace("\n", "")],
    ["{{ messages | onceover: 'bulma' }}", renderMessages(two(), { preset: "bulma" }).replace("\n", "")],
    ["{{ messages | onceover: nothing }}", renderMessages(two()).replace("\n", "")],
  ])("%s prints what it says", (template, html) => {
    const printed = print(template, two(), engineWith(options));
    if (typeof html === "string") expect(printed).toBe(html);
    else expect(printed).toMatch(html);
  });

  test("without messages takes them for nothing", () => {
    const none = (template: string) => print(template, watched().messages, engineWith(options));
    expect(none("{% for message in messages %}x{% else %}none{% endfor %}")).toBe("none");
    expect(none("{% if messages %}some{% else %}none{% endif %}{% unless messages %}none{% endunless %}")).toBe(
      "nonenone",
    );
    expect(none("{{ messages.size }} {{ messages | size }} {{ messages | json }}")).toBe("0 0 []");
    expect(none("{% if messages.size > 0 %}some{% endif %}{% if messages != empty %}some{% endif %}")).toBe("");
    expect(none("{{ messages == empty }} {{ messages == blank }} {{ messages == nil }}")).toBe("true true true");
    expect(none("{{ messages == false }} {{ messages == 1 }} {{ messages > 1 }}")).toBe("true false false");
    expect(none("{{ messages | default: 'none' }}{{ messages.first }}{{ messages | first }}{{ messages }}")).toBe(
      "none",
    );
    expect(none("{{ messages | onceover }}{{ missing | onceover }}")).toBe("");
  });

  test("prints messages that a handler took like those of a loop, in a list and alone, also deep in an object", () => {
    const messages = two();
    const errors = messages.take(({ level }) => level === ERROR);
    const [info] = messages.peek();
    const template =
      "{% for e in errors %}{{ e.tags }}: {{ e }}{% endfor %}|{{ info }}|{{ info.message }}|{{ form.info }}|";
    const context = { messages, errors, info, form: { info } };
    expect(engineWith(options).parseAndRenderSync(template, context)).toBe(
      "error: <i>b</i>|a &lt;b&gt;|a &lt;b&gt;|a &lt;b&gt;|",
    );
    expect(engineWith(options).parseAndRenderSync("{{ errors }}{{ errors | onceover }}", context)).toBe(
      `<i>b</i>${renderMessages(errors)}`,
    );
  });

  test("shows lazy text, asked for now", () => {
    const lazy = () => watched(new Message(INFO, { toString: () => "<lazy>" })).messages;
    const template = "{% for m in messages %}{{ m }}{{ m.message }}{% endfor %}";
    expect(print(template, lazy(), engineWith(options))).toMatch(/^(&lt;lazy&gt;){2}$/);
  });

  test("prints safe HTML of the handler's own as it is", () => {
    const context = { note: markSafe("<i>n</i>"), notes: [markSafe("<b>1</b>"), "<2>"] };
    const printed = engineWith(options).parseAndRenderSync("{{ note }}{{ notes }}", context);
    expect(printed).toMatch(/^<i>n<\/i><b>1<\/b>(<2>|&lt;2&gt;|&lt;2>)$/);
  });

  test("does not ask lazy text before it shows it", () => {
    const asked = vi.fn(() => "lazy");
    const { messages } = watched(new Message(INFO, { toString: asked }));
    expect(print("{% if messages %}{{ messages.size }}{% endif %}", messages, engineWith(options))).toBe("1");
    expect(asked).not.toHaveBeenCalled();
  });

  test("can hand messages to a script, as JSON, which shows them", () => {
    const messages = two();
    const json = print("{{ messages | json | raw }}", messages, engineWith(options));
    expect(JSON.parse(json)).toEqual(two().toJSON());
    expect(messages.used).toBe(true);
  });

  test("can hand one message to a script, and its data", () => {
    const { messages } = watched(new Message(INFO, "<a>", { extraTags: "<x>", data: { id: 1, name: "<n>" } }));
    const engine = engineWith(options);
    expect(JSON.parse(print("{% for m in messages %}{{ m | json | raw }}{% endfor %}", messages, engine))).toEqual(
      messages.peek()[0]?.toJSON(),
    );
    expect(print("{% for m in messages %}{{ m.data.id }}{{ m.data | json | raw }}{% endfor %}", messages, engine)).toBe(
      '1{"id":1,"name":"<n>"}',
    );
  });
});

describe("the text that a filter returns", () => {
  const upper = (filters: string, options: LiquidOptions) =>
    print(`{% for m in messages %}{{ m | upcase${filters} }}|{% endfor %}`, two(), engineWith(options));

  test("is escaped by the engine's own setting, and by nothing else", () => {
    expect(upper("", { outputEscape: "escape" })).toBe("A &lt;B&gt;|&lt;I&gt;B&lt;/I&gt;|");
    expect(upper("", {})).toBe("A <B>|<I>B</I>|");
    expect(upper(" | escape", {})).toBe("A &lt;B&gt;|&lt;I&gt;B&lt;/I&gt;|");
  });
});

describe("a filter of Django's that Liquid does not have", () => {
  const loop = (filter: string) => `{% for m in messages %}{{ m | ${filter} }}|{% endfor %}`;

  test.each(["capfirst", "safe"])("%s is passed over, or refused by a strict engine", (filter) => {
    const messages = () => watched(new Message(INFO, "a <b>")).messages;
    expect(print(loop(filter), messages(), engineWith({}))).toBe("a &lt;b&gt;|");
    const strict = engineWith({ strictFilters: true });
    expect(() => print(loop(filter), messages(), strict)).toThrow(`undefined filter: ${filter}`);
  });
});

test("an empty list that a handler took is true, and its size is 0", () => {
  const template = "{% if errors %}a{% endif %}{% if errors.size > 0 %}b{% endif %}";
  const engine = engineWith({});
  expect(engine.parseAndRenderSync(template, { errors: watched().messages.take() })).toBe("a");
  const errors = watched(new Message(INFO, "a")).messages.take();
  expect(engine.parseAndRenderSync(template, { errors })).toBe("ab");
});

describe("what is not ours", () => {
  const TEMPLATE = "{{ name }}|{{ name | upcase }}|{{ list }}|{{ missing }}|{{ n }}|{{ user.name }}|{% echo name %}|";
  const context = { name: "<b>", list: ["<", 1, null], n: 1.5, user: { name: "&" } };

  test.each(SETTINGS)("prints as it did in an engine that %s", (_, options) => {
    const before = new Liquid(options).parseAndRenderSync(TEMPLATE, context);
    const messages = two();
    expect(engineWith(options).parseAndRenderSync(TEMPLATE, context)).toBe(before);
    expect(engineWith(options).parseAndRenderSync(TEMPLATE, { ...context, messages })).toBe(before);
  });

  test("keeps its type where the engine keeps it", () => {
    const engine = engineWith({ keepOutputType: true });
    expect(engine.parseAndRenderSync("{{ n }}", context)).toBe(1.5);
  });

  test("is escaped by a function that is called as before", () => {
    const escaped = vi.fn(function (this: { liquid: Liquid }, value: unknown) {
      return `[${value}${this.liquid === engine}]`;
    });
    const engine = registerMessages(new Liquid({ outputEscape: escaped as never }));
    expect(engine.parseAndRenderSync("{{ a }}{{ m }}", { a: 1, m: new Message(INFO, "<") })).toBe("[1true]&lt;");
  });

  test("is found in the engine's globals, also in those that are added later, and in those of one rendering", () => {
    const globals: Record<string, unknown> = { site: "s" };
    const engine = engineWith({ globals });
    globals.later = "l";
    expect(engine.parseAndRenderSync("{{ site }}{{ later }}", {})).toBe("sl");
    expect(
      engine.parseAndRenderSync("{{ site }}{{ DEFAULT_MESSAGE_LEVELS.ERROR }}", {}, { globals: { site: "o" } }),
    ).toBe("o40");
    expect(Object.keys(globals)).toEqual(["site", "later"]);
  });

  test("stays in a context of any class", () => {
    class Page {
      messages = two();
      get title(): string {
        return "t";
      }
    }
    const engine = engineWith({ ownPropertyOnly: false });
    expect(engine.parseAndRenderSync("{{ title }}{{ messages.size }}", new Page())).toBe("t2");
  });

  test("is counted in the context, where there are no messages in it", () => {
    const context = { n: 1 };
    engineWith().parseAndRenderSync("{% increment n %}", context);
    expect(context.n).toBe(2);
  });
});

describe("touching", () => {
  test("does not happen in a template that does not ask for messages", () => {
    const { messages, touch, read } = watched("a");
    expect(print("<p>{{ title }}</p>{% if DEFAULT_MESSAGE_LEVELS.ERROR == 40 %}y{% endif %}", messages)).toBe(
      "<p></p>y",
    );
    expect(touch).not.toHaveBeenCalled();
    expect(read).not.toHaveBeenCalled();
  });

  test.each([
    "{% if messages %}1{% endif %}",
    "{% unless messages %}{% else %}1{% endunless %}",
    "{{ messages.size }}",
    "{{ messages | size }}",
    "{% if messages != empty and messages.size > 0 %}1{% endif %}",
    "{% assign list = messages %}1",
  ])("by %s alone shows none", async (template) => {
    const { messages, read } = watched("a");
    expect(print(template, messages)).toBe("1");
    expect(await engineWith().parseAndRender(template, { messages })).toBe("1");
    expect(messages.used).toBe(false);
    expect(read.mock.calls.length).toBeLessThan(2);
  });

  test.each([
    ALERTS,
    "{% for message in messages limit: 1 %}{{ message }}{% endfor %}",
    "{{ messages.first }}",
    "{{ messages | where: 'level', 20 | size }}",
    "{{ messages | map: 'tags' }}",
    "{{ messages | json }}",
    "{{ messages | onceover }}",
    "{{ messages }}",
  ])("by %s shows all", async (template) => {
    const { messages } = watched("a", "b");
    print(template, messages);
    expect(messages.used).toBe(true);
    const other = watched("a", "b").messages;
    await engineWith().parseAndRender(template, { messages: other });
    expect(other.used).toBe(true);
  });

  test("leaves the context of the caller alone, and does not call its getters", () => {
    const { messages } = watched("a");
    const secret = vi.fn();
    const context = Object.freeze({
      messages,
      title: "t",
      get secret() {
        return secret();
      },
    });
    expect(engineWith().parseAndRenderSync("{{ title }}{{ messages.size }}", context)).toBe("t1");
    expect(context.messages).toBe(messages);
    expect(secret).not.toHaveBeenCalled();
  });

  test("does not show what a handler took for itself", () => {
    const { messages } = watched("a", "b");
    messages.take((message) => `${message}` === "a");
    expect(print("{% for message in messages %}{{ message }}{% endfor %}", messages)).toBe("b");
    messages.take();
    expect(print("{% if messages %}some{% else %}none{% endif %}", messages)).toBe("none");
  });

  test("by a loop leaves what is added inside of it for the next page", () => {
    const { messages } = watched("a", "b");
    const engine = engineWith();
    engine.registerFilter("adding", (value: unknown) => {
      messages.info("added");
      return value;
    });
    expect(print("{% for m in messages %}{{ m | adding }}{% endfor %}", messages, engine)).toBe("ab");
    messages.keep();
    expect(messages.length).toBe(4);
  });
});

describe("a template of several files", () => {
  const loop = "{% for message in messages %}[{{ message }}]{% endfor %}";

  test.each<[string, Record<string, string>, string]>([
    ["includes", { page: "<{% include 'list' %}>", list: loop }, "<[a][b]>"],
    ["renders", { page: "<{% render 'list' %}>", list: loop }, "<[a][b]>"],
    ["hands them to a partial", { page: "<{% render 'list', messages: messages %}>", list: loop }, "<[a][b]>"],
    ["hands them on by another name", { page: "{% render 'l', all: messages %}", l: "{{ all.size }}{{ all }}" }, "2ab"],
    [
      "renders a partial for each",
      { page: "{% render 'm' for messages as m %}", m: "[{{ m.tags }} {{ m }}]" },
      "[info a][info b]",
    ],
    [
      "hands each to a partial",
      { page: "{% for m in messages %}{% render 'm', m: m %}{% endfor %}", m: "[{{ m }}]" },
      "[a][b]",
    ],
    [
      "has a layout",
      { page: "{% layout 'base' %}{% block body %}body{% endblock %}", base: `${loop}{% block body %}{% endblock %}` },
      "[a][b]body",
    ],
    [
      "shows them in a block",
      { page: `{% layout 'base' %}{% block body %}${loop}{% endblock %}`, base: "<{% block body %}{% endblock %}>" },
      "<[a][b]>",
    ],
    [
      "tells the levels to a partial",
      { page: "{% render 'list' %}", list: ALERTS },
      '<div class="alert alert-info"> a </div><div class="alert alert-info"> b </div>',
    ],
  ])("that %s shows messages as one of one file does", async (_, templates, html) => {
    const engine = engineWith({ templates });
    expect(squeeze(engine.renderFileSync("page", { messages: watched("a", "b").messages }))).toBe(html);
    expect(squeeze(await engine.renderFile("page", { messages: watched("a", "b").messages }))).toBe(html);
  });
});

describe("rendering", () => {
  const context = () => ({ messages: watched("<a>").messages });
  const html = '<ul class="messages"><li class="info">&lt;a&gt;</li></ul>';

  test("prints the same by every method", async () => {
    const engine = engineWith({ templates: { page: LIST } });
    const template = engine.parse(LIST);
    const pages = [
      engine.renderSync(template, context()),
      await engine.render(template, context()),
      engine.parseAndRenderSync(LIST, context()),
      await engine.parseAndRender(LIST, context()),
      engine.renderFileSync("page", context()),
      await engine.renderFile("page", context()),
      await text(engine.renderToNodeStream(template, context())),
      await text(await engine.renderFileToNodeStream("page", context())),
    ];
    expect(pages.map(squeeze)).toEqual(pages.map(() => html));
  });

  test("of several visitors at once never mixes their messages", async () => {
    const engine = engineWith();
    engine.registerFilter("slowly", async (value: unknown, turns: number) => {
      for (let turn = 0; turn < turns; turn += 1) await new Promise(setImmediate);
      return value;
    });
    const template = "{{ '' | slowly: turns }}{{ messages.size }}{{ '' | slowly: 2 }}{{ messages }}";
    const pages = await Promise.all(
      Array.from({ length: 12 }, (_, i) =>
        engine.parseAndRender(template, { turns: (i * 7) % 10, messages: watched(`visitor ${i}`).messages }),
      ),
    );
    expect(pages).toEqual(pages.map((_, i) => `1visitor ${i}`));
  });

  test("in an engine that was given messages twice prints the same, and shows none unasked", () => {
    const engine = registerMessages(engineWith());
    expect(print(LIST, context().messages, engine)).toBe(html);
    const { messages } = context();
    expect(print("{{ messages.size }}", messages, engine)).toBe("1");
    expect(messages.used).toBe(false);
  });

  test("without messages finds none", () => {
    const engine = engineWith();
    expect(engine.parseAndRenderSync(LIST).trim()).toBe("");
    expect(engine.parseAndRenderSync("{{ messages.size }}{{ DEFAULT_MESSAGE_LEVELS.WARNING }}", {})).toBe("30");
  });

  test("of a template that was parsed before prints as before", () => {
    const engine = new Liquid();
    const template = engine.parse("{% for m in messages %}{{ m }}{% endfor %}");
    expect(registerMessages(engine).renderSync(template, context())).toBe("<a>");
  });

  test("of messages deep in an object prints their fields as those of any object", () => {
    const form = { errors: [new Message(ERROR, "<e>", { extraTags: "&" })] };
    const template = "{% for e in form.errors %}{{ e.tags }} {{ e }}{% endfor %}";
    expect(engineWith().parseAndRenderSync(template, { form })).toBe("& error &lt;e&gt;");
    expect(engineWith({ outputEscape: "escape" }).parseAndRenderSync(template, { form })).toBe("&amp; error &lt;e&gt;");
  });

  test("by a context of Liquid's own still escapes, and prints safe HTML as it is", () => {
    const engine = engineWith();
    const own = new Context({ messages: two() }, engine.options, { sync: true }, { liquid: engine });
    expect(squeeze(engine.parseAndRenderSync("{% for m in messages %}{{ m }}{% endfor %}", own))).toBe(
      "a &lt;b&gt;<i>b</i>",
    );
  });

  test("by a strict engine does not fail without messages", () => {
    const engine = engineWith({ strictVariables: true, strictFilters: true });
    expect(print(`${LIST}{{ messages.size }}`, watched().messages, engine)).toBe("0");
  });

  test("takes the preset of the engine, unless the template says another", () => {
    const engine = registerMessages(new Liquid(), { preset: { all: "toast" } });
    expect(print("{{ messages | onceover }}", watched("a").messages, engine)).toContain('class="toast info"');
    expect(print("{{ messages | onceover: 'bootstrap' }}", watched("a").messages, engine)).toContain("alert-info");
    expect(() => print("{{ messages | onceover: 'nope' }}", watched("a").messages, engine)).toThrow('got "nope"');
    expect(() => print("{{ messages.size | onceover }}", watched("a").messages, engine)).toThrow("got 1");
  });

  test("gives back the engine it was given", () => {
    const engine = new Liquid();
    expect(registerMessages(engine)).toBe(engine);
  });
});
