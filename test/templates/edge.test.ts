import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { Edge } from "edge.js";
import express from "express";
import { ERROR, INFO, Message, markSafe } from "onceover";
import { messages as expressMessages } from "onceover/express";
import { renderMessages } from "onceover/html";
import { describe, expect, onTestFinished, test } from "vitest";
import { listen } from "../adapters/servers.ts";
import { Client } from "../client.ts";
import { SECRET } from "../support.ts";
import { shownIn, templateContract, waiting } from "./contract.ts";
import { edge as engine, LIST, line } from "./engines/edge.ts";

templateContract(engine);

const two = () => waiting(new Message(INFO, "<a>"), new Message(ERROR, markSafe("<b>b</b>")));

test("the documentation shows the templates that are tested", () => {
  const page = readFileSync(join(import.meta.dirname, "../../docs/edge.md"), "utf8");
  expect(page).toContain(LIST);
  expect(page).toContain(line("bootstrap"));
});

describe("a template", () => {
  const edge = Edge.create();
  const loop = (item: string) => `@each(message in [...messages])\n${item}|\n@end`;

  test.each([
    ["{{{ message.toHTML() }}}", "&lt;a&gt;|\n<b>b</b>|"],
    ["{{ html.safe(message.toHTML()) }}", "&lt;a&gt;|\n<b>b</b>|"],
    ["{{ message }}", "&lt;a&gt;|\n&lt;b&gt;b&lt;/b&gt;|"],
    ["{{{ message }}}", "<a>|\n<b>b</b>|"],
    ["{{ message.toHTML() }}", "&amp;lt;a&amp;gt;|\n&lt;b&gt;b&lt;/b&gt;|"],
    ["{{ message.level_tag }} {{ message.levelTag }}", "info info|\nerror error|"],
  ])("prints %s of each message as the documentation says", async (item, html) => {
    expect(await edge.renderRaw(loop(item), { messages: two() })).toBe(html);
    expect(edge.renderRawSync(loop(item), { messages: two() })).toBe(html);
  });

  test("takes no messages for true, and their length for false", async () => {
    const template = "@if(messages)\na\n@end\n@if(messages.length)\nb\n@end";
    expect((await edge.renderRaw(template, { messages: waiting() })).trim()).toBe("a");
    expect(await edge.renderRaw(template, { messages: two() })).toMatch(/^a\s+b$/);
  });

  test("shows none by asking for their length", async () => {
    const messages = two();
    expect(await edge.renderRaw("{{ messages.length }}", { messages })).toBe("2");
    expect(messages.used).toBe(false);
  });

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
    expect(shownIn(html, "li").map(({ html }) => html)).toEqual(["&lt;a&gt;", "<b>b</b>"]);
    expect(messages.used).toBe(true);
  });

  test("that is not given messages says so", async () => {
    await expect(edge.renderRaw(loop("{{ message }}"))).rejects.toThrow("messages is not iterable");
  });
});

describe("in Express", () => {
  /** A visitor for whom two messages wait; the app is that of the documentation. */
  async function visitor(templates: Readonly<Record<string, string>>): Promise<Client> {
    const views = mkdtempSync(join(tmpdir(), "views-"));
    for (const [name, template] of Object.entries(templates)) {
      mkdirSync(dirname(join(views, name)), { recursive: true });
      writeFileSync(join(views, `${name}.edge`), template);
    }
    const edge = Edge.create({ cache: true });
    edge.mount(views);
    edge.global("renderMessages", renderMessages);
    const app = express();
    app.engine("edge", (path, locals, done) => {
      edge.render(path, locals).then((html) => done(null, html), done);
    });
    app.set("views", views);
    app.set("view engine", "edge");
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
    ["by a view that it includes", { page: "<main>\n@include('list')\n</main>", list: LIST }],
    [
      "by a component that it hands them to",
      {
        page: "@layout({ messages })\nbody\n@end",
        "components/layout": `${LIST}<main>{{{ await $slots.main() }}}</main>`,
      },
    ],
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

  test("a component that is not handed the messages does not have them, and shows none by the one line", async () => {
    const client = await visitor({
      page: "@list()\n@end",
      "components/list": LIST,
      other: "@line()\n@end",
      "components/line": line("bootstrap"),
    });
    expect((await client.get("/page")).status).toBe(500);
    const other = await client.get("/other");
    expect([other.status, other.body]).toEqual([200, ""]);
  });

  test("a page that does not use messages leaves them alone, and one that fails keeps them", async () => {
    const client = await visitor({ page: LIST, plain: "plain", failing: `${LIST}{{ nothing.at.all }}` });
    const plain = await client.get("/plain");
    expect([plain.body, plain.headers["set-cookie"], plain.headers.vary]).toEqual(["plain", undefined, undefined]);
    expect((await client.get("/failing")).status).toBe(500);
    expect(shownIn((await client.get("/page")).body, "li")).toHaveLength(2);
  });
});
