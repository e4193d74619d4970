import { INFO, Message, type Messages } from "onceover";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { HOW_TO_GET_CHROMIUM, isBrowserMissing, launchBrowser } from "../browser.ts";
import { attack } from "./attack.ts";
import { CORPUS, type Payload } from "./corpus.ts";
import { POLICED, SINKS, type Sink } from "./sinks.ts";
import { answersOf, openTab, type Tab } from "./visit.ts";

/** A payload with the place where it does its harm. */
type Harmful = Payload & { readonly sink: Sink };

const HARMFUL = CORPUS.filter((payload): payload is Harmful => payload.sink !== undefined);

/** The beginning of a script: a window of its own. */
const IN_FRAME = 'document.body.appendChild(document.createElement("iframe")).contentWindow';

test("the corpus is large, each payload is another, and each place has some", () => {
  expect(CORPUS.length).toBeGreaterThan(250);
  expect(new Set(CORPUS.map(({ text }) => text)).size).toBe(CORPUS.length);
  expect(Object.keys(SINKS).filter((sink) => HARMFUL.every((payload) => payload.sink !== sink))).toEqual([]);
});

if (isBrowserMissing) console.warn(HOW_TO_GET_CHROMIUM);
describe.skipIf(isBrowserMissing)("the harness", () => {
  let browser: Browser;
  let tab: Tab;
  beforeAll(async () => {
    browser = await launchBrowser();
    tab = await openTab(browser);
  }, 60_000);
  afterAll(async () => {
    await tab?.close();
    await browser?.close();
  });

  /** What is caught of pages that print these payloads as they are, each in a frame. */
  async function caughtOf(payloads: readonly Harmful[], policy: boolean, expected: readonly RegExp[]) {
    const answers = payloads.map(({ id, text, sink }) => answersOf(SINKS[sink](text), policy, `/${id}/`));
    const html = payloads.map(({ id }) => `<iframe src="/${id}/"></iframe>`).join("");
    const site = { html, answers: Object.assign({}, ...answers) };
    return (await tab.visit(site, { policy: false, expected })).caught;
  }

  const missed = (payloads: readonly Harmful[], signs: readonly RegExp[], caught: readonly string[]) =>
    payloads.flatMap(({ id, attacks, text }, index) =>
      caught.some((what) => signs[index]?.test(what)) ? [] : [`${id} (${attacks}): ${text}`],
    );

  test("catches each payload by the trap, or by its request, where nothing is escaped", async () => {
    const signs = HARMFUL.map(({ id, text }) => {
      if (text.includes("elsewhere")) return new RegExp(`^(open\\(|request: ).*elsewhere.*\\b${id}\\b`);
      return text.includes("print()") ? /^print\(\)$/ : new RegExp(`^(trap|alert|prompt|confirm)\\(${id}\\)$`);
    });
    expect(missed(HARMFUL, signs, await caughtOf(HARMFUL, false, signs))).toEqual([]);
  });

  test("catches each payload by the policy's report, or by its request, and none runs", async () => {
    const policed = HARMFUL.filter(({ sink }) => POLICED.includes(sink));
    const signs = policed.map(({ id, text }) => {
      const request = text.includes("elsewhere") ? `|^request: .*elsewhere.*\\b${id}\\b` : "";
      // The document of a `srcdoc` is not called by its address.
      const inside = text.includes("srcdoc") ? "|^CSP report of about" : "";
      return new RegExp(`^CSP report of http://[^/]+/${id}/: ${request}${inside}`);
    });
    const caught = await caughtOf(policed, true, signs);
    expect(missed(policed, signs, caught)).toEqual([]);
    expect(caught.filter((what) => /^(trap|alert|prompt|confirm|print|open)\(/.test(what))).toEqual([]);
  });

  test("catches nothing in a page of mere text, with its own script", async () => {
    const site = { html: "<p>1 &lt; 2</p>", script: 'document.querySelector("p").title = "x";' };
    for (const policy of [false, true]) expect((await tab.visit(site, { policy })).caught).toEqual([]);
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
    ["a dialog of a frame", `${IN_FRAME}.alert(1);`, /^alert\(1\)$/],
    ["a window that a script opens", `${IN_FRAME}.open("/elsewhere");`, /^open\(\/elsewhere\)$/],
    [
      "a window that a link opens",
      'const link = document.createElement("a"); link.target = "_blank"; link.href = "/elsewhere"; link.click();',
      /^window: /,
    ],
  ])("catches %s", async (_, script, sign) => {
    const { caught } = await tab.visit({ html: "", script }, { policy: false, expected: [sign] });
    expect(caught).toContainEqual(expect.stringMatching(sign));
  });

  test("sees a changed prototype", async () => {
    const { nodes } = await tab.visit({ html: "", script: "Object.prototype.safe = true;" }, { policy: false });
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
      [true, /CSP report of /],
    ] as const) {
      const findings = await attack(tab, page, { policy, corpus });
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
    const findings = await attack(tab, page, { policy: false, corpus: CORPUS.slice(0, 1) });
    expect(findings).toContainEqual(expect.stringMatching(sign));
  });
});
