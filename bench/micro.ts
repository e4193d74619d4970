/**
 * What single steps cost, without HTTP: those of onceover beside those of the hand-written floor, as ratios.
 *
 *     npm run build && npx tsx bench/micro.ts
 *
 * @module
 */
import { forkBuilt, nextMessage } from "./built.ts";
import type { Measured } from "./micro-steps.ts";
import { markdownTable, median, spread } from "./table.ts";

const steps = forkBuilt("micro-steps.ts");
const measured = await nextMessage<readonly Measured[]>(steps);
steps.disconnect();

const microseconds = (times: readonly number[]) => `${(median(times) / 1000).toFixed(2)} µs`;
const rows = measured.map(({ step, floor, onceover, django }) => {
  const ratio = (times: readonly number[]) => spread(times.map((time, round) => time / (floor[round] ?? Number.NaN)));
  return [step, microseconds(floor), ratio(onceover), microseconds(onceover), ratio(django), microseconds(django)];
});
console.log(
  "Time, as a ratio to the floor: median (least–most); less is better. And for this machine, in microseconds.\n",
);
console.log(markdownTable(["", "floor", "onceover", "", "onceover, compat django", ""], rows));
