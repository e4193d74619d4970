/**
 * How fast pages are with messages, over real HTTP: each variant beside a hand-written floor, as ratios.
 *
 *     npm run build && npx tsx bench/http.ts
 *
 * Every variant is a server in a process of its own. They take turns, so that whatever else the machine does disturbs all
 * of them alike, and each round compares a variant with the floor in the same round.
 *
 * @module
 */
import type { ChildProcess } from "node:child_process";
import { Browser } from "./browser.ts";
import { forkBuilt, nextMessage } from "./built.ts";
import { markdownTable, median, spread } from "./table.ts";
import type { VariantName } from "./variants.ts";

const ROUNDS = 11;
const TURN_MS = 200;
/** Long enough for the server to run compiled code. */
const WARM_UP_MS = 1500;
const CONCURRENCY = 8;

/** What is compared with the floor, in the order of the tables; variants with a session are also beside one. */
const COMPARED: readonly VariantName[] = [
  "no middleware at all",
  "onceover cookie",
  "onceover cookie, compat django",
  "floor beside express-session",
  "onceover fallback + express-session",
  "onceover session + express-session",
  "connect-flash + express-session",
];

/** What a visitor does again and again. */
interface Scenario {
  readonly title: string;
  readonly requests: number;
  /** Messages that the page must show, so that nothing is fast by doing nothing. */
  readonly shown: number;
  visit(browser: Browser): Promise<string>;
}

const UNTOUCHED: Scenario = {
  title: "a page without messages",
  requests: 1,
  shown: 0,
  visit: (browser) => browser.get("/untouched"),
};

const SCENARIOS: readonly Scenario[] = [
  UNTOUCHED,
  { title: "one message", requests: 2, shown: 1, visit: (browser) => browser.postAndFollow("/add/1") },
  { title: "five messages", requests: 2, shown: 5, visit: (browser) => browser.postAndFollow("/add/5") },
];

/** A variant's server, and its visitors. */
interface Contender {
  readonly name: VariantName;
  readonly server: ChildProcess;
  readonly browsers: readonly Browser[];
}

/** What one turn came to. */
interface Pace {
  readonly requestsPerSecond: number;
  /** Microseconds of the server's CPU time for each request. */
  readonly cpu: number;
}

async function start(name: VariantName): Promise<Contender> {
  const server = forkBuilt("server.ts", name);
  const port = await nextMessage<number>(server);
  const browsers = Array.from({ length: CONCURRENCY }, () => new Browser(port));
  await Promise.all(browsers.map((browser) => browser.get("/log-in")));
  return { name, server, browsers };
}

function stop({ server, browsers }: Contender): void {
  for (const browser of browsers) browser.close();
  server.disconnect();
}

async function cpuOf(server: ChildProcess): Promise<number> {
  server.send("cpu");
  return nextMessage<number>(server);
}

/** All visitors at once, over and over, until the time is up. */
async function run({ name, server, browsers }: Contender, scenario: Scenario, milliseconds: number): Promise<Pace> {
  const [cpuBefore, start] = [await cpuOf(server), performance.now()];
  let requests = 0;
  const visitUntilTheEnd = async (browser: Browser) => {
    while (performance.now() - start < milliseconds) {
      const shown = (await scenario.visit(browser)).split("<li").length - 1;
      if (shown !== scenario.shown)
        throw new Error(`${name} showed ${shown} messages where ${scenario.title} was due.`);
      requests += scenario.requests;
    }
  };
  await Promise.all(browsers.map(visitUntilTheEnd));
  const seconds = (performance.now() - start) / 1000;
  return { requestsPerSecond: requests / seconds, cpu: ((await cpuOf(server)) - cpuBefore) / requests };
}

/** The paces of one scenario in each round. */
type Paces = ReadonlyMap<VariantName, readonly Pace[]>;

async function compete(contenders: readonly Contender[], scenario: Scenario): Promise<Paces> {
  const paces = new Map(contenders.map(({ name }): [VariantName, Pace[]] => [name, []]));
  for (const contender of contenders) await run(contender, scenario, WARM_UP_MS);
  for (let round = 0; round < ROUNDS; round += 1) {
    // Back and forth: nobody always follows the same neighbour.
    for (const contender of round % 2 === 0 ? contenders : contenders.toReversed()) {
      paces.get(contender.name)?.push(await run(contender, scenario, TURN_MS));
    }
  }
  return paces;
}

function ratios(paces: Paces, name: VariantName, of: keyof Pace): number[] {
  const floor = paces.get("floor") ?? [];
  return (paces.get(name) ?? []).map((pace, round) => pace[of] / (floor[round]?.[of] ?? Number.NaN));
}

function report(results: ReadonlyMap<Scenario, Paces>, of: keyof Pace): string {
  const header = ["", ...Array.from(results.keys(), ({ title }) => title)];
  const rows = COMPARED.map((name) => [
    name,
    ...Array.from(results, ([scenario, paces]) => (takesPart(name, scenario) ? spread(ratios(paces, name, of)) : "")),
  ]);
  const floors = Array.from(results.values(), (paces) => median((paces.get("floor") ?? []).map((pace) => pace[of])));
  return markdownTable(header, [["floor, absolute", ...floors.map((floor) => floor.toFixed(0))], ...rows]);
}

/** Without any middleware there is nothing to add messages with. */
function takesPart(name: VariantName, scenario: Scenario): boolean {
  return scenario === UNTOUCHED || name !== "no middleware at all";
}

const contenders: Contender[] = [];
for (const name of ["floor", ...COMPARED] as const) contenders.push(await start(name));
try {
  const results = new Map<Scenario, Paces>();
  for (const scenario of SCENARIOS) {
    const taking = contenders.filter(({ name }) => takesPart(name, scenario));
    results.set(scenario, await compete(taking, scenario));
  }
  console.log("Requests per second, as a ratio to the floor: median (least–most); more is better.\n");
  console.log(report(results, "requestsPerSecond"));
  console.log(
    "\nThe server's CPU time for a request (µs), as a ratio to the floor: median (least–most); less is better.\n",
  );
  console.log(report(results, "cpu"));
} finally {
  contenders.forEach(stop);
}
