import { readFileSync } from "node:fs";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { createApp } from "../../examples/demo/app.ts";
import { TEAM } from "../../examples/demo/samples.ts";
import { findingsOf, liveRegionsOf } from "../accessibility.ts";
import type { ContractServer } from "../adapters/contract.ts";
import { listen } from "../adapters/servers.ts";
import { isBrowserMissing, launchWithPageCache } from "../browser.ts";
import { heard, pause, shown, untilHeard, untilShown, useSite } from "../client/site.ts";
import { Client } from "../client.ts";

const WAYS = ["plain", "htmx", "turbo", "fetch"] as const;

let server: ContractServer;

beforeAll(async () => {
  server = await listen(createApp());
});

afterAll(() => server?.close());

describe("the four ways of the demo, over HTTP", () => {
  let visitor: Client;

  beforeEach(() => {
    visitor = new Client(server.origin);
  });

  // What browsers say of themselves: of what they do not know, they accept anything.
  const headers = { accept: "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,*/*;q=0.8" };
  const send = (path: string, email = "") => visitor.post(path, { body: new URLSearchParams({ email }), headers });

  test.each(WAYS)("/%s redirects a browser without scripts, and the page there shows messages once", async (way) => {
    const answer = await send(`/${way}`, "grace@example.org");
    expect([answer.status, answer.headers.location]).toEqual([303, `/${way}`]);
    expect(shownBy((await visitor.follow(answer)).body)).toEqual([
      "status: Invited grace@example.org.",
      "alert: example.org is outside the company.",
    ]);
    expect(shownBy((await visitor.get(`/${way}`)).body)).toEqual([]);
  });

  test.each(WAYS)("/%s comes back to it with a form that was wrong", async (way) => {
    const { status, headers, body } = await send(`/${way}`, '"nowhere"');
    expect([status, headers["content-type"]]).toEqual([422, "text/html; charset=utf-8"]);
    expect(shownBy(body)).toEqual(["alert: &quot;nowhere&quot; is not an e-mail address."]);
    expect(body).toMatch(/<input id="email"[^>]* value="&quot;nowhere&quot;"[^>]* aria-invalid="true">/);
    expect(shownBy((await visitor.get(`/${way}`)).body)).toEqual([]);
  });

  test.each([
    ["/htmx/team", "/htmx", TEAM.map((email) => `status: Invited ${email}.`)],
    ["/htmx/reminders", "/htmx", ["status: Reminders are on their way."]],
    ["/turbo/reminders", "/turbo/reminders", ["status: Reminders are on their way."]],
    ["/fetch/report", "/fetch", ["status: Your report is ready."]],
  ])("so does what else is on the pages: %s", async (path, location, lines) => {
    const answer = await send(path);
    expect([answer.status, answer.headers.location]).toEqual([303, location]);
    expect(shownBy((await visitor.follow(answer)).body)).toEqual(lines);
  });

  test("no message is an invitation to write tags", async () => {
    const { body } = await visitor.follow(await send("/plain", "<b>@example.com"));
    expect(shownBy(body)).toEqual(["status: Invited &lt;b&gt;@example.com."]);
  });

  test("scripts of packages are served one by one, and no folder", async () => {
    for (const name of ["onceover", "htmx", "turbo"]) {
      const { status, headers } = await visitor.get(`/scripts/${name}.js`);
      expect([status, headers["content-type"]]).toEqual([200, "text/javascript; charset=utf-8"]);
    }
    for (const path of ["/scripts/", "/scripts/htmx.min.js", "/scripts/..%2fpackage.json"])
      expect((await visitor.get(path)).status).toBe(404);
  });

  test("Turbo's page lets one style in by a nonce, new each time; the other pages none", async () => {
    const policyOf = async (path: string) => String((await visitor.get(path)).headers["content-security-policy"]);
    const [one, other, plain] = [await policyOf("/turbo"), await policyOf("/turbo"), await policyOf("/plain")];
    expect(one).toMatch(/^default-src 'self'; .*; style-src 'self' 'nonce-[\w+/]{22}=='$/);
    expect(other).not.toBe(one);
    expect(one.replace(/; style-src.*/, "")).toBe(plain);
    for (const way of WAYS) expect(await policyOf(`/${way}`)).not.toContain("unsafe");
  });
});

