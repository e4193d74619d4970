import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import express from "express";
import { ERROR, INFO, Message, markSafe } from "onceover";
import { messages as expressMessages } from "onceover/express";
import { renderMessages } from "onceover/html";
import pug from "pug";
import { describe, expect, onTestFinished, test } from "vitest";
import { listen } from "../adapters/servers.ts";
import { Client } from "../client.ts";
import { SECRET } from "../support.ts";
import { shownIn, templateContract, waiting } from "./contract.ts";
import { pug as engine, LIST, line } from "./engines/pug.ts";

templateContract(engine);

const two = () => waiting(new Message(INFO, "<a>"), new Message(ERROR, markSafe("<b>b</b>")));

test("the documentation shows the templates that are tested", () => {
  const page = readFileSync(join(import.meta.dirname, "../../docs/pug.md"), "utf8");
  expect(page).toContain(LIST);
  expect(page).toContain(line("bootstrap"));
});

describe("a template", () => {
  const loop = (item: string) => `each message of messages\n  ${item}`;

  test.each([
    ["p!= message.toHTML()", "<p>&lt;a&gt;</p><p><b>b</b></p>"],
    ["p !{message.toHTML()}", "<p>&lt;a&gt;</p><p><b>b</b></p>"],
    ["p= message", "<p>&lt;a&gt;</p><p>&lt;b&gt;b&lt;/b&gt;</p>"],
    ["p #{message}", "<p>&lt;a&gt;</p><p>&lt;b&gt;b&lt;/b&gt;</p>"],
    ["p!= message", "<p><a></p><p><b>b</b></p>"],
    ["p= message.level_tag + message.levelTag", "<p>infoinfo</p><p>errorerror</p>"],
    ["p(title=message.toString())", '<p title="&lt;a&gt;"></p><p title="&lt;b&gt;b&lt;/b&gt;"></p>'],
  ])("prints %s of each message as the documentation says", (item, html) => {
    expect(pug.render(loop(item), { messages: two() })).toBe(html);
  });

  test("takes no messages for true, and their length for false", () => {
    const template = "if messages\n  | a\nif messages.length\n  | b";
    expect(pug.render(template, { messages: waiting() })).toBe("a");
    expect(pug.render(template, { messages: two() })).toBe("ab");
  });

  test("takes an empty list that a handler took for true, and its length for false", () => {
    const template = "if errors\n  | a\nif errors.length\n  | b";
    expect(pug.render(template, { errors: waiting().take() })).toBe("a");
    expect(pug.render(template, { errors: two().take() })).toBe("ab");
  });

  test("that is not given messages fails in the loop, and prints nothing by the one line", () => {
    expect(() => pug.render(LIST, {})).toThrow("Cannot read properties of undefined (reading 'length')");
    expect(pug.render(line("bootstrap"), { renderMessages })).toBe("");
  });

  test("shows none by asking for their length", () => {
    const messages = two();
    expect(pug.render("= messages.length", { messages })).toBe("2");
    expect(messages.used).toBe(false);
  });

  test("that loops with `in` prints an element without text for each message, or fails, and shows none", () => {
    const messages = two();
    expect(pug.render("each message in messages\n  p= message", { messages })).toBe("<p></p><p></p>");
    const template = "each message in messages\n  p(class=message.tags)= message";
    expect(() => pug.render(template, { messages })).toThrow("Cannot read properties of undefined (reading 'tags')");
    expect(messages.used).toBe(false);
  });

  test("has an `else` of its loop only with `in`, over an array of the messages", () => {
    const otherwise = "\n  p= message\nelse\n  p none";
    expect(() => pug.render(`each message of messages${otherwise}`, { messages: two() })).toThrow('"else"');
    const template = `each message in [...messages]${otherwise}`;
    expect(pug.render(template, { messages: waiting() })).toBe("<p>none</p>");
    expect(pug.render(template, { messages: waiting(new Message(INFO, "a")) })).toBe("<p>a</p>");
  });

  test("has no class where a message has no tags", () => {
    expect(pug.render(loop("p(class=message.tags)= message"), { messages: waiting(new Message(99, "a")) })).toBe(
      "<p>a</p>",
    );
  });

  test("writes one message or all of them into an attribute as JSON, which shows them", () => {
    const json = (html: string) => JSON.parse(shownIn(html, "p")[0]?.attributes["data-json"] ?? "");
    const expected = { level: INFO, message: `"it's" <a>`, safe: false, tags: "info" };
    const messages = waiting(new Message(INFO, expected.message));
    expect(json(pug.render("p(data-json=messages)", { messages }))).toMatchObject([expected]);
    expect(messages.used).toBe(true);
    expect(json(pug.render(loop("p(data-json=message)"), { messages }))).toMatchObject(expected);
  });
});

describe("in Express", () => {
  /** A visitor for whom two messages wait. */
  async function visitor(views: Readonly<Record<string, string>>): Promise<Client> {
    const folder = mkdtempSync(join(tmpdir(), "views-"));
    for (const [name, template] of Object.entries(views)) writeFileSync(join(folder, `${name}.pug`), template);
    const app = express();
    app.set("views", folder);
    app.set("view engine", "pug");
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

  test.each([
    ["by a view that it includes", { page: "main\n  include list", list: LIST }],
    ["by a layout that it extends", { page: "extends list\nblock body\n  p", list: `main\n  block body\n${LIST}` }],
    [
      "by a mixin",
      {
        page:
          "mixin list(messages)\n  each message of messages\n" +
          "    li(class=message.tags)!= message.toHTML()\nmain\n  +list(messages)",
      },
    ],
  ])("a page shows messages once, also %s", async (_, views) => {
    const client = await visitor(views);
    const shown = (html: string) => shownIn(html, "li").map(({ attributes, html }) => [attributes.class, html]);
    expect(shown((await client.get("/page")).body)).toEqual([
      ["profile success", "&lt;Saved&gt;"],
      ["error", "<b>Not</b> saved"],
    ]);
    const next = (await client.get("/page")).body;
    expect([shown(next), shownIn(next, "main").length]).toEqual([[], 1]);
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
    const client = await visitor({ page: LIST, plain: "p plain" });
    const plain = await client.get("/plain");
    expect([plain.body, plain.headers["set-cookie"], plain.headers.vary]).toEqual([
      "<p>plain</p>",
      undefined,
      undefined,
    ]);
    expect(shownIn((await client.get("/page")).body, "li")).toHaveLength(2);
  });
});
