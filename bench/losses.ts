/**
 * What is lost: counted, not timed. Each variant over a session store whose writes take 30 ms.
 *
 *     npm run build && npx tsx bench/losses.ts
 *
 * @module
 */
import { setTimeout as sleep } from "node:timers/promises";
import { Browser } from "./browser.ts";
import { forkBuilt, nextMessage } from "./built.ts";
import { markdownTable } from "./table.ts";
import type { VariantName } from "./variants.ts";

const TIMES = 50;
const VISITORS_AT_ONCE = 10;
/** Longer than any write that is still on its way. */
const SETTLED_MS = 100;

const COMPARED: readonly VariantName[] = [
  "floor",
  "onceover cookie, compat django",
  "onceover cookie",
  "onceover fallback + slow express-session",
  "onceover session + slow express-session",
  "connect-flash + slow express-session",
];

/** Adds messages, and shows the next pages. */
interface Scenario {
  readonly title: string;
  readonly added: number;
  /** @returns the page on which the messages should be, and the one after it. */
  play(browser: Browser): Promise<readonly string[]>;
}

const SCENARIOS: readonly Scenario[] = [
  { title: "redirect followed at its headers", added: 1, play: (browser) => followAtOnce(browser, "1") },
  { title: "the same, too large for a cookie", added: 1, play: (browser) => followAtOnce(browser, "large") },
  { title: "two adds at once", added: 2, play: (browser) => addAtOnce(browser, "1", "other") },
  { title: "the same text twice", added: 2, play: (browser) => addAtOnce(browser, "1", "1") },
  { title: "both too large for a cookie", added: 2, play: (browser) => addAtOnce(browser, "large", "other-large") },
];

/** As browsers do: the redirect is followed when its headers are there, whatever the server still has to do. */
async function followAtOnce(browser: Browser, which: string): Promise<readonly string[]> {
  const { location, body } = await browser.ask("POST", `/add/${which}`);
  const followed = await browser.get(location);
  await body;
  await sleep(SETTLED_MS);
  return [followed, await browser.get("/show")];
}

/** Two forms, or two scripts of one page, send at once; the page is looked at when all is done. */
async function addAtOnce(browser: Browser, ...which: readonly string[]): Promise<readonly string[]> {
  const answers = await Promise.all(which.map((one) => browser.ask("POST", `/add/${one}`)));
  await Promise.all(answers.map(({ body }) => body));
  await sleep(SETTLED_MS);
  return [await browser.get("/show"), await browser.get("/show")];
}

/** How many messages were shown one page late, and how many never. */
interface Loss {
  readonly late: number;
  readonly lost: number;
}

async function lossOf(port: number, { added, play }: Scenario): Promise<Loss> {
  const browser = new Browser(port);
  try {
    await browser.get("/log-in");
    await sleep(SETTLED_MS);
    const [due = 0, late = 0] = (await play(browser)).map((page) => page.split("<li").length - 1);
    return { late, lost: added - due - late };
  } finally {
    browser.close();
  }
}

/** The losses of many visitors, a few of whom come at a time. */
async function lossesOf(port: number, scenario: Scenario): Promise<string> {
  const losses: Loss[] = [];
  while (losses.length < TIMES) {
    losses.push(...(await Promise.all(Array.from({ length: VISITORS_AT_ONCE }, () => lossOf(port, scenario)))));
  }
  const sum = (of: keyof Loss) => losses.reduce((total, loss) => total + loss[of], 0);
  const late = sum("late") > 0 ? `, ${sum("late")} late` : "";
  return `${sum("lost")} of ${TIMES * scenario.added}${late}`;
}

/** All scenarios with one variant, as a row of the table. */
async function rowOf(name: VariantName): Promise<string[]> {
  const server = forkBuilt("server.ts", name);
  try {
    const port = await nextMessage<number>(server);
    const cells: string[] = [];
    for (const scenario of SCENARIOS) cells.push(await lossesOf(port, scenario));
    return [name, ...cells];
  } finally {
    server.disconnect();
  }
}

// At the same time: they wait more than they work.
const rows = await Promise.all(COMPARED.map(rowOf));
console.log("Messages that were never shown; and those that were shown one page late.\n");
console.log(markdownTable(["", ...SCENARIOS.map(({ title }) => title)], rows));
