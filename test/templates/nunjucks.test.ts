import nunjucks, { type Environment, type ILoader } from "nunjucks";
import { ERROR, INFO, Message, type Messages, markSafe } from "onceover";
import { registerMessages } from "onceover/nunjucks";
import { describe, expect, test } from "vitest";
import { refusesPresets, templateContract, two, watched } from "./contract.ts";
import { djangoContract, squeeze } from "./django-contract.ts";
import { ALERTS, LIST } from "./engines/django.ts";
import { nunjucks as engine, line } from "./engines/nunjucks.ts";
import { expressContract } from "./express-contract.ts";

templateContract(engine);
refusesPresets((options) => registerMessages(new nunjucks.Environment(), options));

/** An environment with these templates. */
function environment(templates: Record<string, string> = {}, options: nunjucks.ConfigureOptions = {}): Environment {
  const loader: ILoader = {
    getSource(name) {
      const src = templates[name];
      if (src === undefined) throw new Error(`There is no template ${name}.`);
      return { src, path: name, noCache: true };
    },
  };
  return registerMessages(new nunjucks.Environment(loader, options));
}

/** What a template prints, without what is only layout. */
function print(template: string, messages: Messages, env = environment()): string {
  return squeeze(env.renderString(template, { messages }));
}

djangoContract("Nunjucks", print);

expressContract({
  name: "nunjucks",
  setUp: (app, views) => registerMessages(new nunjucks.Environment(new nunjucks.FileSystemLoader(views))).express(app),
  list: LIST,
  line: line("bootstrap"),
  fail: "{{ fail() }}",
  pages: {
    "a view that it includes": { page: "<main>{% include 'list.nunjucks' %}text</main>", list: LIST },
    "a layout that it extends": {
      page: "{% extends 'layout.nunjucks' %}{% block body %}text{% endblock %}",
      layout: `<main>${LIST}{% block body %}{% endblock %}</main>`,
    },
  },
});

