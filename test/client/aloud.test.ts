import { ERROR, INFO, Message, SUCCESS, WARNING } from "onceover";
import { renderMessages } from "onceover/html";
import type { Page } from "playwright-core";
import { describe, expect, test } from "vitest";
import { findingsOf, liveRegionsOf, NOTHING, textsBesideRegions } from "../accessibility.ts";
import { isBrowserMissing } from "../browser.ts";
import { css, heard, jsonOf, page, pause, SCRIPT, show, shown, untilHeard, untilShown, useSite } from "./site.ts";

const LEVELS = [
  new Message(10, "17 queries."),
  new Message(INFO, "A letter."),
  new Message(SUCCESS, "Saved."),
  new Message(WARNING, "Two days left."),
  new Message(ERROR, "Declined."),
];
const HEARD = [
  "status: 17 queries.",
  "status: A letter.",
  "status: Saved.",
  "alert: Two days left.",
  "alert: Declined.",
];

describe.skipIf(isBrowserMissing)("what <onceover-messages> has read aloud, in Chromium", () => {
  const site = useSite();

  test("its live regions are there and empty, whatever the page has", async () => {
    const tab = await site.show("<onceover-messages></onceover-messages>");
    await untilShown(tab, []);
    expect(await liveRegionsOf(tab)).toEqual([
      { role: "status", live: "polite", atomic: false, texts: [] },
      { role: "alert", live: "assertive", atomic: false, texts: [] },
    ]);
  });

  test("each text comes into one region, once, and what is seen is in none", async () => {
    const tab = await site.show("<onceover-messages></onceover-messages>");
    await show(tab, jsonOf(LEVELS));
    await untilHeard(tab, HEARD);
    expect(await liveRegionsOf(tab)).toEqual([
      { role: "status", live: "polite", atomic: false, texts: ["17 queries.", "A letter.", "Saved."] },
      { role: "alert", live: "assertive", atomic: false, texts: ["Two days left.", "Declined."] },
    ]);
    expect(await textsBesideRegions(tab)).toEqual(LEVELS.map(String));
  });

  test("the same holds for what the server wrote with roles of its own", async () => {
    const tab = await site.show(`<onceover-messages>${renderMessages(LEVELS)}</onceover-messages>`);
    await untilHeard(tab, HEARD);
    expect((await liveRegionsOf(tab)).map(({ texts }) => texts.length)).toEqual([3, 2]);
    expect(await textsBesideRegions(tab)).toEqual(LEVELS.map(String));
  });

  test("a text that was read is taken out again, and its message stays", async () => {
    const tab = await site.context.newPage();
    await tab.clock.install();
    site.serve({ "/": page("<onceover-messages><p>Saved.</p></onceover-messages>") });
    await tab.goto("/");
    await tab.clock.runFor(200);
    expect((await liveRegionsOf(tab))[0]?.texts).toEqual(["Saved."]);
    await tab.clock.runFor(5_000);
    expect((await liveRegionsOf(tab))[0]?.texts).toEqual([]);
    expect(await shown(tab)).toEqual(["Saved."]);
  });

  test("what is dismissed at once is not read", async () => {
    const tab = await site.show("<onceover-messages></onceover-messages>");
    await tab.evaluate(
      async (messages) => {
        const element = document.querySelector("onceover-messages");
        element?.show(messages);
        await Promise.resolve(); // By then they have their buttons.
        element?.shadowRoot?.querySelector("button")?.click();
      },
      jsonOf(LEVELS.slice(0, 2)),
    );
    await untilShown(tab, ["A letter."]);
    await untilHeard(tab, ["status: A letter."]);
  });

  test("in the order of the page, a message is followed by its button", async () => {
    const tab = await site.show(
      '<onceover-messages dismiss-label="Close"><p>A <a href="/x">link</a>.</p><p>B.</p></onceover-messages>',
    );
    await untilShown(tab, ["A link.", "B."]);
    const stops: string[] = [];
    for (let stop = 0; stop < 3; stop += 1) {
      await tab.keyboard.press("Tab");
      stops.push(await focusOf(tab));
    }
    expect(stops).toEqual(["link", "Close: A link.", "Close: B."]);
  });

  test.each(["light", "dark"] as const)(
    "axe-core has nothing to say against it, in %s colours",
    async (colorScheme) => {
      await site.visitor({ colorScheme });
      site.serve({ "/page.css": css(":root { color-scheme: light dark; background: Canvas; color: CanvasText; }") });
      const tab = await site.show(`<h1>Messages</h1><onceover-messages>${renderMessages(LEVELS)}</onceover-messages>`, {
        head: `<link rel="stylesheet" href="/page.css">${SCRIPT}`,
      });
      await untilShown(tab, LEVELS.map(String));
      await pause(tab); // Until nothing moves, and the regions have their texts.
      expect(await findingsOf(tab)).toEqual(NOTHING);
      await tab.getByRole("button").first().focus();
      await tab.getByRole("button").last().hover();
      expect(await findingsOf(tab)).toEqual(NOTHING);
      for (const _ of LEVELS) await tab.keyboard.press("Enter");
      await untilShown(tab, []);
      expect(await findingsOf(tab)).toMatchObject({ violations: [] });
      expect(await heard(tab)).toHaveLength(LEVELS.length);
    },
  );
});

/** What has the focus: the text of a link, or a button's name and the text of its message. */
function focusOf(tab: Page): Promise<string> {
  return tab.evaluate(() => {
    const button = document.activeElement?.shadowRoot?.activeElement;
    const message = button?.parentElement?.querySelector("slot")?.assignedElements()[0];
    return button ? `${button.ariaLabel}: ${message?.textContent}` : (document.activeElement?.textContent ?? "");
  });
}
