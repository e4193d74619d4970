import { markdownTable, median, spread } from "../table.ts";
import type { Contender, Pace } from "./contender.ts";
import { SCENARIOS, type ScenarioName } from "./scenarios.ts";

/** A column: one measure of one scenario. */
interface Column {
  readonly title: string;
  readonly scenario: ScenarioName;
  readonly of: keyof Pace;
  readonly unit: string;
}

const SCENARIO_NAMES = Object.keys(SCENARIOS) as ScenarioName[];

const COLUMNS: readonly Column[] = [
  ...SCENARIO_NAMES.map((scenario): Column => column(scenario, "requests/s", "requestsPerSecond", "/s")),
  ...SCENARIO_NAMES.map((scenario): Column => column(scenario, "CPU", "cpu", " µs")),
];

function column(scenario: ScenarioName, measure: string, of: keyof Pace, unit: string): Column {
  return { title: `${SCENARIOS[scenario].title}, ${measure}`, scenario, of, unit };
}

/** Each variant as a ratio to the floor, which comes first and in absolute numbers. */
export function floorTable([floor, ...others]: readonly Contender[]): string {
  if (!floor) return "";
  const absolute = COLUMNS.map(
    ({ scenario, of, unit }) => `${median(floor.paces[scenario].map((pace) => pace[of])).toFixed(0)}${unit}`,
  );
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

/** In each round, one contender's pace by the other's. */
function ratios(contender: Contender, base: Contender): string[] {
  return COLUMNS.map(({ scenario, of }) =>
    spread(
      contender.paces[scenario].map((pace, round) => pace[of] / (base.paces[scenario][round]?.[of] ?? Number.NaN)),
    ),
  );
}