describe("a template", () => {
  test.each([
    ["{% for message in messages %}{{ message.message }}|{% endfor %}", "a &lt;b&gt;|<i>b</i>|"],
    ["{% for message in messages %}{{ message.level }}|{% endfor %}", "20|40|"],
    [
      "{% for message in messages %}{{ message.level_tag }},{{ message.levelTag }}|{% endfor %}",
      "info,info|error,error|",
    ],
    ["{% for message in messages %}{{ message.extra_tags }},{{ message.extraTags }}|{% endfor %}", "x,x|,|"],
    ["{% for message in messages %}{{ message.tags }}|{% endfor %}", "x info|error|"],
    [
      "{% for message in messages %}{{ message }}{% if not loop.last %}, {% endif %}{% endfor %}",
      "a &lt;b&gt;, <i>b</i>",
    ],
    ["{% for message in messages %}{{ loop.index }}/{{ loop.length }} {% endfor %}", "1/2 2/2"],
    ["{% for message in messages %}x{% else %}none{% endfor %}", "xx"],
    ["{{ messages | length }}", "2"],
    ["{{ messages.length }}", "2"],
    ["{% if messages.length > 1 %}many{% endif %}", "many"],
    ["{{ 'some' if messages else 'none' }}", "some"],
    ["{% if not messages %}none{% endif %}", ""],
    ["{% for message in messages %}{{ message | upper }}|{% endfor %}", "A &lt;B&gt;|&lt;I&gt;B&lt;/I&gt;|"],
    ["{% for message in messages %}{{ message | safe }}|{% endfor %}", "a <b>|<i>b</i>|"],
    ["{% for message in messages %}{{ message | escape }}|{% endfor %}", "a &lt;b&gt;|<i>b</i>|"],
    ["{% for message in messages %}{{ message | length }}|{% endfor %}", "5|8|"],
    ["{% for message in messages %}{{ message | trim }}|{% endfor %}", "a &lt;b&gt;|<i>b</i>|"],
    ["{% for message in messages %}{{ message.message | replace('a', 'o') }}|{% endfor %}", "o &lt;b&gt;|<i>b</i>|"],
    ["{% for message in messages %}{{ '' + message }}|{% endfor %}", "a &lt;b&gt;|&lt;i&gt;b&lt;/i&gt;|"],
    ["{% for message in messages %}{{ message == 'a <b>' }}|{% endfor %}", "true|false|"],
    ["{% for message in messages %}{{ message.level == DEFAULT_MESSAGE_LEVELS.INFO }}|{% endfor %}", "true|false|"],
    ["{% set list = messages %}{% for message in list %}{{ message }}{% endfor %}", "a &lt;b&gt;<i>b</i>"],
    ["{% for message in messages %}{{ message }}{% endfor %}{{ messages | length }}", "a &lt;b&gt;<i>b</i>2"],
  ])("%s prints what Django's would", (template, html) => {
    expect(print(template, two())).toBe(html);
  });

  test("without messages takes them for nothing", () => {
    const none = () => watched().messages;
    expect(print("{% for message in messages %}x{% else %}none{% endfor %}", none())).toBe("none");
    expect(print("{{ 'some' if messages else 'none' }}", none())).toBe("none");
    expect(print("{{ messages | length }}", none())).toBe("0");
    expect(print("{% if messages.length > 0 %}some{% endif %}", none())).toBe("");
    expect(print("{% if not messages %}none{% endif %}", none())).toBe("none");
  });

  test("that takes messages for an array prints nothing of them, or fails, and shows none", () => {
    const messages = two();
    expect(print("{{ messages }}", messages)).toBe("[object Messages]");
    expect(print("{{ messages[0] }}{{ messages[0].message }}{{ messages | first }}", messages)).toBe("");
    expect(() => print("{{ messages | join(', ') }}", messages)).toThrow("join is not a function");
    expect(() => print("{{ messages | list }}", messages)).toThrow("type not iterable");
    expect(messages.used).toBe(false);
  });

  test("has the filters of Nunjucks, and no others of Django's", () => {
    expect(print("{% for m in messages %}{{ m | capitalize }}{% endfor %}", two())).toBe("A &lt;b&gt;<i>b</i>");
    expect(() => print("{% for m in messages %}{{ m | capfirst }}{% endfor %}", two())).toThrow(
      "filter not found: capfirst",
    );
  });

  test("takes an empty list that a handler took for true, and its length for false", () => {
    const template = "{% if errors %}a{% endif %}{% if errors.length %}b{% endif %}";
    const errors = watched().messages.take();
    expect(environment().renderString(template, { errors })).toBe("a");
    expect(environment().renderString(template, { errors: two().take() })).toBe("ab");
  });

  test("can hand messages to a script, as JSON, which shows them", () => {
    const messages = two();
    const json = print("{{ messages | dump | safe }}", messages);
    expect(JSON.parse(json)).toMatchObject([
      { level: 20, message: "a <b>", safe: false, tags: "x info" },
      { level: 40, message: "<i>b</i>", safe: true },
    ]);
    expect(messages.used).toBe(true);
  });

  test("can hand one message to a script", () => {
    const { messages } = watched(new Message(INFO, "a", { data: { id: 1 } }));
    expect(print("{% for m in messages %}{{ m.data | dump | safe }} {{ m.data.id }}{% endfor %}", messages)).toBe(
      '{"id":1} 1',
    );
  });

  test("loops twice over the same messages", () => {
    const loop = "{% for message in messages %}{{ message }}{% endfor %}";
    expect(print(`${loop}-${loop}`, watched("a", "b").messages)).toBe("ab-ab");
  });

  test("does not show messages that a handler took for itself", () => {
    const { messages } = watched("a", "b");
    messages.take((message) => `${message}` === "a");
    expect(print("{% for message in messages %}{{ message }}{% endfor %}", messages)).toBe("b");
    messages.take();
    expect(print("{{ 'some' if messages else 'none' }}", messages)).toBe("none");
  });

  test("prints messages that a handler took like those of a loop, in a list and alone", () => {
    const messages = two();
    const errors = messages.take(({ level }) => level === ERROR);
    const template = "{% for e in errors %}{{ e.tags }}: {{ e }}{% endfor %} {{ error }} {{ info }}";
    const context = { messages, errors, error: errors[0], info: messages.peek()[0] };
    expect(environment().renderString(template, context)).toBe("error: <i>b</i> <i>b</i> a &lt;b&gt;");
  });

  test("prints messages that a handler took also where it was not given all of them", () => {
    const messages = two();
    expect(environment().renderString("{% for m in taken %}{{ m }}{% endfor %}", { taken: messages.take() })).toBe(
      "a &lt;b&gt;<i>b</i>",
    );
  });

  test("shows lazy text, asked for now", () => {
    const { messages } = watched(new Message(INFO, { toString: () => "<lazy>" }));
    expect(print("{% for message in messages %}{{ message }}{% endfor %}", messages)).toBe("&lt;lazy&gt;");
  });

  test("prints text as it is where nothing is escaped", () => {
    const env = environment({}, { autoescape: false });
    expect(print(LIST, two(), env)).toBe(
      '<ul class="messages"><li class="x info">a <b></li><li class="error"><i>b</i></li></ul>',
    );
  });
});

