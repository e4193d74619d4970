import { Edge } from "edge.js";
import { INFO, Message } from "onceover";
import { renderMessages } from "onceover/html";
import { describe, expect, test } from "vitest";
import { shownIn, templateContract, two, waiting } from "./contract.ts";
import { edge as engine, LIST, line } from "./engines/edge.ts";
import { type ExpressEngine, expressContract, visitor } from "./express-contract.ts";
import { javascriptContract } from "./javascript-contract.ts";

templateContract(engine);

const edge = Edge.create();
const loop = (item: string) => `@each(message in [...messages])\n${item}|\n@end`;

javascriptContract({
  name: engine.name,
  print: async (template, context) => {
    const html = await edge.renderRaw(template, context);
    expect(edge.renderRawSync(template, context)).toBe(html);
    return html;
  },
  loop,
  items: [
    ["{{{ message.toHTML() }}}", "a &lt;b&gt;|\n<i>b</i>|"],
    ["{{ html.safe(message.toHTML()) }}", "a &lt;b&gt;|\n<i>b</i>|"],
    ["{{ message }}", "a &lt;b&gt;|\n&lt;i&gt;b&lt;/i&gt;|"],
    ["{{{ message }}}", "a <b>|\n<i>b</i>|"],
    ["{{ message.toHTML() }}", "a &amp;lt;b&amp;gt;|\n&lt;i&gt;b&lt;/i&gt;|"],
    ["{{ message.level_tag }} {{ message.levelTag }}", "info info|\nerror error|"],
  ],
  truth: "@if(messages)\na\n@end\n@if(messages.length)\nb\n@end",
  length: "{{ messages.length }}",
});

const inExpress: ExpressEngine = {
  name: "edge",
  setUp: (app, views) => {
    const edge = Edge.create({ cache: true });
    edge.mount(views);
    edge.global("renderMessages", renderMessages);
    app.engine("edge", (path, locals, done) => {
      edge.render(path, locals).then((html) => done(null, html), done);
    });
  },
  list: LIST,
  line: line("bootstrap"),
  fail: "{{ fail() }}",
  pages: {
    "a view that it includes": { page: "<main>\n@include('list')\ntext</main>", list: LIST },
    "a component that it hands them to": {
      page: "@layout({ messages })\ntext\n@end",
      "components/layout": `<main>\n${LIST}{{{ await $slots.main() }}}</main>`,
    },
  },
};

expressContract(inExpress);

test("in Express, a component that is not handed messages does not have them, and shows none by the one line", async () => {
  const client = await visitor(inExpress, {
    page: "@list()\n@end",
    "components/list": LIST,
    other: "@line()\n@end",
    "components/line": line("bootstrap"),
  });
  expect((await client.get("/page")).status).toBe(500);
  const other = await client.get("/other");
  expect([other.status, other.body]).toEqual([200, ""]);
});

describe("a template", () => {
  test("that loops over what is no array silently prints nothing, and shows none", async () => {
    const messages = two();
    const template = "@each(message in messages)\n{{ message }}\n@else\nnone\n@end";
    expect(await edge.renderRaw(template, { messages })).toBe("");
    expect(edge.renderRawSync(template, { messages })).toBe("");
    expect(messages.used).toBe(false);
  });

  test("has an `else` of its loop", async () => {
    const template = "@each(message in [...messages])\n{{ message }}\n@else\nnone\n@end";
    expect(await edge.renderRaw(template, { messages: waiting() })).toBe("none");
    expect(await edge.renderRaw(template, { messages: waiting(new Message(INFO, "a")) })).toBe("a");
  });

  test("shows messages that were shared with its renderer", async () => {
    const messages = two();
    const html = await edge.share({ messages }).renderRaw(LIST);
    expect(shownIn(html, "li").map(({ html }) => html)).toEqual(["a &lt;b&gt;", "<i>b</i>"]);
    expect(messages.used).toBe(true);
  });

  test("that is not given messages says so", async () => {
    await expect(edge.renderRaw(loop("{{ message }}"))).rejects.toThrow("messages is not iterable");
  });
});
