import { ERROR, INFO, Message, markSafe, WARNING } from "onceover";
import { renderMessages } from "onceover/html";
import type { Page } from "playwright-core";
import { describe, expect, test } from "vitest";
import { HOW_TO_GET_CHROMIUM, isBrowserMissing } from "../browser.ts";
import { headOf, heard, pause, SCRIPT, script, shown, untilHeard, untilShown, useSite, writeHead } from "./site.ts";

if (isBrowserMissing) console.warn(`Tests in a browser are skipped. ${HOW_TO_GET_CHROMIUM}`);

const MESSAGES = [
  new Message(INFO, "One & two."),
  new Message(WARNING, markSafe("Two <b>letters</b>."), { extraTags: "mail" }),
  new Message(ERROR, "<i>Three</i>."),
];
const TEXTS = ["One & two.", "Two letters.", "<i>Three</i>."];
const ALOUD = ["status: One & two.", "alert: Two letters.", "alert: <i>Three</i>."];

const element = (children: string) => `<onceover-messages>${children}</onceover-messages>`;

describe.skipIf(isBrowserMissing)("<onceover-messages>, in Chromium", () => {
  const site = useSite();

  describe("of what the server wrote", () => {
    test("shows what renderMessages() wrote, in order, and has it read once", async () => {
      const tab = await site.show(element(renderMessages(MESSAGES)));
      await untilShown(tab, TEXTS);
      await untilHeard(tab, ALOUD);
      expect(await tab.locator("onceover-messages [data-shown]").allInnerTexts()).toEqual(TEXTS);
    });

    test("knows the levels of a template by its classes, and takes the highest of a list", async () => {
      const tab = await site.show(
        element(`
          <p class="profile error" role="alert">Bad.</p>
          <p class="unknown">Plain.</p>
          <ul class="messages"><li class="success">Good.</li><li class="warning">Look.</li></ul>
          <p class="debug">Deep.</p>`),
      );
      await untilShown(tab, ["Bad.", "Plain.", "Good.\nLook.", "Deep."]);
      await untilHeard(tab, ["alert: Bad.", "status: Plain.", "alert: Good.\nLook.", "status: Deep."]);
      expect(await partsOf(tab)).toEqual(["message error", "message info", "message warning", "message debug"]);
    });

    test("knows a level of the app's own by its number", async () => {
      const levels = [5, 22, 29, 35, 50].map((level) => new Message(level, `Level ${level}.`));
      const tab = await site.show(element(renderMessages(levels)));
      await untilShown(tab, ["Level 5.", "Level 22.", "Level 29.", "Level 35.", "Level 50."]);
      expect(await partsOf(tab)).toEqual([
        "message debug",
        "message info",
        "message success",
        "message warning",
        "message error",
      ]);
    });

    test("shows a bare text, and nothing where there is none", async () => {
      const tab = await site.show(`${element(" Saved. <!-- layout -->\n")}${element("\n  <ul> </ul> <p></p>\n")}`);
      await untilShown(tab, ["Saved."]);
      await untilHeard(tab, ["status: Saved."]);
      expect(await tab.getByRole("button").count()).toBe(1);
    });

    test("shows what comes while the page is still on its way", async () => {
      let next = () => {};
      const isWanted = () =>
        new Promise<void>((resolve) => {
          next = resolve;
        });
      site.serve({
        "/": async (_, response) => {
          writeHead(response);
          response.write(
            `${headOf({ head: SCRIPT.replace(" src", " async src") })}<onceover-messages><p class="info">One.`,
          );
          await isWanted();
          response.write('</p><p class="err');
          await isWanted();
          response.end('or">Two.</p></onceover-messages><p>After.</p>');
        },
      });
      const tab = await site.context.newPage();
      await tab.goto("/", { waitUntil: "commit" });
      await untilShown(tab, ["One."]);
      await untilHeard(tab, ["status: One."]);
      next();
      await pause(tab);
      expect(await shown(tab)).toEqual(["One."]);
      next();
      await untilShown(tab, ["One.", "Two."]);
      await untilHeard(tab, ["status: One.", "alert: Two."]);
      expect(await tab.evaluate(() => document.readyState)).toBe("complete");
    });

    test("takes over when its script comes late", async () => {
      const tab = await site.show(element(renderMessages(MESSAGES)), { head: "" });
      expect(await tab.getByRole("alert").allInnerTexts()).toEqual(TEXTS.slice(1));
      expect(await heard(tab)).toEqual([]);
      await startElement(tab);
      await untilShown(tab, TEXTS);
      await untilHeard(tab, ALOUD);
      const rolesLeft = () => document.querySelectorAll("onceover-messages [role]").length;
      expect(await tab.evaluate(rolesLeft)).toBe(0);
    });

    test("without JavaScript, they are there, with the roles that the server wrote", async () => {
      await site.visitor({ javaScriptEnabled: false });
      const tab = await site.show(element(renderMessages(MESSAGES)));
      expect(await tab.locator("onceover-messages > *:visible").allInnerTexts()).toEqual(TEXTS);
      expect(await tab.getByRole("status").allInnerTexts()).toEqual(TEXTS.slice(0, 1));
      expect(await tab.getByRole("alert").allInnerTexts()).toEqual(TEXTS.slice(1));
    });
  });

  describe("of what comes later", () => {
    test("shows what a script puts in, where it puts it, and has just that read", async () => {
      const tab = await site.show(element('<p id="a">A.</p>'));
      await untilHeard(tab, ["status: A."]);
      await tab.evaluate(() => {
        const first = document.querySelector("#a");
        const make = (text: string) =>
          Object.assign(document.createElement("p"), { textContent: text, role: "status" });
        first?.before(make("Before."));
        first?.after(make("After."), "Bare.");
      });
      await untilShown(tab, ["Before.", "A.", "After.", "Bare."]);
      await untilHeard(tab, ["status: A.", "status: Before.", "status: After.", "status: Bare."]);
      expect(await buttonsOf(tab)).toEqual(["Before.", "A.", "After.", "Bare."]);
    });

    test("shows no more what a script takes away, and has it read no more if it was quick", async () => {
      const tab = await site.show(element(""));
      const buttons = await tab.evaluate(async () => {
        const element = document.querySelector("onceover-messages");
        for (const textContent of ["A.", "B."])
          element?.append(Object.assign(document.createElement("p"), { textContent }));
        await Promise.resolve(); // By then the element has seen them.
        const { length } = element?.shadowRoot?.querySelectorAll("button") ?? [];
        element?.lastElementChild?.remove();
        return length;
      });
      expect(buttons).toBe(2);
      await untilShown(tab, ["A."]);
      await untilHeard(tab, ["status: A."]);
      await tab.evaluate(() => document.querySelector("onceover-messages")?.replaceChildren());
      await untilShown(tab, []);
      expect(await tab.getByRole("button").count()).toBe(0);
    });

    test("shows an element again that says something else by now", async () => {
      const tab = await site.show(element('<p id="a">A.</p><p>B.</p>'));
      await untilHeard(tab, ["status: A.", "status: B."]);
      await tab.getByRole("button").first().click();
      await untilShown(tab, ["B."]);
      const say = (text: string) => tab.locator("#a").evaluate((node, said) => node.replaceChildren(said), text);
      await say("C.");
      await untilShown(tab, ["C.", "B."]);
      await untilHeard(tab, ["status: A.", "status: B.", "status: C."]);
      await say("");
      await untilShown(tab, ["B."]);
      await say("C.");
      await untilShown(tab, ["C.", "B."]);
      await untilHeard(tab, ["status: A.", "status: B.", "status: C.", "status: C."]);
    });

    test("shows what was empty at first as soon as it says something", async () => {
      const tab = await site.show(element('<p id="a"><b></b></p>'));
      await untilShown(tab, []);
      await tab.locator("b").evaluate((node) => node.append("Filled."));
      await untilShown(tab, ["Filled."]);
      await untilHeard(tab, ["status: Filled."]);
    });
  });

  test("being moved, or taken away and put back, repeats nothing", async () => {
    const tab = await site.show(`${element("<p>A.</p><p>B.</p>")}<section></section>`);
    await untilHeard(tab, ["status: A.", "status: B."]);
    await tab.getByRole("button").first().click();
    await tab.evaluate(() =>
      document.querySelector("section")?.append(document.querySelector("onceover-messages") ?? ""),
    );
    await untilShown(tab, ["B."]);
    await tab.evaluate(async () => {
      const element = document.querySelector("onceover-messages");
      element?.remove();
      await new Promise((resolve) => setTimeout(resolve, 50));
      element?.append(Object.assign(document.createElement("p"), { textContent: "C." }));
      document.body.append(element ?? "");
    });
    await untilShown(tab, ["B.", "C."]);
    await untilHeard(tab, ["status: A.", "status: B.", "status: C."]);
  });

  test("a copy of it, as caches of pages make, shows nothing again", async () => {
    const tab = await site.show(element("<p>A.</p><p>B.</p>Bare."));
    await untilHeard(tab, ["status: A.", "status: B.", "status: Bare."]);
    await tab.evaluate(() => {
      const element = document.querySelector("onceover-messages");
      element?.replaceWith(element.cloneNode(true));
    });
    await untilShown(tab, []);
    await untilHeard(tab, ["status: A.", "status: B.", "status: Bare."]);
  });

  test("its script may be there twice, and an app may give it another name", async () => {
    site.serve({
      "/app.js": script(`
        import { OnceoverMessages } from "/client.js";
        customElements.define("app-messages", class extends OnceoverMessages {});`),
    });
    const head = `${SCRIPT}${SCRIPT.replace(".js", ".js?again")}<script type="module" src="/app.js"></script>`;
    const tab = await site.show(`${element("<p>A.</p>")}<app-messages><p>B.</p></app-messages>`, { head });
    await untilShown(tab, ["A."]);
    await untilHeard(tab, ["status: A.", "status: B."]);
    expect(await tab.getByRole("button", { name: "Dismiss" }).count()).toBe(2);
  });

  test("hidden, it takes no room", async () => {
    const tab = await site.show(element("<p>A.</p>"));
    await untilShown(tab, ["A."]);
    await tab.locator("onceover-messages").evaluate((node) => node.setAttribute("hidden", ""));
    expect(await tab.locator("onceover-messages").isVisible()).toBe(false);
  });
});

function partsOf(tab: Page): Promise<(string | null)[]> {
  return tab.locator("[part~=message]").evaluateAll((boxes) => boxes.map((box) => box.getAttribute("part")));
}

/** The messages that the buttons belong to, in the order of the tabulator. */
function buttonsOf(tab: Page): Promise<(string | undefined)[]> {
  return tab
    .locator("[part=dismiss]")
    .evaluateAll((buttons) =>
      buttons.map((button) => button.parentElement?.querySelector("slot")?.assignedNodes()[0]?.textContent?.trim()),
    );
}

/** Loads the script where the page has none. */
async function startElement(tab: Page): Promise<void> {
  await tab.evaluate('import("/client.js").then(() => {})');
}
