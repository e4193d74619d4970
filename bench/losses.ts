/**
 * How many messages are lost when requests overlap. Sessions are in a store whose writes take 100 ms.
 *
 *     npm run build && npx tsx bench/losses.ts
 *
 * @module
 */
import { setTimeout as sleep } from "node:timers/promises";
import { Browser } from "./browser.ts";
import { forkBuilt, nextMessage } from "./built.ts";
import type { servers } from "./http/express-slow.ts";
import { textOf } from "./samples.ts";
import { markdownTable } from "./table.ts";

const TIMES = 50;
const VISITORS_AT_ONCE = 10;
/** Longer than any write takes. */
const SETTLED_MS = 300;

const COMPARED: readonly (keyof typeof servers)[] = [
  "floor",
  "onceover cookie, compat django",
  "onceover cookie",
  "onceover fallback + slow express-session",
  "onceover session + slow express-session",
  "connect-flash + slow express-session",
];

const [SMALL, OTHER] = [textOf(1), textOf(2)];
/** Two that are too large for a cookie: random, so that they do not compress. */
const [LARGE = "", OTHER_LARGE = ""] = [1, 2].map(() =>
  Array.from({ length: 400 }, () => Math.random().toString(36).slice(2)).join(" "),
);

/** What a visitor does once. */
interface Scenario {
  readonly title: string;
  readonly added: number;
  /** @returns the page that should show the messages, and the page after it. */
  play(browser: Browser): Promise<readonly string[]>;
}

const SCENARIOS: readonly Scenario[] = [
  { title: "redirect followed at its headers", added: 1, play: (browser) => followAtOnce(browser, SMALL) },
  { title: "the same, too large for a cookie", added: 1, play: (browser) => followAtOnce(browser, LARGE) },
  { title: "two adds at once", added: 2, play: (browser) => addAtOnce(browser, SMALL, OTHER) },
  { title: "the same text twice", added: 2, play: (browser) => addAtOnce(browser, SMALL, SMALL) },
  { title: "both too large for a cookie", added: 2, play: (browser) => addAtOnce(browser, LARGE, OTHER_LARGE) },
];

/** Follows the redirect when its headers arrive, as browsers do, even if the server has more to send. */
async function followAtOnce(browser: Browser, text: string): Promise<readonly string[]> {
  const { location, body } = await browser.ask("/add", form(text));
  const followed = await browser.get(location);
  await body;
  await sleep(SETTLED_MS);
  return [followed, await browser.get("/show")];
}

/** Sends several forms at the same time, and shows the page when all of them are done. */
async function addAtOnce(browser: Browser, ...texts: readonly string[]): Promise<readonly string[]> {
  const answers = await Promise.all(texts.map((text) => browser.ask("/add", form(text))));
  await Promise.all(answers.map(({ body }) => body));
  await sleep(SETTLED_MS);
  return [await browser.get("/show"), await browser.get("/show")];
}

const form = (text: string): string => new URLSearchParams({ text }).toString();

/** How many messages were shown one page late, and how many never. */
interface Loss {
  readonly late: number;
  readonly lost: number;
}

async function lossOf(port: number, { added, play }: Scenario): Promise<Loss> {
  const browser = new Browser(port);
  try {
    // Starts a session, where there are sessions.
    await browser.get("/plain");
    await sleep(SETTLED_MS);
    const [due = 0, late = 0] = (await play(browser)).map((page) => page.split("<li").length - 1);
    return { late, lost: added - due - late };
  } finally {
    browser.close();
  }
}

/** The losses of many visitors, ten at a time. */
async function lossesOf(port: number, scenario: Scenario): Promise<string> {
  const losses: Loss[] = [];
  while (losses.length < TIMES) {
    losses.push(...(await Promise.all(Array.from({ length: VISITORS_AT_ONCE }, () => lossOf(port, scenario)))));
  }
  const sum = (of: keyof Loss) => losses.reduce((total, loss) => total + loss[of], 0);
  const late = sum("late") > 0 ? `, ${sum("late")} late` : "";
  return `${sum("lost")} of ${TIMES * scenario.added}${late}`;
}

/** The row of a variant. */
async function rowOf(name: keyof typeof servers): Promise<string[]> {
  const server = forkBuilt("http/server.ts", ["express-slow", name]);
  try {
    const port = await nextMessage<number>(server);
    const cells: string[] = [];
    for (const scenario of SCENARIOS) cells.push(await lossesOf(port, scenario));
    return [name, ...cells];
  } finally {
    server.disconnect();
  }
}

// At the same time, because they wait more than they work.
const rows = await Promise.all(COMPARED.map(rowOf));
console.log("Messages that were never shown, and messages that were shown one page late.\n");
console.log(markdownTable(["", ...SCENARIOS.map(({ title }) => title)], rows));
