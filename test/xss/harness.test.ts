import { INFO, Message, type Messages } from "onceover";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { HOW_TO_GET_CHROMIUM, isBrowserMissing, launchBrowser } from "../browser.ts";
import { attack } from "./attack.ts";
import { CORPUS, type Payload } from "./corpus.ts";
import { POLICED, SINKS, type Sink } from "./sinks.ts";
import { openTab, type Tab } from "./visit.ts";

/** A script that gets itself functions which nobody has replaced. */
const FRAME = 'const frame = document.createElement("iframe"); document.body.append(frame);';

/** A payload with the place where it does its harm. */
type Harmful = Payload & { readonly sink: Sink };

const HARMFUL = CORPUS.filter((payload): payload is Harmful => payload.sink !== undefined);

test("the corpus is large, each payload is another, and each place has some", () => {
  expect(CORPUS.length).toBeGreaterThan(200);
  expect(new Set(CORPUS.map(({ text }) => text)).size).toBe(CORPUS.length);
  expect(Object.keys(SINKS).filter((sink) => HARMFUL.every((payload) => payload.sink !== sink))).toEqual([]);
});

if (isBrowserMissing) console.warn(HOW_TO_GET_CHROMIUM);
describe.skipIf(isBrowserMissing)("the harness", () => {
  let browser: Browser;
  let tabs: readonly Tab[] = [];
  beforeAll(async () => {
    browser = await launchBrowser();
    tabs = await Promise.all([1, 2, 3].map(() => openTab(browser)));
  });
  afterAll(async () => {
    for (const tab of tabs) await tab.close();
    await browser?.close();
  });

  function firstTab(): Tab {
    const [tab] = tabs;
    if (!tab) throw new Error("There is no tab.");
    return tab;
  }

  /** The payloads that were not caught where nothing is escaped. */
  async function uncaught(payloads: readonly Harmful[], policy: boolean, sign: (payload: Harmful) => RegExp) {
    const queue = payloads.values();
    const missed: string[] = [];
    const work = async (tab: Tab) => {
      for (const payload of queue) {
        const expected = sign(payload);
        const { caught } = await tab.visit(SINKS[payload.sink](payload.text), { policy, expected });
        if (!caught.some((what) => expected.test(what))) missed.push(`${payload.id} ${payload.attacks}: ${caught}`);
        if (policy)
          missed.push(...caught.filter((what) => RUNS.test(what)).map((what) => `in spite of the policy: ${what}`));
      }
    };
    await Promise.all(tabs.map(work));
    return missed;
  }

  const RUNS = /^(trap|alert|prompt|confirm|print|open)\(/;
  const runs = ({ id, text }: Payload) =>
    text.includes("elsewhere")
      ? /^(open\(|request: ).*elsewhere/
      : new RegExp(`^(trap|alert|prompt|confirm)\\(${id}\\)$|^print\\(\\)$`);

  test("catches each payload by the trap, or by its request, where nothing is escaped", {
    timeout: 60_000,
  }, async () => {
    expect(await uncaught(HARMFUL, false, runs)).toEqual([]);
  });

  test("catches each payload by the policy's report, or by its request", { timeout: 60_000 }, async () => {
    const policed = HARMFUL.filter(({ sink }) => POLICED.includes(sink));
    expect(
      await uncaught(policed, true, ({ text }) =>
        text.includes("elsewhere") ? /^(CSP report|request): .*/ : /^CSP report: /,
      ),
    ).toEqual([]);
  });

  test("catches nothing in a page of mere text, with its own script", async () => {
    const site = { html: "<p>1 &lt; 2</p>", script: 'document.querySelector("p").title = "x";' };
    for (const policy of [false, true]) expect((await firstTab().visit(site, { policy })).caught).toEqual([]);
  });

  test.each([
    ["an error", 'throw new Error("broken");', /^error: broken/],
    ["an error in a promise", 'Promise.reject(new Error("broken"));', /^error: broken/],
    ["a request", 'fetch("/elsewhere", { method: "POST" });', /^request: POST \/elsewhere$/],
    [
      "a request to another server",
      'new Image().src = "https://elsewhere.invalid/x";',
      /^request: https:\/\/elsewhere/,
    ],
    ["a beacon", 'navigator.sendBeacon("/elsewhere", "x");', /^request: POST \/elsewhere$/],
    ["a navigation", 'location = "/elsewhere";', /^request: GET \/elsewhere$/],
    ["a dialog of another window", `${FRAME} frame.contentWindow.alert(1);`, /^(dialog: |alert\()1/],
    ["a window", `${FRAME} frame.contentWindow.open("/elsewhere");`, /^(window: |open\()/],
  ])("catches %s", async (_, script, sign) => {
    const { caught } = await firstTab().visit({ html: "", script }, { policy: false, expected: sign });
    expect(caught).toContainEqual(expect.stringMatching(sign));
  });

  test("sees a changed prototype", async () => {
    const { nodes } = await firstTab().visit({ html: "", script: "Object.prototype.safe = true;" }, { policy: false });
    expect(nodes.at(-1)).toEqual({ path: "Object.prototype", text: "safe" });
  });

  const tagsOf = (message: Message) => new Message(INFO, message.tags).toHTML();

  test.each<[string, Sink, (message: Message) => string]>([
    ["text as it is", "text", (message) => `<p class="${tagsOf(message)}">${message}</p>`],
    ["tags as they are", "doubleQuoted", (message) => `<p class="${message.tags}">${message.toHTML()}</p>`],
    ["tags without quotes", "unquoted", (message) => `<p class=${tagsOf(message)}>${message.toHTML()}</p>`],
  ])("names a payload that runs in a page that prints %s", async (_, sink, print) => {
    const corpus = HARMFUL.filter((payload) => payload.sink === sink).slice(0, 1);
    const name = `payload ${corpus[0]?.id} (${corpus[0]?.attacks})`;
    const page = { name: "a page", each: "p", html: (messages: Messages) => Array.from(messages, print).join("") };
    for (const [policy, sign] of [
      [false, /trap\(/],
      [true, /CSP report: /],
    ] as const) {
      const findings = await attack(firstTab(), page, { policy, corpus });
      expect(findings).toContainEqual(expect.stringMatching(sign));
      expect(findings.at(-1)).toContain(`${name}, `);
      expect(findings.at(-1)).toContain("expected ");
    }
  });

  test.each<[string, (message: Message) => string, RegExp]>([
    ["no text", (message) => `<p class="${tagsOf(message)}"></p>`, /^not shown as a text: harmless1$/],
    ["no tags", (message) => `<p>${message.toHTML()}</p>`, /^not shown as tags: harmless1$/],
    [
      "a part of a text",
      (message) => `<p class="${tagsOf(message)}">${message.toHTML().slice(0, 12)}</p>`,
      /expected .* got /,
    ],
    [
      "text that was escaped twice",
      (message) => `<p class="${tagsOf(message)}">${new Message(INFO, message.toHTML()).toHTML()}</p>`,
      /expected .* got /,
    ],
  ])("finds fault with a page that shows %s", async (_, print, sign) => {
    const page = { name: "a page", each: "p", html: (messages: Messages) => Array.from(messages, print).join("") };
    const findings = await attack(firstTab(), page, { policy: false, corpus: CORPUS.slice(0, 1) });
    expect(findings).toContainEqual(expect.stringMatching(sign));
  });
});
