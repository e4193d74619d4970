import type { Browser } from "../browser.ts";
import { listItem, PLAIN } from "../page.ts";
import { textOf } from "../samples.ts";

/** What a visitor does again and again. */
export interface Scenario {
  readonly title: string;
  readonly requests: number;
  /** @throws if the page is not the one that was due, so that no variant is fast by doing nothing. */
  visit(browser: Browser): Promise<void>;
}

export const SCENARIOS = {
  untouched: {
    title: "untouched page",
    requests: 1,
    async visit(browser) {
      expectIn(await browser.get("/plain"), PLAIN);
    },
  },
  cycle: {
    title: "cycle",
    requests: 2,
    async visit(browser) {
      const text = textOf(++count);
      expectIn(await browser.postAndFollow("/add", new URLSearchParams({ text }).toString()), listItem(["info", text]));
    },
  },
} as const satisfies Record<string, Scenario>;

export type ScenarioName = keyof typeof SCENARIOS;

let count = 0;

function expectIn(html: string, expected: string): void {
  if (!html.includes(expected)) throw new Error(`Expected ${expected} in the page, got ${html}`);
}
