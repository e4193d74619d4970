import { inspect } from "node:util";
import {
  DEBUG,
  DEFAULT_LEVELS,
  ERROR,
  getLevel,
  INFO,
  type Messages,
  type Settings,
  SUCCESS,
  setLevel,
  WARNING,
} from "onceover";
import { describe, expect, test } from "vitest";
import { djangoPages, itemsOf, LEVEL_NAMES } from "./app.ts";
import { type Page, Site, STORAGES, setCookiesOf, show, texts } from "./site.ts";

const FIVE_TEXTS = [0, 1, 2, 3, 4].map((number) => `Test message ${number}`);

for (const storage of STORAGES) {
  describe(`${storage} storage`, () => behavesAsInDjango({ storage }));
  describe(`${storage} storage, compat: "django"`, () => behavesAsInDjango({ storage, compat: "django" }));
}

function behavesAsInDjango(settings: Settings): void {
  test("inspecting the messages shows what is known, and reads nothing", async () => {
    const site = await siteWithTwo(settings);
    const seen = await inPage(site, (messages) => [inspect(messages), messages.used]);
    expect(seen).toEqual(["Messages { loaded: not read, added: [], used: false }", false]);
  });

  test("a message that was added is there at once", async () => {
    const counts = await inPage(new Site(settings), (messages) => {
      const before = messages.length;
      messages.add(INFO, "Test message 1");
      messages.add(INFO, "Test message 2", { extraTags: "tag" });
      return [before, messages.length];
    });
    expect(counts).toEqual([0, 2]);
  });

  test("a lazy translation is stored as the text that it is when the response goes out", async () => {
    let language = "en";
    const lazy = { toString: () => (language === "en" ? "a lazy message" : "une phrase paresseuse") };
    const site = new Site(settings);
    await site.visit((messages) => {
      messages.info(lazy);
      language = "fr";
    });
    language = "en";
    expect(texts(await site.waiting())).toEqual(["une phrase paresseuse"]);
  });

  test("nothing is written where nothing changed", async () => {
    const site = new Site(settings);
    const response = await site.visit((messages) => messages.length);
    expect(setCookiesOf(response)).toEqual([]);
    expect(site.visitor.sessionWrites).toBe(0);
  });

  test("what was added waits, repeated or not", async () => {
    const site = new Site(settings);
    await site.visit((messages) => {
      messages.info("Test message 1");
      messages.info("Test message 1", { extraTags: "tag" });
    });
    expect((await site.waiting()).map(({ message, extraTags }) => [message, extraTags])).toEqual([
      ["Test message 1", ""],
      ["Test message 1", "tag"],
    ]);
  });

  test("what was added and then shown does not wait any more", async () => {
    const site = await siteWithTwo(settings);
    await site.visit((messages, request) => {
      messages.info("Test message 3");
      return show(messages, request);
    });
    expect(texts(await site.waiting())).toEqual([]);
  });

  test("what is added after the others were shown waits alone", async () => {
    const site = await siteWithTwo(settings);
    await site.visit((messages, request) => {
      const response = show(messages, request);
      messages.info("Test message 3");
      return response;
    });
    expect(texts(await site.waiting())).toEqual(["Test message 3"]);
  });

  test("messages of each level go through a redirect onto the page", async () => {
    const client = await djangoPages({ ...settings, level: DEBUG });
    for (const level of LEVEL_NAMES) {
      const redirect = await client.post(`/add/${level}`, { body: form(FIVE_TEXTS) });
      expect([redirect.status, redirect.headers.location]).toEqual([302, "/show"]);
      const page = await client.follow(redirect);
      expect(page.headers["x-context"]).toBe("messages DEFAULT_MESSAGE_LEVELS");
      expect(itemsOf(page)).toEqual(FIVE_TEXTS.map((text) => `<li class="${level}">${text}</li>`));
    }
  });

  test("a template that is rendered later shows them, and the second page does not", async () => {
    const client = await djangoPages({ ...settings, level: DEBUG });
    for (const level of LEVEL_NAMES) {
      const redirect = await client.post(`/add/${level}?then=/show-later`, { body: form(FIVE_TEXTS) });
      const page = await client.follow(redirect);
      expect(itemsOf(page)).toEqual(FIVE_TEXTS.map((text) => `<li class="${level}">${text}</li>`));
      expect(itemsOf(await client.get("/show-later"))).toEqual([]);
    }
  });

  test("templates know the default levels", async () => {
    const client = await djangoPages(settings);
    const page = await client.get("/levels");
    expect(JSON.parse(page.body)).toEqual(DEFAULT_LEVELS);
  });

  test("several posts before the page accumulate in order", async () => {
    const client = await djangoPages({ ...settings, level: DEBUG });
    for (const level of LEVEL_NAMES) await client.post(`/add/${level}`, { body: form(FIVE_TEXTS) });
    const page = await client.get("/show");
    expect(itemsOf(page)).toEqual(
      LEVEL_NAMES.flatMap((level) => FIVE_TEXTS.map((text) => `<li class="${level}">${text}</li>`)),
    );
  });

  test("where the middleware is missing, adding is an error", async () => {
    const client = await djangoPages(undefined);
    for (const level of LEVEL_NAMES) {
      const answer = await client.post(`/add/${level}`, { body: form(FIVE_TEXTS) });
      expect([answer.status, answer.body]).toEqual([500, "no-middleware"]);
    }
  });

  test("where the middleware is missing, adding silently does nothing", async () => {
    const client = await djangoPages(undefined);
    for (const level of LEVEL_NAMES) {
      const redirect = await client.post(`/add/${level}`, { body: form(FIVE_TEXTS, "silently") });
      const page = await client.follow(redirect);
      expect([redirect.status, page.status, page.headers["x-context"]]).toEqual([302, 200, ""]);
    }
  });

  test("iterating marks them as used, and iterating again gives the same", async () => {
    const site = await siteWithTwo(settings);
    await site.visit((messages) => {
      expect(messages.used).toBe(false);
      const first = [...messages];
      expect(messages.used).toBe(true);
      expect(texts(first)).toEqual(["Test message 1", "Test message 2"]);
      expect([...messages]).toEqual(first);
    });
  });

  test("adding to those that wait is a change that is written", async () => {
    const site = await siteWithTwo(settings);
    const untouched = await writes(site, (messages) => messages.length);
    const added = await writes(site, (messages) => messages.info("Test message 3"));
    expect([untouched, added > 0]).toEqual([0, true]);
    expect(texts(await site.waiting())).toEqual(["Test message 1", "Test message 2", "Test message 3"]);
  });

  test("the default level keeps five of six", async () => {
    expect(getLevel(new Request("http://site.test/"))).toBe(INFO);
    const seen = await inPage(new Site(settings), (messages, request) => {
      const level = getLevel(request);
      addOneOfEachLevel(messages);
      return [level, messages.length];
    });
    expect(seen).toEqual([INFO, 5]);
  });

  test.each([
    { level: 5, kept: 6 },
    { level: 30, kept: 2 },
  ])("level $level keeps $kept of six", async ({ level, kept }) => {
    const seen = await inPage(new Site(settings), (messages, request) => {
      const wasSet = setLevel(request, level);
      addOneOfEachLevel(messages);
      return [wasSet, getLevel(request), messages.length];
    });
    expect(seen).toEqual([true, level, kept]);
  });

  test("a level setting of 29 keeps three of six", async () => {
    const seen = await inPage(new Site({ ...settings, level: 29 }), (messages, request) => {
      addOneOfEachLevel(messages);
      return [getLevel(request), messages.length];
    });
    expect(seen).toEqual([29, 3]);
  });

  test("tags are the extra tags and then the level's own", async () => {
    expect(await storedTags(settings, "tags")).toEqual(["info", "", "extra-tag debug", "warning", "error", "success"]);
  });

  test("the tag of a level is its name, or empty for one without a name", async () => {
    expect(await storedTags(settings, "levelTag")).toEqual(["info", "", "debug", "warning", "error", "success"]);
  });

  test("the tags setting renames tags, adds some, and makes some blank", async () => {
    const tags = { [INFO]: "info", [DEBUG]: "", [WARNING]: "", [ERROR]: "bad", 29: "custom" };
    expect(await storedTags({ ...settings, tags }, "tags")).toEqual([
      "info",
      "custom",
      "extra-tag",
      "",
      "bad",
      "success",
    ]);
  });
}

