/**
 * Whether a server's memory stays flat: its heap after every 20,000 cycles, 200,000 in all.
 *
 *     npm run build && npx tsx bench/memory.ts express "onceover cookie"
 *
 * @module
 */
import { Contender } from "./http/contender.ts";
import { SCENARIOS } from "./http/scenarios.ts";
import { markdownTable } from "./table.ts";

const STEPS = 10;
const CYCLES_A_STEP = 20_000;

const [framework = "express", variant = "onceover cookie"] = process.argv.slice(2);
const contender = await Contender.start(framework, variant, ["--expose-gc"]);
const rows: string[][] = [];
for (let step = 0; step <= STEPS; step += 1) {
  rows.push([(step * CYCLES_A_STEP).toLocaleString("en"), `${((await contender.heap()) / 1e6).toFixed(2)} MB`]);
  if (step < STEPS) await contender.run("cycle", Number.POSITIVE_INFINITY, CYCLES_A_STEP * SCENARIOS.cycle.requests);
}
await contender.stop();
console.log(`${framework}, ${variant}\n`);
console.log(markdownTable(["cycles", "heap"], rows));
