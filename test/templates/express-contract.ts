import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import express, { type Express } from "express";
import { markSafe } from "onceover";
import { messages } from "onceover/express";
import { parseFragment, serialize } from "parse5";
import { describe, expect, onTestFinished, test } from "vitest";
import { listen } from "../adapters/servers.ts";
import { Client } from "../client.ts";
import { SECRET } from "../support.ts";
import { shownIn } from "./contract.ts";

/** Templates by their names, without the ending. */
type Views = Readonly<Record<string, string>>;

/** What users of an engine write in Express. */
export interface ExpressEngine {
  /** What its page of the documentation is called, and what its files end with here. */
  readonly name: string;
  /** Makes the engine that of `res.render()`; messages are mounted by then. */
  setUp(app: Express, views: string): void;
  /** The documented loop. */
  readonly list: string;
  /** The documented line that prints all messages, with the preset of Bootstrap. */
  readonly line: string;
  /** Calls `fail()`, which throws. */
  readonly fail: string;
  /** Ways of having the list in another file: each has a `page` that prints `<main>`, the list, `text` and `</main>`. */
  readonly pages: Readonly<Record<string, Views>>;
}

/** What is promised of messages in Express, by any template engine. */
export function expressContract(engine: ExpressEngine): void {
  const { name, list, line, fail, pages } = engine;

  test(`docs/${name}.md shows the templates that are tested`, () => {
    const text = readFileSync(join(import.meta.dirname, `../../docs/${name}.md`), "utf8");
    expect(text).toContain(list);
    expect(text).toContain(line);
  });

  describe(`${name} in Express`, () => {
    test.each(Object.entries(pages))("a page shows messages once, by %s", async (_, views) => {
      const client = await visitor(engine, views);
      expect(squeezed((await client.get("/page")).body)).toBe(
        '<main><ul class="messages"><li class="profile success">&lt;Saved&gt;</li>' +
          '<li class="error"><b>Not</b> saved</li></ul>text</main>',
      );
      expect((await client.get("/page")).body).toMatch(/^<main>\s*text\s*<\/main>\s*$/);
    });

    test("a page shows them by one line", async () => {
      const client = await visitor(engine, { page: line });
      const shown = shownIn((await client.get("/page")).body, "div");
      expect(shown.map(({ attributes, html }) => [attributes.class, html])).toEqual([
        ["alert alert-dismissible alert-success profile success", "&lt;Saved&gt;"],
        ["alert alert-dismissible alert-danger error", "<b>Not</b> saved"],
      ]);
      expect((await client.get("/page")).body).toBe("");
    });

    test("a page that does not use messages leaves them alone", async () => {
      const client = await visitor(engine, { page: list, plain: "<p>plain</p>" });
      const plain = await client.get("/plain");
      expect([plain.body, plain.headers["set-cookie"], plain.headers.vary]).toEqual([
        "<p>plain</p>",
        undefined,
        undefined,
      ]);
      expect(shownIn((await client.get("/page")).body, "li")).toHaveLength(2);
    });

    test("a page that fails after it has shown them keeps them", async () => {
      const client = await visitor(engine, { page: list, failing: `${list}${fail}` });
      const failed = await client.get("/failing");
      expect([failed.status, failed.body]).toEqual([500, expect.stringContaining("failed late")]);
      expect(shownIn((await client.get("/page")).body, "li")).toHaveLength(2);
    });
  });
}

/** A visitor for whom two messages wait, in an app with these views: each is at the path of its name. */
export async function visitor({ name, setUp }: ExpressEngine, views: Views): Promise<Client> {
  const folder = mkdtempSync(join(tmpdir(), "views-"));
  for (const [view, template] of Object.entries(views)) {
    const file = join(folder, `${view}.${name}`);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, template);
  }
  const app = express();
  app.set("views", folder);
  app.set("view engine", name);
  app.locals.fail = () => {
    throw new Error("failed late");
  };
  app.use(messages({ secret: SECRET }));
  setUp(app, folder);
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

/** HTML as a browser reads it, without what is only layout. */
function squeezed(html: string): string {
  return serialize(parseFragment(html))
    .replace(/\s*(<\/?(?:main|ul|li)\b[^>]*>)\s*/g, "$1")
    .trim();
}
