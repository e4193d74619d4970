import { type PresetName, renderMessages } from "onceover/html";
import type { Browser, BrowserContext, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { findingsOf, NOTHING } from "../accessibility.ts";
import type { ContractServer } from "../adapters/contract.ts";
import { HOW_TO_GET_CHROMIUM, isBrowserMissing, launchBrowser } from "../browser.ts";
import { PRESET_NAMES, SAMPLES, servePresetPages, tailwind } from "./preset-page.ts";

if (isBrowserMissing) console.warn(`Tests in a browser are skipped. ${HOW_TO_GET_CHROMIUM}`);

/** How a message is painted. */
interface Painted {
  readonly colour: string;
  /** What is left free at the end of each line, in em. */
  readonly room: number;
}

describe.skipIf(isBrowserMissing).each(PRESET_NAMES)("%s, in Chromium", (preset) => {
  let server: ContractServer;
  let browser: Browser;
  let context: BrowserContext;
  let page: Page;
  const complaints: string[] = [];

  beforeAll(async () => {
    server = await servePresetPages();
    browser = await launchBrowser();
  });

  afterAll(async () => {
    await browser?.close();
    await server?.close();
  });

  beforeEach(async () => {
    context = await browser.newContext({ baseURL: server.origin, viewport: { width: 640, height: 480 } });
    // A Content-Security-Policy that forbids something is an error on the console.
    context.on("console", (line) => complaints.push(line.text()));
    context.on("requestfailed", (request) => complaints.push(request.url()));
    page = await context.newPage();
  });

  afterEach(async () => {
    await context.close();
    expect(complaints.splice(0)).toEqual([]);
  });

  const open = async (theme: "light" | "dark", direction = "ltr") => {
    await page.emulateMedia({ colorScheme: theme });
    await page.goto(`/${preset}?theme=${theme}&dir=${direction}`);
  };

  test.each(["light", "dark"] as const)("axe-core has nothing to say against it, in %s colours", async (theme) => {
    await open(theme);
    expect(await findingsOf(page, "main")).toEqual(NOTHING);
  });

  test.each(["light", "dark"] as const)("each level looks different, in %s colours", async (theme) => {
    await open(theme);
    const colours = (await painted(page)).map(({ colour }) => colour);
    expect(colours).toHaveLength(SAMPLES.length);
    expect(new Set(colours).size).toBe(SAMPLES.length);
  });

  test("a screen reader hears of a status, and of an alert from a warning on", async () => {
    await open("light");
    const session = await context.newCDPSession(page);
    const { nodes } = await session.send("Accessibility.getFullAXTree");
    const roles = nodes.map(({ role }) => String(role?.value)).filter((role) => ["status", "alert"].includes(role));
    expect(roles).toEqual(["status", "status", "status", "alert", "alert"]);
  });

  test.each(directionsOf(preset))("text leaves room for a button in the corner (%s)", async (direction) => {
    await open("light", direction);
    for (const { room } of await painted(page)) expect(room).toBeGreaterThanOrEqual(2.5);
  });

  test("a link in a message is underlined", async () => {
    await open("light");
    const line = await page.getByRole("link").evaluate((link) => getComputedStyle(link).textDecorationLine);
    expect(line).toBe("underline");
  });

  test("a narrow window needs no scrolling sideways", async () => {
    await page.setViewportSize({ width: 320, height: 480 });
    await open("light");
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(320);
  });
});

/** Bootstrap has another style sheet for right to left; the spaces of Bulma have a left and a right. */
function directionsOf(preset: PresetName): readonly string[] {
  return preset === "bootstrap" || preset === "bulma" ? ["ltr"] : ["ltr", "rtl"];
}

function painted(page: Page): Promise<Painted[]> {
  return page.locator("[data-level]").evaluateAll((messages) =>
    messages.map((message) => {
      const box = message.querySelector("article") ?? message;
      const { backgroundColor, fontSize, paddingInlineEnd } = getComputedStyle(box);
      return { colour: backgroundColor, room: Number.parseFloat(paddingInlineEnd) / Number.parseFloat(fontSize) };
    }),
  );
}

test("tailwind: each class is in the file that Tailwind is told to read, and is one that Tailwind makes", async () => {
  const { build, words } = await tailwind();
  const tags = classesOf(renderMessages(SAMPLES));
  const classes = classesOf(renderMessages(SAMPLES, { preset: "tailwind" })).filter((name) => !tags.includes(name));
  expect(classes.length).toBeGreaterThan(10);
  let css = build([]);
  for (const name of classes) {
    expect(words).toContain(name);
    const longer = build([name]);
    expect(longer.length, name).toBeGreaterThan(css.length);
    css = longer;
  }
});

function classesOf(html: string): string[] {
  const classes = [...html.matchAll(/<div class="([^"]*)"/g)].flatMap(([, names = ""]) => names.split(" "));
  return [...new Set(classes)];
}
