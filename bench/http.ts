/**
 * How fast pages with messages are, over real HTTP: each variant as a ratio to a floor written by hand for the same
 * framework.
 *
 *     npm run build && npx tsx bench/http.ts
 *     npx tsx bench/http.ts express fastify --rounds 5
 *
 * Every variant is a server in a process of its own. They take turns, so that other work on the machine slows all of them
 * alike, and each round compares a variant with the floor of the same round.
 *
 * @module
 */
import { parseArgs } from "node:util";
import { Contender } from "./http/contender.ts";
import { FRAMEWORKS, type FrameworkName } from "./http/frameworks.ts";
import { floorTable, type Pair, peerTable } from "./http/report.ts";
import type { ScenarioName } from "./http/scenarios.ts";
import { shuffled } from "./shuffled.ts";

/** Short, so that some turns go by undisturbed on a busy machine. */
const TURN_MS = 60;
/** Enough for Node.js to compile the server, which takes longer on a busy machine. */
const WARM_UP_REQUESTS = 10_000;
const LONGEST_WARM_UP_MS = 3000;
/** The cycle comes first, so that every visitor has a session on the untouched page. */
const SCENARIO_NAMES: readonly ScenarioName[] = ["cycle", "untouched"];

/** The variants of a framework, floor first. */
type Group = readonly Contender[];

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { rounds: { type: "string", default: "60" } },
});
const rounds = Number(values.rounds);
if (!Number.isInteger(rounds) || rounds < 1)
  throw new Error(`--rounds must be a whole number, got "${values.rounds}".`);
const names = positionals.length > 0 ? positionals.map(frameworkName) : (Object.keys(FRAMEWORKS) as FrameworkName[]);
const groups = new Map<FrameworkName, Group>();
for (const name of names) groups.set(name, await start(name));
for (const group of groups.values()) await warmUp(group);
for (let round = 0; round < rounds; round += 1) {
  for (const group of groups.values()) await playRound(group);
}

console.log("Ratios to the floor: fast rounds (median). More requests/s are better; less CPU time is better.");
for (const [name, group] of groups) console.log(`\n${FRAMEWORKS[name].title}\n\n${floorTable(group)}`);
console.log(`\nAgainst the peer\n\n${peerTable(Array.from(groups, pairsOf).flat())}`);
await Promise.all(Array.from(groups.values()).flatMap((group) => group.map((contender) => contender.stop())));

function frameworkName(text: string): FrameworkName {
  if (text in FRAMEWORKS) return text as FrameworkName;
  throw new Error(`There is no framework "${text}"; choose from ${Object.keys(FRAMEWORKS).join(", ")}.`);
}

function start(name: FrameworkName): Promise<Group> {
  return Promise.all(FRAMEWORKS[name].variants.map((variant) => Contender.start(name, variant)));
}

async function warmUp(group: Group): Promise<void> {
  for (const contender of group) {
    await contender.run("cycle", LONGEST_WARM_UP_MS, WARM_UP_REQUESTS);
    // The cycles compiled most of what it needs.
    await contender.run("untouched", LONGEST_WARM_UP_MS, WARM_UP_REQUESTS / 5);
  }
}

/** Each contender takes a turn, in a new order each time, so that none always follows the same neighbour. */
async function playRound(group: Group): Promise<void> {
  for (const scenario of SCENARIO_NAMES) {
    for (const contender of shuffled(group)) {
      contender.paces[scenario].push(await contender.run(scenario, TURN_MS));
    }
  }
}

function pairsOf([name, group]: readonly [FrameworkName, Group]): Pair[] {
  const { title, peers } = FRAMEWORKS[name];
  const find = (variant: string) => group.find((contender) => contender.name === variant);
  return peers.flatMap(([ourName, peerName]) => {
    const [ours, peer] = [find(ourName), find(peerName)];
    return ours && peer ? [{ framework: title, ours, peer }] : [];
  });
}
