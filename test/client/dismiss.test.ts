import type { Page } from "playwright-core";
import { describe, expect, test } from "vitest";
import { isBrowserMissing } from "../browser.ts";
import { message, pause, show, shown, untilShown, useSite } from "./site.ts";

const element = (children: string, attributes = "") =>
  `<input><onceover-messages ${attributes}>${children}</onceover-messages><a href="/after">After</a>`;
const ABC = element("<p>A.</p><p>B.</p><p>C.</p>");

describe.skipIf(isBrowserMissing)("dismissing a message, in Chromium", () => {
  const site = useSite();

  test("a button takes away its message, and no other; the page keeps the element", async () => {
    const tab = await site.show(ABC);
    await tab.getByRole("button", { name: "Dismiss" }).nth(1).click();
    await untilShown(tab, ["A.", "C."]);
    expect(await tab.locator("onceover-messages").evaluate((node) => node.children.length)).toBe(3);
  });

  test("the button is named as the page says", async () => {
    const tab = await site.show(element("<p>A.</p>", 'dismiss-label="Schließen"'));
    await tab.getByRole("button", { name: "Schließen", exact: true }).click();
    await untilShown(tab, []);
  });

  test.each(["Enter", "Space", "Escape"])(
    "%s on the button dismisses; the focus goes on, and then back",
    async (key) => {
      const tab = await site.show(ABC);
      await untilShown(tab, ["A.", "B.", "C."]);
      await tab.getByRole("textbox").focus();
      await tab.keyboard.press("Tab");
      await tab.keyboard.press("Tab");
      expect(await focusOf(tab)).toBe("B.");
      await tab.keyboard.press(key);
      await untilShown(tab, ["A.", "C."]);
      expect(await focusOf(tab)).toBe("C.");
      await tab.keyboard.press(key);
      await untilShown(tab, ["A."]);
      expect(await focusOf(tab)).toBe("A.");
      await tab.keyboard.press(key);
      await untilShown(tab, []);
      expect(await focusOf(tab)).toBe("INPUT");
    },
  );

  test("Escape in a link of a message dismisses it, and the focus goes back to where it was before both", async () => {
    const tab = await site.show(element('<p>A <a href="/x">link</a>.</p>'));
    await untilShown(tab, ["A link."]);
    await tab.getByRole("textbox").focus();
    await tab.keyboard.press("Tab");
    await tab.keyboard.press("Tab");
    expect(await focusOf(tab)).toBe("A link.");
    await tab.keyboard.press("Shift+Tab");
    expect(await focusOf(tab)).toBe("A");
    await tab.keyboard.press("Escape");
    await untilShown(tab, []);
    expect(await focusOf(tab)).toBe("INPUT");
  });

  test("a click that did not take the focus leaves it where it is", async () => {
    const tab = await site.show(ABC);
    await untilShown(tab, ["A.", "B.", "C."]);
    await tab.getByRole("textbox").focus();
    await tab.evaluate(() => document.querySelector("onceover-messages")?.shadowRoot?.querySelector("button")?.click());
    await untilShown(tab, ["B.", "C."]);
    expect(await focusOf(tab)).toBe("INPUT");
  });

  test("other keys do what they do: the tabulator goes through and out", async () => {
    const tab = await site.show(element('<p>A <input type="checkbox"></p>'));
    await untilShown(tab, ["A"]);
    await tab.keyboard.press("Tab");
    await tab.keyboard.press("Tab");
    await tab.keyboard.press("Space");
    expect(await tab.getByRole("checkbox").isChecked()).toBe(true);
    await tab.keyboard.press("Tab");
    await tab.keyboard.press("Tab");
    expect(await focusOf(tab)).toBe("A");
    expect(await tab.evaluate(() => document.activeElement?.textContent)).toBe("After");
  });
});

