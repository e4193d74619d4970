import { Message, SUCCESS } from "onceover";
import { renderMessages } from "onceover/html";
import type { Page } from "playwright-core";
import { describe, expect, test } from "vitest";
import { isBrowserMissing } from "../browser.ts";
import { css, type PageOptions, SCRIPT, untilShown, useSite } from "./site.ts";

const LEVELS = ["debug", "info", "success", "warning", "error"];
const ALL = `<onceover-messages>${LEVELS.map((level) => `<p class="${level}">${level}</p>`).join("")}</onceover-messages>`;

describe.skipIf(isBrowserMissing)("how <onceover-messages> looks, in Chromium", () => {
  const site = useSite();

  const open = async (style: string, body = ALL, options: PageOptions = {}): Promise<Page> => {
    site.serve({ "/page.css": css(style) });
    return site.show(body, { head: `<link rel="stylesheet" href="/page.css">${SCRIPT}`, ...options });
  };
  const styleOf = (tab: Page, selector: string, property: string) =>
    tab
      .locator(selector)
      .evaluateAll((nodes, name) => nodes.map((node) => getComputedStyle(node).getPropertyValue(name)), property);

  test("each level has a colour of its own", async () => {
    const tab = await open("");
    await untilShown(tab, LEVELS);
    for (const property of ["border-left-color", "background-color"])
      expect(new Set(await styleOf(tab, "[part~=message]", property)).size).toBe(LEVELS.length);
  });

  test("a paragraph brings no margin into the box", async () => {
    const tab = await open("");
    await untilShown(tab, LEVELS);
    expect(new Set(await styleOf(tab, "onceover-messages > p", "margin-top"))).toEqual(new Set(["0px"]));
  });

  test("parts and the custom property change it", async () => {
    const tab = await open(`
      onceover-messages { gap: 7px; }
      onceover-messages::part(message) { border-radius: 5px; }
      onceover-messages::part(error) { --onceover-color: rgb(1, 2, 3); }
      onceover-messages::part(dismiss) { color: rgb(4, 5, 6); }
      onceover-messages::part(dismiss)::before { content: "x"; }`);
    await untilShown(tab, LEVELS);
    expect(new Set(await styleOf(tab, "[part~=message]", "border-radius"))).toEqual(new Set(["5px"]));
    expect((await styleOf(tab, "[part~=message]", "border-left-color")).at(-1)).toBe("rgb(1, 2, 3)");
    expect(new Set(await styleOf(tab, "[part=dismiss]", "color"))).toEqual(new Set(["rgb(4, 5, 6)"]));
    const [first, second] = await boxesOf(tab, "[part~=message]");
    expect((second?.y ?? 0) - (first?.bottom ?? 0)).toBe(7);
  });

  test("with a preset, the boxes are those of the CSS framework", async () => {
    const body = `<onceover-messages preset="plain">${renderMessages([new Message(SUCCESS, "Saved.")])}</onceover-messages>`;
    const tab = await open(".success { background: rgb(1, 2, 3); padding: 9px; }", body);
    await untilShown(tab, ["Saved."]);
    expect(await styleOf(tab, "[part~=message]", "background-color")).toEqual(["rgba(0, 0, 0, 0)"]);
    expect(await styleOf(tab, "[part~=message]", "padding")).toEqual(["0px"]);
    expect(await styleOf(tab, ".success", "background-color")).toEqual(["rgb(1, 2, 3)"]);
  });

  test.each(["ltr", "rtl"])(
    "the button is in the box at the end of the line (%s), large enough, beside the text",
    async (dir) => {
      const long = "All of it was saved, and more than that besides, so that this text needs two lines or more.";
      const tab = await open(
        "onceover-messages { width: 300px; font-size: 12px; }",
        `<onceover-messages><p>${long}</p></onceover-messages>`,
        { html: `lang="en" dir="${dir}"` },
      );
      await untilShown(tab, [long]);
      const [box] = await boxesOf(tab, "[part~=message]");
      const [button] = await boxesOf(tab, "[part=dismiss]");
      const [text] = await boxesOf(tab, "p");
      if (!box || !button || !text) throw new Error("There is no message.");
      expect(Math.min(button.width, button.height)).toBeGreaterThanOrEqual(24);
      expect(button.x).toBeGreaterThanOrEqual(box.x);
      expect(button.right).toBeLessThanOrEqual(box.right);
      expect(button.bottom).toBeLessThanOrEqual(box.bottom);
      if (dir === "ltr") expect(text.right).toBeLessThanOrEqual(button.x);
      else expect(text.x).toBeGreaterThanOrEqual(button.right);
    },
  );

  test("the button that has the focus shows it", async () => {
    const tab = await open("");
    await untilShown(tab, LEVELS);
    await tab.keyboard.press("Tab");
    const outlines = await styleOf(tab, "[part=dismiss]", "outline-style");
    expect(outlines).toEqual(["solid", "none", "none", "none", "none"]);
  });

  test.each([
    ["no-preference", true],
    ["reduce", false],
  ] as const)("with prefers-reduced-motion: %s, messages fade in: %j", async (reducedMotion, fades) => {
    await site.visitor({ reducedMotion });
    const tab = await open("");
    await untilShown(tab, LEVELS);
    const names = await styleOf(tab, "[part~=message]", "animation-name");
    expect(names.every((name) => name !== "none")).toBe(fades);
    expect(names.every((name) => name === "none")).toBe(!fades);
  });

  test("the live regions take no room, and are not to be clicked on", async () => {
    const tab = await open("", "<onceover-messages></onceover-messages>");
    await untilShown(tab, []);
    const [element] = await boxesOf(tab, "onceover-messages");
    expect(element?.height).toBe(0);
    expect(await tab.evaluate(() => document.documentElement.scrollWidth <= innerWidth)).toBe(true);
  });
});

function boxesOf(tab: Page, selector: string) {
  return tab.locator(selector).evaluateAll((nodes) =>
    nodes.map((node) => {
      const { x, y, right, bottom, width, height } = node.getBoundingClientRect();
      return { x, y, right, bottom, width, height };
    }),
  );
}
