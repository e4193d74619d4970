/**
 * Where a variant's server spends its CPU time.
 *
 *     npm run build && npx tsx bench/profile.ts express "onceover cookie" cycle
 *
 * @module
 */
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Contender } from "./http/contender.ts";
import { SCENARIOS, type ScenarioName } from "./http/scenarios.ts";
import { markdownTable } from "./table.ts";

const WARM_UP_MS = 2000;
const LOAD_MS = 5000;
const FUNCTIONS_SHOWN = 25;

/** What is used of a CPU profile (Chrome DevTools Protocol, `Profiler.Profile`). Times are in microseconds. */
interface Profile {
  readonly nodes: readonly Node[];
  readonly startTime: number;
  readonly samples: readonly number[];
  readonly timeDeltas: readonly number[];
}

interface Node {
  readonly id: number;
  readonly children?: readonly number[];
  readonly callFrame: { readonly functionName: string; readonly url: string; readonly lineNumber: number };
}

const [framework = "express", variant = "onceover cookie", scenario = "cycle"] = process.argv.slice(2);
if (!(scenario in SCENARIOS)) throw new Error(`There is no scenario "${scenario}".`);
const directory = await mkdtemp(join(tmpdir(), "onceover-profile-"));
try {
  const since = await load(scenario as ScenarioName);
  report(await readProfile(), since);
} finally {
  await rm(directory, { recursive: true });
}

/** Visits the server under the profiler. @returns the end of the warm-up, by the clock of the profile. */
async function load(scenario: ScenarioName): Promise<number> {
  const options = ["--cpu-prof", `--cpu-prof-dir=${directory}`, "--cpu-prof-interval=200"];
  const contender = await Contender.start(framework, variant, options);
  await contender.run("cycle", WARM_UP_MS);
  const since = Number(process.hrtime.bigint() / 1000n);
  await contender.run(scenario, LOAD_MS);
  await contender.stop();
  return since;
}

async function readProfile(): Promise<Profile> {
  // CPU.<date>.<time>.<process>.<thread>.<number>.cpuprofile: thread 0 is the server, the other one belongs to tsx.
  const name = (await readdir(directory)).find((file) => file.split(".")[4] === "0");
  if (name === undefined) throw new Error("The server wrote no profile.");
  return JSON.parse(await readFile(join(directory, name), "utf8"));
}

function report(profile: Profile, since: number): void {
  const times = selfTimes(profile, since);
  const owners = ownersOf(profile);
  const [self, withNode, functions] = [new Map<string, number>(), new Map<string, number>(), new Map<string, number>()];
  const add = (map: Map<string, number>, key: string, time: number) => map.set(key, (map.get(key) ?? 0) + time);
  let total = 0;
  for (const node of profile.nodes) {
    const time = times.get(node.id) ?? 0;
    if (node.callFrame.functionName === "(idle)") continue;
    total += time;
    add(self, groupOf(node), time);
    add(withNode, owners.get(node.id) ?? "node", time);
    add(functions, [groupOf(node), ...placeOf(node)].join("\n"), time);
  }
  const share = (time = 0) => `${((time / total) * 100).toFixed(1)} %`;
  const sorted = (map: ReadonlyMap<string, number>) => Array.from(map).sort(([, a], [, b]) => b - a);
  const groups = sorted(self).map(([group, time]) => [group, share(time), share(withNode.get(group))]);
  const top = sorted(functions).slice(0, FUNCTIONS_SHOWN);
  const rows = top.map(([key, time]) => [...key.split("\n"), share(time)]);
  console.log(`${framework}, ${variant}, ${scenario}\n`);
  console.log(markdownTable(["group", "self time", "with what it calls in Node.js"], groups));
  console.log(`\n${markdownTable(["group", "function", "file", "self time"], rows)}`);
}

/** The self time of each node, by its id. */
function selfTimes({ startTime, samples, timeDeltas }: Profile, since: number): Map<number, number> {
  const times = new Map<number, number>();
  let now = startTime;
  for (const [index, id] of samples.entries()) {
    const delta = timeDeltas[index] ?? 0;
    now += delta;
    if (now > since) times.set(id, (times.get(id) ?? 0) + delta);
  }
  return times;
}

/** For each node, its group, or if that is Node.js, the group that called it. */
function ownersOf({ nodes }: Profile): Map<number, string> {
  const owners = new Map<number, string>();
  // A node comes before its children.
  for (const node of nodes) {
    const group = groupOf(node);
    const owner = group === "node" ? (owners.get(node.id) ?? group) : group;
    owners.set(node.id, owner);
    for (const child of node.children ?? []) owners.set(child, owner);
  }
  return owners;
}

function groupOf({ callFrame: { functionName, url } }: Node): string {
  if (functionName === "(garbage collector)") return "gc";
  if (url.includes("/node_modules/")) return "framework";
  if (url.includes("/dist/")) return "onceover";
  return url.includes("/bench/") ? "app" : "node";
}

function placeOf({ callFrame: { functionName, url, lineNumber } }: Node): [name: string, place: string] {
  const file = url.replace(/^.*\/node_modules\/|^.*\/(?=dist\/|bench\/)/, "");
  return [functionName || "(anonymous)", url === "" ? "" : `${file}:${lineNumber + 1}`];
}