describe("a template of several files", () => {
  const loop = "{% for message in messages %}[{{ message }}]{% endfor %}";

  test.each<[string, Record<string, string>, string]>([
    ["includes", { page: "<{% include 'list' %}>", list: loop }, "<[a][b]>"],
    [
      "extends",
      { page: "{% extends 'base' %}{% block body %}body{% endblock %}", base: `${loop}{% block body %}{% endblock %}` },
      "[a][b]body",
    ],
    [
      "shows them in a block",
      { page: `{% extends 'base' %}{% block body %}${loop}{% endblock %}`, base: "<{% block body %}{% endblock %}>" },
      "<[a][b]>",
    ],
    [
      "calls super",
      {
        page: "{% extends 'base' %}{% block body %}{{ super() }}!{% endblock %}",
        base: `{% block body %}${loop}{% endblock %}`,
      },
      "[a][b]!",
    ],
    ["has a macro", { page: `{% macro list() %}${loop}{% endmacro %}<{{ list() }}>` }, "<[a][b]>"],
    [
      "gives them to a macro",
      { page: "{% macro list(all) %}{% for m in all %}[{{ m }}]{% endfor %}{% endmacro %}{{ list(messages) }}" },
      "[a][b]",
    ],
    [
      "gives each to a macro",
      {
        page: "{% macro item(m) %}[{{ m.tags }} {{ m }}]{% endmacro %}{% for m in messages %}{{ item(m) }}{% endfor %}",
      },
      "[info a][info b]",
    ],
    [
      "imports a macro with its context",
      {
        page: "{% import 'macros' as macros with context %}{{ macros.list() }}",
        macros: `{% macro list() %}${loop}{% endmacro %}`,
      },
      "[a][b]",
    ],
    [
      "imports a macro from a file with its context",
      {
        page: "{% from 'macros' import list with context %}{{ list() }}",
        macros: `{% macro list() %}${loop}{% endmacro %}`,
      },
      "[a][b]",
    ],
    [
      "calls a macro with a body",
      { page: `{% macro box() %}<{{ caller() }}>{% endmacro %}{% call box() %}${loop}{% endcall %}` },
      "<[a][b]>",
    ],
    ["captures", { page: `{% set captured %}${loop}{% endset %}<{{ captured }}>` }, "<[a][b]>"],
  ])("that %s shows messages as one of one file does", (_, templates, html) => {
    const env = environment(templates);
    expect(squeeze(env.render("page", { messages: watched("a", "b").messages }))).toBe(html);
  });
});

describe("touching", () => {
  test("does not happen in a template that does not ask for messages", () => {
    const { messages, touch, read } = watched("a");
    expect(
      print("<p>{{ title }}</p>{% set x = 1 %}{% if DEFAULT_MESSAGE_LEVELS.ERROR == 40 %}y{% endif %}", messages),
    ).toBe("<p></p>y");
    expect(touch).not.toHaveBeenCalled();
    expect(read).not.toHaveBeenCalled();
  });

  test("by {% if messages %} alone shows none", () => {
    const { messages, read } = watched("a");
    expect(print("{% if messages %}some: {{ messages | length }}{% endif %}", messages)).toBe("some: 1");
    expect(read).toHaveBeenCalledOnce();
    expect(messages.used).toBe(false);
  });

  test("by a loop shows all", () => {
    const { messages } = watched("a");
    print(ALERTS, messages);
    expect(messages.used).toBe(true);
  });

  test("leaves the context of the caller alone", () => {
    const { messages } = watched("a");
    const context = Object.freeze({ messages, title: "t" });
    expect(environment().renderString("{{ title }}", context)).toBe("t");
    expect(context.messages).toBe(messages);
  });
});

