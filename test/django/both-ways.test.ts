import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { Client } from "../client.ts";
import { SECRET } from "../support.ts";
import { sameSpelling } from "./observation.ts";
import { withDjango } from "./python.ts";
import { Random } from "./random.ts";
import type { AddPlan } from "./scenario.ts";
import { Site, Warnings } from "./site.ts";

const NEW_SECRET = "another one, that the Node app has begun to sign with";

withDjango(() => {
  describe("Django and Node on one origin, with one secret", () => {
    const warnings = new Warnings();
    let site: Site;
    let visitor: Visitor;

    beforeAll(async () => {
      const { onWarning } = warnings;
      site = await Site.start(SECRET, {
        "/node": { secret: SECRET, compat: "django", onWarning },
        "/node-rotated": { secret: [NEW_SECRET, SECRET], compat: "django" },
        "/node-normal": { secret: SECRET },
      });
    });
    beforeEach(() => {
      warnings.codes.length = 0;
      visitor = new Visitor(site.origin);
    });
    afterAll(() => site.close());

    describe.each([
      { adds: "django", shows: "node" },
      { adds: "node", shows: "django" },
    ])("what $adds adds, $shows", ({ adds, shows }) => {
      test("shows, and then it is gone on both", async () => {
        await visitor.add(adds, [info("Saved.")]);
        expect(await visitor.show(shows)).toEqual([["info", "Saved."]]);
        expect(await visitor.show(adds)).toEqual([]);
        expect(await visitor.show(shows)).toEqual([]);
        expect(await visitor.cookieNames()).not.toContain("messages");
      });

      test("shows with its level", async () => {
        await visitor.add(
          adds,
          [20, 25, 30, 40, 29].map((level) => ({ ...info("x"), level })),
        );
        const tags = (await visitor.show(shows)).map(([tags]) => tags);
        expect(tags).toEqual(["info", "success", "warning", "error", ""]);
      });

      test("shows with its extra tags", async () => {
        await visitor.add(
          adds,
          [undefined, null, "", "profile now", 'a"b'].map((extraTags) => info("x", extraTags)),
        );
        const tags = (await visitor.show(shows)).map(([tags]) => tags);
        expect(tags).toEqual(["info", "info", "info", "profile now info", "a&quot;b info"]);
      });

      test("shows as HTML if it is safe, and as text if not", async () => {
        const html = `<b>"It's"</b>`;
        await visitor.add(adds, [info(html), { ...info(html), text: { kind: "safe", value: html } }]);
        expect(await visitor.show(shows)).toEqual([
          ["info", "&lt;b&gt;&quot;It&#39;s&quot;&lt;/b&gt;"],
          ["info", html],
        ]);
      });

      test("shows in every script", async () => {
        const text = "é e\u0301 日本 שלום 😀 👩‍👩‍👧 \u2028 \u007f \u{10ffff} \\u0041 %3A";
        await visitor.add(adds, [info(text)]);
        expect(await visitor.show(shows)).toEqual([["info", text]]);
      });

      test("shows if its level was not too low", async () => {
        const debug = { ...info("For developers."), level: 10 };
        await visitor.add(adds, [debug]);
        expect(await visitor.show(shows)).toEqual([]);
        await visitor.add(adds, [debug], 10);
        expect(await visitor.show(shows)).toEqual([["debug", "For developers."]]);
        await visitor.add(adds, [info("Too low."), { ...info("High enough."), level: 30 }], 30);
        expect(await visitor.show(shows)).toEqual([["warning", "High enough."]]);
      });

      test("shows whole, many or long, compressed", async () => {
        const texts = [...Array.from({ length: 60 }, (_, index) => `Item ${index} was saved.`), "Long. ".repeat(500)];
        await visitor.add(
          adds,
          texts.map((text) => info(text)),
        );
        expect(await visitor.cookie()).toMatch(/^\./);
        expect(await visitor.show(shows)).toEqual(texts.map((text) => ["info", text]));
      });

      test("shows as far as it fits into the cookie, the oldest first", async () => {
        const random = new Random(1);
        const texts = random.list(30, () => random.list(150, () => random.int(0, 35).toString(36)).join(""));
        await visitor.add(
          adds,
          texts.map((text) => info(text)),
        );
        expect((await visitor.cookie())?.length).toBeLessThanOrEqual(2048);
        const shown = (await visitor.show(shows)).map(([, text]) => text);
        expect(shown.length).toBeGreaterThan(5);
        expect(shown).toEqual(texts.slice(0, shown.length));
        // Django puts the others into a session of its own. This Node app has none, and says so.
        expect(warnings.codes).toEqual(adds === "node" ? ["not-stored"] : []);
      });
    });

    test.each(["django", "node"])("what both added, %s shows in order", async (shows) => {
      await visitor.add("django", [info("one"), info("two")]);
      await visitor.add("node", [info("three")]);
      await visitor.add("django", [info("four")]);
      expect((await visitor.show(shows)).map(([, text]) => text)).toEqual(["one", "two", "three", "four"]);
      expect(await visitor.show("django")).toEqual([]);
      expect(await visitor.show("node")).toEqual([]);
    });

    test("a Node app that changed its secret reads what Django signed with the old one, and signs with the new", async () => {
      await visitor.add("django", [info("With the old.")]);
      await visitor.add("node-rotated", [info("With the new.")]);
      expect(await visitor.show("node-rotated")).toEqual([
        ["info", "With the old."],
        ["info", "With the new."],
      ]);
      await visitor.add("node-rotated", [info("With the new.")]);
      expect(await visitor.show("django")).toEqual([]);
    });

    test("a Node app without `compat` shows what Django adds, and then it is gone on both", async () => {
      await visitor.add("django", [info("Saved.")]);
      expect(await visitor.show("node-normal")).toEqual([["info", "Saved."]]);
      expect(await visitor.show("node-normal")).toEqual([]);
      expect(await visitor.show("django")).toEqual([]);
    });
  });
});

function info(value: string, extraTags?: string | null): AddPlan {
  return { level: 20, text: { kind: "plain", value }, ...(extraTags === undefined ? {} : { extraTags }) };
}

/** Somebody with a browser, and with a cookie jar in it. */
class Visitor {
  readonly #client: Client;

  constructor(origin: string) {
    this.#client = new Client(origin);
  }

  /** Lets one side add messages. @param level what it sets its minimum level to before. */
  async add(side: string, messages: readonly AddPlan[], level: number | null = null): Promise<void> {
    const answer = await this.#client.post(`/${side}/add`, {
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ level, messages }),
    });
    expect(answer).toMatchObject({ status: 200, body: "added" });
  }

  /** The messages on a page of one side: the tags and the HTML of each. */
  async show(side: string): Promise<[tags: string, html: string][]> {
    const { status, body } = await this.#client.get(`/${side}/show`);
    expect(status).toBe(200);
    const items = sameSpelling(body).matchAll(/<li class="([^"]*)">(.*?)<\/li>/gs);
    return [...items].map(([, tags = "", html = ""]) => [tags, html]);
  }

  async cookie(): Promise<string | undefined> {
    return (await this.#client.cookies()).messages;
  }

  async cookieNames(): Promise<string[]> {
    return Object.keys(await this.#client.cookies());
  }
}