/** Six messages of different levels, one of them the app's own. */
function addOneOfEachLevel(messages: Messages): void {
  messages.add(INFO, "A generic info message");
  messages.add(29, "Some custom level");
  messages.add(DEBUG, "A debugging message", { extraTags: "extra-tag" });
  messages.add(WARNING, "A warning");
  messages.add(ERROR, "An error");
  messages.add(SUCCESS, "This was a triumph.");
}

/** A site where two messages wait for the visitor. */
async function siteWithTwo(settings: Settings): Promise<Site> {
  const site = new Site(settings);
  await site.visit((messages) => {
    messages.info("Test message 1");
    messages.info("Test message 2", { extraTags: "tag" });
  });
  return site;
}

/** What a look at the messages of one request gives. */
async function inPage<T>(site: Site, look: (...given: Parameters<Page>) => T): Promise<T> {
  const seen: T[] = [];
  await site.visit((messages, request) => {
    seen.push(look(messages, request));
  });
  return seen[0] as T;
}

/** How often a page made its storage write. */
async function writes(site: Site, page: Page): Promise<number> {
  const before = site.visitor.sessionWrites;
  const response = await site.visit(page);
  return site.visitor.sessionWrites - before + setCookiesOf(response).length;
}

/** The tags of one message of each level, as the next page has them. */
async function storedTags(settings: Settings, which: "tags" | "levelTag"): Promise<string[]> {
  const site = new Site(settings);
  await site.visit((messages) => {
    messages.level = 0;
    addOneOfEachLevel(messages);
  });
  return (await site.waiting()).map((message) => message[which]);
}

function form(lines: readonly string[], silently?: "silently"): URLSearchParams {
  return new URLSearchParams([...lines.map((text) => ["text", text]), ...(silently ? [["silently", "true"]] : [])]);
}