describe("rendering", () => {
  const LOOP = "{% for message in messages %}[{{ message }}]{% endfor %}";

  /** A filter that answers some turns of the event loop later. */
  function slowly(env: Environment): Environment {
    const filter = async (value: unknown, turns: number, done: (error: null, result: unknown) => void) => {
      for (let turn = 0; turn < turns; turn += 1) await new Promise(setImmediate);
      done(null, value);
    };
    return env.addFilter("slowly", filter as never, true);
  }

  const rendered = (env: Environment, template: string, context: object) =>
    new Promise<string>((resolve, reject) => {
      env.renderString(template, context, (error, html) => (error ? reject(error) : resolve(html ?? "")));
    });

  test("with a callback prints the same", async () => {
    const env = environment({ page: LIST });
    const { messages } = watched("a");
    const html = await new Promise<string | null>((resolve) => {
      env.render("page", { messages }, (_, result) => resolve(result));
    });
    expect(squeeze(html ?? "")).toBe('<ul class="messages"><li class="info">a</li></ul>');
  });

  test("of several visitors at once never mixes their messages", async () => {
    const env = slowly(environment());
    const template = `{{ "" | slowly(turns) }}{{ messages | length }}{{ "" | slowly(2) }}${LOOP}`;
    const pages = await Promise.all(
      Array.from({ length: 20 }, (_, i) =>
        rendered(env, template, {
          turns: (i * 7) % 10,
          ...(i % 4 === 3
            ? {}
            : { messages: watched(...Array.from({ length: i % 4 }, () => `visitor ${i}`)).messages }),
        }),
      ),
    );
    const expected = pages.map((_, i) => (i % 4 === 3 ? "0" : `${i % 4}${`[visitor ${i}]`.repeat(i % 4)}`));
    expect(pages).toEqual(expected);
  });

  test("in the callback of another rendering shows no messages but one's own", async () => {
    const env = environment();
    // Nunjucks calls the callbacks of several renderings one after the other, in the context of the first.
    const inner = await Promise.all(
      ["visitor 1", "visitor 2"].map(
        (visitor) =>
          new Promise<string>((resolve) => {
            env.renderString("outer", { messages: watched(visitor).messages }, () =>
              resolve(env.renderString(LOOP, {})),
            );
          }),
      ),
    );
    expect(inner).toEqual(["", ""]);
  });

  test("by a helper inside of another rendering shows what the helper is given", () => {
    const env = environment();
    env.addGlobal("partial", (context: object) => env.renderString(LOOP, context));
    const other = watched("theirs").messages;
    const template = "{{ partial({ messages: other }) }}{{ partial({}) }}{% for m in messages %}{{ m }}{% endfor %}";
    expect(env.renderString(template, { messages: watched("mine").messages, other })).toBe("[theirs]mine");
  });

  test("in two environments keeps to the messages of each", () => {
    const [one, other] = [environment(), environment()];
    one.addGlobal("elsewhere", (context: object) => other.renderString(LOOP, context));
    const template = `${LOOP}{{ elsewhere({ messages: messages2 }) | safe }}{{ elsewhere({}) }}${LOOP}`;
    expect(one.renderString(template, { messages: watched("a").messages, messages2: watched("b").messages })).toBe(
      "[a][b][a]",
    );
  });

  test("in an environment that was given messages twice prints the same", () => {
    const env = registerMessages(environment());
    expect(print(LIST, watched("a").messages, env)).toBe('<ul class="messages"><li class="info">a</li></ul>');
  });

  test("of a template apart from its environment still shows messages, and escapes all of them", () => {
    const env = environment({ page: LIST });
    const html = '<ul class="messages"><li class="info">a &lt;b&gt;</li></ul>';
    for (const template of [env.getTemplate("page"), nunjucks.compile(LIST, env)]) {
      expect(squeeze(template.render({ messages: watched("a <b>").messages }))).toBe(html);
      expect(squeeze(template.render({ messages: watched(new Message(INFO, markSafe("a <b>"))).messages }))).toBe(html);
    }
  });

  test("without messages in the context finds none", () => {
    const env = environment();
    expect(env.renderString(`${LOOP}{{ messages | length }}`, {})).toBe("0");
    expect(env.renderString("{{ DEFAULT_MESSAGE_LEVELS.WARNING }}", {})).toBe("30");
  });

  test("after one that failed is not disturbed by it", () => {
    const env = environment();
    expect(() => env.renderString("{{ nothing.at.all() }}", { messages: watched("a").messages })).toThrow();
    expect(env.renderString(LOOP, {})).toBe("");
    expect(env.renderString(LOOP, { messages: watched("b").messages })).toBe("[b]");
  });

  test("gives back the environment it was given", () => {
    const env = new nunjucks.Environment(null);
    expect(registerMessages(env)).toBe(env);
  });
});

describe("the filter `onceover`", () => {
  const [A, B] = ['role="status" data-level="20">a &lt;b&gt;</div>', 'role="alert" data-level="40"><i>b</i></div>'];

  test("takes the preset that the environment was given, unless the template names another", () => {
    const env = registerMessages(new nunjucks.Environment(), { preset: { all: "toast" } });
    expect(print("{{ messages | onceover }}", two(), env)).toBe(
      `<div class="toast x info" ${A}<div class="toast error" ${B}`,
    );
    expect(print('{{ messages | onceover("plain") }}', two(), env)).toBe(
      `<div class="x info" ${A}<div class="error" ${B}`,
    );
  });

  test("prints what a handler took", () => {
    const errors = two().take(({ level }) => level === ERROR);
    expect(environment().renderString("{{ errors | onceover }}", { errors })).toBe(`<div class="error" ${B}`);
  });

  test("prints one by one what a loop chose", () => {
    const template = "{% for message in messages %}{{ [message] | onceover }}{% endfor %}";
    expect(print(template, two())).toBe(`<div class="x info" ${A}<div class="error" ${B}`);
  });

  test("refuses a preset that does not exist, by name", () => {
    expect(() => print('{{ messages | onceover("bootsrap") }}', two())).toThrow('got "bootsrap"');
  });
});
