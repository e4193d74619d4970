import { lowestTenth, markdownTable, median, ratioOf } from "../table.ts";
import type { Contender } from "./contender.ts";
import { SCENARIOS, type ScenarioName } from "./scenarios.ts";

/** A column: one measure of one scenario. */
interface Column {
  readonly title: string;
  /** Microseconds for a request. */
  of(contender: Contender): readonly number[];
  /** From a ratio of times to one of what the column shows. */
  ratio(time: number): number;
  /** From a time to what the column shows. */
  absolute(time: number): string;
}

const SCENARIO_NAMES = Object.keys(SCENARIOS) as ScenarioName[];

const COLUMNS: readonly Column[] = [
  ...SCENARIO_NAMES.map(
    (scenario): Column => ({
      title: `${SCENARIOS[scenario].title}, requests/s`,
      of: ({ paces }) => paces[scenario].map(({ time }) => time),
      ratio: (time) => 1 / time,
      absolute: (time) => `${(1e6 / time).toFixed(0)}/s`,
    }),
  ),
  ...SCENARIO_NAMES.map(
    (scenario): Column => ({
      title: `${SCENARIOS[scenario].title}, CPU`,
      of: ({ paces }) => paces[scenario].map(({ cpu }) => cpu),
      ratio: (time) => time,
      absolute: (time) => `${time.toFixed(0)} µs`,
    }),
  ),
];

/** Each variant as a ratio to the floor, which comes first and in absolute numbers. */
export function floorTable([floor, ...others]: readonly Contender[]): string {
  if (!floor) return "";
  const absolute = COLUMNS.map(({ of, absolute }) => absolute(lowestTenth(of(floor))));
  const rows = others.map((contender) => [contender.name, ...ratios(contender, floor)]);
  return markdownTable(["", ...COLUMNS.map(({ title }) => title)], [["floor, absolute", ...absolute], ...rows]);
}

/** Two contenders, and the framework that they have in common. */
export interface Pair {
  readonly framework: string;
  readonly ours: Contender;
  readonly peer: Contender;
}

/** Each row of onceover as a ratio to a library that apps use instead. */
export function peerTable(pairs: readonly Pair[]): string {
  const rows = pairs.map(({ framework, ours, peer }) => [
    `${framework}: ${ours.name} / ${peer.name}`,
    ...ratios(ours, peer),
  ]);
  return markdownTable(["", ...COLUMNS.map(({ title }) => title)], rows);
}

/** One contender's pace by the other's. Other work can only slow a round down, so it is the fast ones that compare the code. */
function ratios(contender: Contender, base: Contender): string[] {
  return COLUMNS.map(({ of, ratio }) => {
    const [ours, theirs] = [of(contender), of(base)];
    return ratioOf(ratio(lowestTenth(ours) / lowestTenth(theirs)), ratio(median(ours) / median(theirs)));
  });
}