describe.skipIf(isBrowserMissing)("dismissing by itself, in Chromium", () => {
  const site = useSite();
  const LEVELS = ["debug", "info", "success", "warning", "error"];
  const ALL = LEVELS.map((level) => `<p class="${level}">${level}</p>`).join("");

  test("each level goes after its own time, and errors stay, whatever the page says", async () => {
    const tab = await site.show(element(ALL, 'dismiss-after="debug: 0.1, info: .1; success 0.2, error: 0.1"'));
    await untilShown(tab, ["warning", "error"]);
    await pause(tab, 150);
    expect(await shown(tab)).toEqual(["warning", "error"]);
  });

  test("a level of the app's own goes when that does which it looks like", async () => {
    const tab = await site.show(element("", 'dismiss-after="success: 0.1, error: 0.1"'));
    await show(tab, [message("27", { level: 27 }), message("35", { level: 35 }), message("45", { level: 45 })]);
    await untilShown(tab, ["35", "45"]);
  });

  test("what is no time is none", async () => {
    const values = [
      "",
      "8",
      "info",
      "info:",
      "info: soon",
      "info: 0",
      "info: 1.2.3",
      "info: .",
      "myinfo: 0.1",
      "info: -1",
    ];
    const elements = [...values, "{}[("].map((value) => element('<p class="info">A.</p>', `dismiss-after="${value}"`));
    const tab = await site.show(elements.join(""));
    await untilShown(
      tab,
      elements.map(() => "A."),
    );
    expect(await timersOf(tab)).toEqual([]);
  });

  test("reduced motion leaves the time as it is", async () => {
    await site.visitor({ reducedMotion: "reduce" });
    const tab = await site.show(element('<p class="info">A.</p>', 'dismiss-after="info: 0.1"'));
    await untilShown(tab, []);
  });

  test("time stands still while the element is hovered over, and goes on afterwards", async () => {
    const tab = await site.show(element('<p class="info">A.</p><p class="info">B.</p>', 'dismiss-after="info: 30"'));
    await untilShown(tab, ["A.", "B."]);
    await tab.locator("onceover-messages > p").first().hover();
    await untilTimers(tab, "paused");
    await tab.mouse.move(0, 500);
    await untilOver(tab, []);
  });

  test("it stands still for what appears below the pointer, which is seen at once", async () => {
    const tab = await site.show(element('<p class="error">A.</p>', 'dismiss-after="info: 30"'));
    await tab.locator("onceover-messages > p").first().hover();
    await show(tab, [message("B.", { level: 20 })]);
    await untilShown(tab, ["A.", "B."]);
    await untilTimers(tab, "paused");
    await expect.poll(() => opacityOf(tab)).toEqual(["1", "1"]);
    await tab.mouse.move(0, 500);
    await untilOver(tab, ["A."]);
  });

  test("it stands still while the focus is on a button, or on a link in a message", async () => {
    const tab = await site.show(element('<p class="info">A <a href="/x">link</a></p>', 'dismiss-after="info: 30"'));
    await untilShown(tab, ["A link"]);
    await tab.getByRole("link", { name: "link" }).focus();
    await untilTimers(tab, "paused");
    await tab.keyboard.press("Tab");
    expect(await focusOf(tab)).toBe("A link");
    await untilTimers(tab, "paused");
    await tab.keyboard.press("Tab");
    await untilOver(tab, []);
  });

  test("it stands still while another tab is looked at", async () => {
    const tab = await site.show(element('<p class="info">A.</p>', 'dismiss-after="info: 30"'));
    await untilShown(tab, ["A."]);
    await setHidden(tab, true);
    await untilTimers(tab, "paused");
    await setHidden(tab, false);
    await untilOver(tab, []);
  });

  test("what a script took away is left alone when its time comes", async () => {
    const tab = await site.show(element('<p class="info" id="a">A.</p>', 'dismiss-after="info: 30"'));
    await untilShown(tab, ["A."]);
    await tab.evaluate(async () => {
      const [timer] =
        document
          .querySelector("onceover-messages")
          ?.shadowRoot?.getAnimations()
          .filter(({ id }) => id) ?? [];
      document.body.append(document.querySelector("#a") ?? "");
      timer?.finish();
      await timer?.finished;
    });
    await pause(tab, 50);
    expect(await tab.locator("body > #a").isVisible()).toBe(true);
    expect(await tab.locator("#a").getAttribute("hidden")).toBeNull();
  });
});

/** What has the focus: the text of the message that a button belongs to, or the name of the element. */
function focusOf(tab: Page): Promise<string> {
  return tab.evaluate(() => {
    const button = document.activeElement?.shadowRoot?.activeElement;
    const message = button?.parentElement?.querySelector("slot")?.assignedElements()[0];
    return message?.textContent ?? document.activeElement?.nodeName ?? "";
  });
}

/** What the timers do. */
function timersOf(tab: Page): Promise<string[]> {
  return tab.evaluate(() => {
    const animations = [...document.querySelectorAll("onceover-messages")].flatMap(
      ({ shadowRoot }) => shadowRoot?.getAnimations() ?? [],
    );
    return animations.filter(({ id }) => id).map(({ playState }) => playState);
  });
}

/** Waits until time goes on, lets it be over in a moment, and waits until these messages are left. */
async function untilOver(tab: Page, left: readonly string[]): Promise<void> {
  await untilTimers(tab, "running");
  await tab.evaluate(() => {
    const animations = document.querySelector("onceover-messages")?.shadowRoot?.getAnimations() ?? [];
    for (const timer of animations.filter(({ id }) => id)) timer.currentTime = 29_950;
  });
  await untilShown(tab, left);
}

async function untilTimers(tab: Page, state: string): Promise<void> {
  const states = async () => [...new Set(await timersOf(tab))];
  await expect.poll(states, { timeout: 5_000, interval: 10 }).toEqual([state]);
}

function opacityOf(tab: Page): Promise<string[]> {
  return tab.locator("[part~=message]").evaluateAll((boxes) => boxes.map((box) => getComputedStyle(box).opacity));
}

/** Tells the page that it is out of sight, as a window without a screen never is. */
async function setHidden(tab: Page, isHidden: boolean): Promise<void> {
  await tab.evaluate((hidden) => {
    Object.defineProperty(document, "hidden", { configurable: true, value: hidden });
    document.dispatchEvent(new Event("visibilitychange", { bubbles: true }));
  }, isHidden);
}