describe.skipIf(isBrowserMissing)("the four ways of the demo, in Chromium", () => {
  const site = useSite(launchWithPageCache);
  const open = (path: string) => site.open(server.origin + path);

  /** Sends the form of a page. */
  async function invite(tab: Page, email: string): Promise<void> {
    await tab.getByLabel("E-mail address").fill(email);
    await click(tab, "Invite");
  }

  const click = (tab: Page, name: string) => tab.getByRole("button", { name, exact: true }).click();

  describe.each(WAYS)("/%s", (way) => {
    const both = ["Invited grace@example.org.", "example.org is outside the company."];

    test("says each message once, in order, in the region where it belongs; a reload repeats none", async () => {
      const tab = await open(`/${way}`);
      await invite(tab, "grace@example.org");
      await untilShown(tab, both);
      await untilHeard(tab, ["status: Invited grace@example.org.", "alert: example.org is outside the company."]);
      expect(await liveRegionsOf(tab)).toMatchObject([
        { role: "status", texts: ["Invited grace@example.org."] },
        { role: "alert", texts: ["example.org is outside the company."] },
      ]);
      expect(new URL(tab.url()).pathname).toBe(`/${way}`);
      await tab.reload();
      await untilShown(tab, []);
      await untilHeard(tab, []);
    });

    test("says what is wrong with the form, and leaves there what was typed", async () => {
      const tab = await open(`/${way}`);
      await invite(tab, "nowhere");
      await untilShown(tab, ["nowhere is not an e-mail address."]);
      await untilHeard(tab, ["alert: nowhere is not an e-mail address."]);
      expect(await tab.getByLabel("E-mail address").inputValue()).toBe("nowhere");
      await invite(tab, "ada@example.com");
      await untilHeard(tab, [
        ...(way === "plain" ? [] : ["alert: nowhere is not an e-mail address."]),
        "status: Invited ada@example.com.",
      ]);
      site.forgive(/the server responded with a status of 422/);
    });

    test("repeats none when the visitor goes back, and again", async () => {
      const tab = await open(`/${way}`);
      await invite(tab, "grace@example.org");
      await untilShown(tab, both);
      const lines = ["status: Invited grace@example.org.", "alert: example.org is outside the company."];
      await untilHeard(tab, lines);
      await tab.evaluate(() => Object.assign(window, { isKept: true }));
      for (const _ of ["back", "and again"]) {
        await tab.getByRole("link", { name: "A quiet page" }).click();
        await tab.waitForURL(/\/quiet$/);
        await tab.goBack({ waitUntil: "commit" });
        await pause(tab);
        expect(await tab.evaluate("window.isKept")).toBe(true); // The page as it was left, with all that it had heard.
        expect([await shown(tab), await heard(tab)]).toEqual([[], lines]);
      }
      await invite(tab, "ada@example.com");
      await untilShown(tab, ["Invited ada@example.com."]);
    });

    test("shows them without JavaScript, with their roles", async () => {
      await site.visitor({ javaScriptEnabled: false });
      const tab = await open(`/${way}`);
      await invite(tab, "grace@example.org");
      expect(await tab.getByRole("status").allInnerTexts()).toEqual(["Invited grace@example.org."]);
      expect(await tab.getByRole("alert").allInnerTexts()).toEqual(["example.org is outside the company."]);
      await tab.reload();
      expect(await tab.getByRole("status").count()).toBe(0);
    });

    test("gives axe-core no reason to complain, in light and in dark colours", async () => {
      await site.visitor({ reducedMotion: "reduce" });
      const tab = await open(`/${way}`);
      expect(await violationsOf(tab)).toEqual([]);
      await invite(tab, "grace@example.org");
      await untilShown(tab, both);
      await untilHeard(tab, ["status: Invited grace@example.org.", "alert: example.org is outside the company."]);
      expect(await violationsOf(tab)).toEqual([]);
    });

    test("has its own code beside the form, which a keyboard scrolls", async () => {
      const tab = await open(`/${way}`);
      for (const path of [`routes/ways/${way}.ts`, `views/ways/${way}.njk`, "invite.ts"]) {
        const code = tab.getByRole("region", { name: `Code of ${path}` });
        const file = readFileSync(new URL(`../../examples/demo/${path}`, import.meta.url), "utf8");
        expect(await code.textContent()).toBe(file);
        await code.focus();
        expect(await code.evaluate((element) => document.activeElement === element)).toBe(true);
      }
      const isBeside = () =>
        tab.evaluate(() => {
          const boxOf = (selector: string) =>
            document.querySelector(selector)?.getBoundingClientRect() ?? new DOMRect();
          return boxOf(".sources").left >= boxOf("form").right;
        });
      expect(await isBeside()).toBe(true);
      await tab.setViewportSize({ width: 390, height: 800 });
      expect(await isBeside()).toBe(false);
    });
  });

  describe("of HTMX alone", () => {
    test("twenty messages are more than the header holds: all come, in order", async () => {
      const tab = await open("/htmx");
      const [answer] = await Promise.all([tab.waitForResponse(/\/htmx\/team$/), click(tab, "Invite the team")]);
      const header = (await answer.headerValue("hx-trigger")) ?? "";
      expect(header.length).toBeLessThanOrEqual(2048);
      expect(JSON.parse(header)).toMatchObject({ "onceover:messages": { more: true } });
      await untilShown(
        tab,
        TEAM.map((email) => `Invited ${email}.`),
      );
      await untilHeard(
        tab,
        TEAM.map((email) => `status: Invited ${email}.`),
      );
      await tab.reload();
      await untilHeard(tab, []);
      expect(await shown(tab)).toEqual([]);
    });

    test("an out-of-band swap brings a message, and the header has none", async () => {
      const tab = await open("/htmx");
      const [answer] = await Promise.all([tab.waitForResponse(/\/htmx\/reminders$/), click(tab, "Remind everybody")]);
      expect(await answer.headerValue("hx-trigger")).toBeNull();
      await untilShown(tab, ["Reminders are on their way."]);
      await untilHeard(tab, ["status: Reminders are on their way."]);
    });

    test("what waited comes first", async () => {
      const tab = await open("/htmx");
      await tab.request.post(`${server.origin}/fetch/report`, { maxRedirects: 0 });
      await invite(tab, "ada@example.com");
      await untilShown(tab, ["Your report is ready.", "Invited ada@example.com."]);
    });

    test("the keyboard stays where it was, though the form was swapped", async () => {
      const tab = await open("/htmx");
      await tab.getByLabel("E-mail address").fill("ada@example.com");
      await tab.keyboard.press("Tab");
      await tab.keyboard.press("Enter");
      await untilShown(tab, ["Invited ada@example.com."]);
      expect(await tab.getByLabel("E-mail address").inputValue()).toBe("");
      expect(await tab.evaluate(() => document.activeElement?.textContent)).toBe("Invite");
    });
  });

  describe("of Turbo alone", () => {
    test("a page that Turbo fetches shows its message, and going back in Turbo's history repeats none", async () => {
      const tab = await open("/turbo");
      await tab.evaluate(() => Object.assign(window, { isKept: true }));
      await invite(tab, "ada@example.com");
      await untilHeard(tab, ["status: Invited ada@example.com."]);
      await click(tab, "Remind everybody");
      await tab.waitForURL(/\/turbo\/reminders$/);
      await untilShown(tab, ["Reminders are on their way."]);
      const lines = ["status: Invited ada@example.com.", "status: Reminders are on their way."];
      await untilHeard(tab, lines);
      for (const go of [() => tab.goBack(), () => tab.goForward()]) {
        await go();
        await untilShown(tab, []);
        await untilHeard(tab, lines);
      }
      expect(await tab.evaluate("window.isKept")).toBe(true);
    });
  });

  describe("of fetch alone", () => {
    test("what nobody has shown waits, until it is asked for", async () => {
      const tab = await open("/fetch");
      await Promise.all([tab.waitForResponse(/\/fetch\/report$/), click(tab, "Make a report")]);
      await pause(tab);
      expect(await shown(tab)).toEqual([]);
      for (const _ of [1, 2]) {
        await Promise.all([tab.waitForResponse(/\/messages$/), click(tab, "What waits?")]);
        await untilShown(tab, ["Your report is ready."]);
        await untilHeard(tab, ["status: Your report is ready."]);
      }
    });
  });

  test("a message can be dismissed by keyboard", async () => {
    const tab = await open("/fetch");
    await invite(tab, "grace@example.org");
    await untilShown(tab, ["Invited grace@example.org.", "example.org is outside the company."]);
    await tab.getByRole("button", { name: "Dismiss" }).first().focus();
    await tab.keyboard.press("Enter");
    await untilShown(tab, ["example.org is outside the company."]);
    await tab.keyboard.press("Escape");
    await untilShown(tab, []);
  });

  test("all pages are reached from each, in a window 360 pixels wide", async () => {
    await site.visitor({ viewport: { width: 360, height: 720 } });
    const tab = await open("/");
    const links = tab.getByRole("navigation").getByRole("link");
    const names = await links.allInnerTexts();
    expect(names).toEqual(["Playground", "A form", "A quiet page", "Plain", "HTMX", "Turbo", "fetch"]);
    for (const name of names) {
      await links.getByText(name, { exact: true }).click();
      await expect.poll(() => tab.locator("nav [aria-current]").allInnerTexts()).toEqual([name]);
      await tab.waitForLoadState("load"); // the style sheet is there
      const boxes = await links.evaluateAll((all) =>
        all.map((link) => link.getBoundingClientRect().toJSON() as DOMRect),
      );
      expect(boxes.every(({ left, right, height }) => left >= 0 && right <= 360 && height >= 24)).toBe(true);
      expect(await tab.evaluate(() => document.documentElement.scrollWidth)).toBe(360);
    }
  });
});

/** The messages of a page as the server wrote it, each with its role. */
function shownBy(html: string): string[] {
  const [, inside = ""] = /<onceover-messages[^>]*>([\s\S]*?)<\/onceover-messages>/.exec(html) ?? [];
  return [...inside.matchAll(/<div class="[^"]*" role="(\w+)"[^>]*>([\s\S]*?)<\/div>/g)].map(
    ([, role, text]) => `${role}: ${text}`,
  );
}

/** What axe-core has against a page, in light and in dark colours. */
async function violationsOf(tab: Page): Promise<string[]> {
  const found: string[] = [];
  for (const colorScheme of ["light", "dark"] as const) {
    await tab.emulateMedia({ colorScheme });
    found.push(...(await findingsOf(tab)).violations);
  }
  return found;
}
