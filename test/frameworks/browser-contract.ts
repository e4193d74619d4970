import type { Browser, BrowserContext, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { ContractServer } from "../adapters/contract.ts";
import { BASE } from "../adapters/contract-app.ts";
import { HOW_TO_GET_CHROMIUM, isBrowserMissing, launchBrowser } from "../browser.ts";

/** What differs between frameworks in a browser. */
export interface BrowserContractOptions {
  /** False if links load whole pages; by default the framework has a router of its own in the browser. */
  readonly router?: boolean;
  /** The address that is fetched ahead when the link to "About" is hovered over; by default, none needs to be. */
  readonly prefetch?: RegExp;
}

/**
 * What a person sees of a framework's example (see `exampleContract`) in real Chromium, with JavaScript and without: each
 * message once, whether the page came from the server or the framework's router fetched it.
 *
 * The example is served with the contract's pages; another tab is a request beside the page, with the same cookies.
 */
export function browserContract(
  name: string,
  start: () => Promise<ContractServer>,
  { router = true, prefetch }: BrowserContractOptions = {},
): void {
  if (isBrowserMissing) console.warn(HOW_TO_GET_CHROMIUM);
  describe.skipIf(isBrowserMissing)(`${name} in Chromium`, () => {
    let server: ContractServer;
    let browser: Browser;
    let context: BrowserContext;
    let page: Page;
    const complaints: string[] = [];

    beforeAll(async () => {
      [browser, server] = await Promise.all([launchBrowser(), start()]);
    });
    afterAll(async () => {
      await browser?.close();
      await server?.close();
    });
    beforeEach(() => open({}));
    afterEach(async () => {
      await context.close();
      expect(complaints.splice(0)).toEqual([]);
    });

    async function open(options: { javaScriptEnabled?: boolean }): Promise<void> {
      await context?.close();
      context = await browser.newContext({ baseURL: server.origin, ...options });
      await context.addInitScript(recordAnnouncements);
      context.on("console", (line) => {
        // A 422 is what the form's page is meant to be.
        if (line.type() === "error" && !line.text().includes("422")) complaints.push(line.text());
      });
      context.on("weberror", (error) => {
        const { message } = error.error();
        // A router that goes on before a view transition is done skips the rest of it.
        if (!message.startsWith("Transition was skipped")) complaints.push(message);
      });
      page = await context.newPage();
      await visit("/");
    }

    const visit = (path: string) => page.goto(path, { waitUntil: "networkidle" });
    const shown = async () => (await page.locator("p[role=status], p[role=alert]").allInnerTexts()).filter(Boolean);
    const elsewhere = (text: string) => context.request.post(`${BASE}/add?text=${text}`, { maxRedirects: 0 });
    const submit = async (value: string) => {
      await page.getByRole("textbox").fill(value);
      await page.getByRole("button", { name: "Save" }).click();
    };
    const settle = () => page.waitForLoadState("networkidle");
    const go = async (link: "Profile" | "About") => {
      await page.getByRole("link", { name: link }).click();
      await page.getByRole("heading", { name: link }).waitFor();
      await settle();
    };
    const back = async (heading: "Profile" | "About") => {
      await page.goBack();
      await page.getByRole("heading", { name: heading }).waitFor();
      await settle();
    };
    const announcements = () => page.evaluate("window.announcements");

    describe("without JavaScript", () => {
      beforeEach(() => open({ javaScriptEnabled: false }));

      test("a form's message is shown once", async () => {
        await submit("Ada");
        await page.getByText("Saved, Ada.").waitFor();
        expect(await shown()).toEqual(["Saved, Ada."]);
        await settle();
        await visit("/about");
        expect(await shown()).toEqual([]);
      });

      test("a form's error is shown beside the form, once", async () => {
        await submit("");
        await page.getByText("A name is needed.").waitFor();
        expect(await shown()).toEqual(["A name is needed."]);
        await settle();
        await visit("/");
        expect(await shown()).toEqual([]);
      });

      test("a link shows what waits, once", async () => {
        await elsewhere("waits");
        await go("About");
        expect(await shown()).toEqual(["waits"]);
        await go("Profile");
        expect(await shown()).toEqual([]);
      });
    });

    test("a form's message is shown and announced once", async () => {
      await submit("Ada");
      await page.getByText("Saved, Ada.").waitFor();
      await settle();
      expect(await shown()).toEqual(["Saved, Ada."]);
      expect(await announcements()).toEqual(["Saved, Ada."]);
      await visit("/");
      expect(await shown()).toEqual([]);
    });

    test("a form's error is shown and announced once", async () => {
      await submit("");
      await page.getByText("A name is needed.").waitFor();
      await settle();
      expect(await shown()).toEqual(["A name is needed."]);
      expect(await announcements()).toEqual(["A name is needed."]);
      await go("About");
      expect(await shown()).toEqual([]);
      await visit("/");
      expect(await shown()).toEqual([]);
    });

    test("the same message twice is shown twice", async () => {
      for (let time = 0; time < 2; time += 1) {
        await submit("Ada");
        await page.getByText("Saved, Ada.").waitFor();
        await settle();
        expect(await shown()).toEqual(["Saved, Ada."]);
        await go("About");
        expect(await shown()).toEqual([]);
        await go("Profile");
      }
    });

    test("following a link shows and announces what waits, once", async () => {
      await page.evaluate("window.isSameDocument = true");
      await elsewhere("waits");
      await go("About");
      expect(await shown()).toEqual(["waits"]);
      expect(await announcements()).toEqual(["waits"]);
      expect(await page.evaluate("window.isSameDocument === true")).toBe(router);
      await go("Profile");
      expect(await shown()).toEqual([]);
      await visit("/about");
      expect(await shown()).toEqual([]);
    });

    test("the back and forward buttons do not repeat what was shown", async () => {
      await submit("Ada");
      await page.getByText("Saved, Ada.").waitFor();
      await settle();
      await go("About");
      expect(await shown()).toEqual([]);
      if (router) {
        // Without a router, the browser itself brings back the page as it was left.
        await back("Profile");
        expect(await shown()).toEqual([]);
        await page.goForward();
        await page.getByRole("heading", { name: "About" }).waitFor();
      }
      await elsewhere("waits");
      await go("Profile");
      expect(await shown()).toEqual(["waits"]);
      await go("About");
      expect(await shown()).toEqual([]);
      if (router) {
        await back("Profile");
        expect(await shown()).toEqual([]);
      }
    });

    /** Hovers over the link to "About", until the framework has fetched ahead what it wants. */
    const hover = async () => {
      const isFetchedAhead = prefetch && page.waitForResponse((response) => prefetch.test(response.url()));
      await page.getByRole("link", { name: "About" }).hover();
      await isFetchedAhead;
      await page.waitForTimeout(500);
      await settle();
    };

    test("a link that is hovered over and not followed takes nothing", async () => {
      await elsewhere("waits");
      await hover();
      await visit("/");
      expect(await shown()).toEqual(["waits"]);
      await visit("/about");
      expect(await shown()).toEqual([]);
    });

    test("a link that is hovered over and then followed loses nothing and repeats nothing", async () => {
      await elsewhere("waits");
      await hover();
      await go("About");
      const first = await shown();
      await go("Profile");
      const second = await shown();
      await visit("/about");
      expect([...first, ...second, ...(await shown())]).toEqual(["waits"]);
    });

    test("a page that was loaded with links in view takes nothing for them", async () => {
      await elsewhere("first");
      await visit("/");
      expect(await shown()).toEqual(["first"]);
      await elsewhere("second");
      await page.waitForTimeout(500);
      await visit("/about");
      expect(await shown()).toEqual(["second"]);
      await visit("/");
      expect(await shown()).toEqual([]);
    });
  });
}

/** Runs in the page: what a screen reader would be told, as messages come into the document, by it or by a script. */
function recordAnnouncements(): void {
  const announcements: string[] = [];
  Object.assign(window, { announcements });
  const isMessage = "[role=status], [role=alert]";
  new MutationObserver((records) => {
    const added = new Set<Element>();
    for (const { target, addedNodes } of records) {
      const inside = target instanceof Element ? target.closest(isMessage) : target.parentElement?.closest(isMessage);
      if (inside) added.add(inside);
      for (const node of addedNodes) {
        if (!(node instanceof Element)) continue;
        if (node.matches(isMessage)) added.add(node);
        for (const element of node.querySelectorAll(isMessage)) added.add(element);
      }
    }
    for (const { isConnected, textContent } of added) {
      const text = textContent?.trim();
      if (isConnected && text) announcements.push(text);
    }
  }).observe(document, { subtree: true, childList: true, characterData: true });
}
