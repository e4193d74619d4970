/**
 * What the cookie storage's encoding and decoding cost, as a ratio to a floor of JSON, one HMAC and base64url.
 *
 *     npm run build && npx tsx bench/codec.ts
 *
 * @module
 */
import { forkBuilt, nextMessage } from "./built.ts";
import type { Measured, Times } from "./codec/rounds.ts";
import { lowestTenth, markdownTable, median, ratioOf } from "./table.ts";

const child = forkBuilt("codec/rounds.ts");
const measured = await nextMessage<readonly Measured[]>(child);
child.disconnect();

/** In order of the columns. */
const STEPS: readonly ((times: Times) => number)[] = [
  ({ encode }) => encode,
  ({ decode }) => decode,
  ({ encode, decode }) => encode + decode,
];

const rows = measured.flatMap(({ count, floor, others }) => {
  const title = (name: string) => `${count} ${count === 1 ? "message" : "messages"}: ${name}`;
  const absolute = STEPS.map((step) => `${(lowestTenth(floor.map(step)) / 1000).toFixed(2)} µs`);
  const ratios = Object.entries(others).map(([name, rounds]) => [
    title(name),
    ...STEPS.map((step) => {
      const [ours, theirs] = [rounds.map(step), floor.map(step)];
      return ratioOf(lowestTenth(ours) / lowestTenth(theirs), median(ours) / median(theirs));
    }),
  ]);
  return [[title("floor, absolute"), ...absolute], ...ratios];
});
console.log("Time as a ratio to the floor: fast rounds (median). Less is better.\n");
console.log(markdownTable(["", "encode", "decode", "both"], rows));
