/**
 * Holds `docs/django-parity.md` to its word: each test that it names is there, and passed.
 *
 *     vitest run --reporter=json --outputFile=.results/tests.json
 *     tsx scripts/check-parity.ts .results/tests.json
 *
 * It reads every table that has a column `Our test`. In that column, code spans name tests: the file, the describes and the
 * test, joined by ` › `. `{a, b}` in a name stands for one test with `a` and one with `b`.
 */
import { readFileSync } from "node:fs";
import { relative } from "node:path";
import { fileURLToPath } from "node:url";

const ROOT = fileURLToPath(new URL("..", import.meta.url));

/** The page has a row for each of Django's tests, and for each of Django's faults. */
export const MIN_ROWS = 75;

/** One line of a table: what it is about, and the tests that it names. */
export interface Row {
  readonly line: number;
  readonly subject: string;
  readonly tests: readonly string[];
  /** The names of the columns that say nothing; a note may be left out. */
  readonly empty: readonly string[];
}

/** What is needed of Vitest's JSON report. */
export interface Report {
  readonly testResults: readonly {
    readonly name: string;
    readonly assertionResults: readonly {
      readonly ancestorTitles: readonly string[];
      readonly title: string;
      readonly status: string;
    }[];
  }[];
}

/** The rows of all tables with a column `Our test`. */
export function readRows(markdown: string): Row[] {
  const rows: Row[] = [];
  let header: readonly string[] | undefined;
  for (const [index, line] of markdown.split("\n").entries()) {
    if (!line.startsWith("|")) {
      header = undefined;
      continue;
    }
    const cells = cellsOf(line);
    if (header === undefined) header = cells;
    else if (header.includes("Our test") && !isRule(cells)) rows.push(rowOf(cells, header, index + 1));
  }
  return rows;
}

/** What is wrong, a line each; nothing is if there are none. */
export function problemsOf(rows: readonly Row[], report: Report, minRows: number = MIN_ROWS): string[] {
  const statuses = statusesOf(report);
  const few = rows.length < minRows ? [`The page has ${rows.length} rows; there were ${minRows}.`] : [];
  const subjects = rows.map(({ subject }) => subject);
  const repeated = rows.filter(({ subject }, index) => subjects.indexOf(subject) !== index);
  return [
    ...few,
    ...repeated.map(({ line, subject }) => `line ${line}: ${subject} has a row already.`),
    ...rows.flatMap((row) => problemsOfRow(row, statuses).map((problem) => `line ${row.line}: ${problem}`)),
  ];
}

function problemsOfRow({ subject, tests, empty }: Row, statuses: ReadonlyMap<string, readonly string[]>): string[] {
  const missing = empty.map((column) => `${subject || "this row"} has nothing under "${column}".`);
  const failed = tests.flatMap((test) => {
    const found = statuses.get(test) ?? ["not there"];
    return found.every((status) => status === "passed") ? [] : [`${test}: ${found.join(", ")}.`];
  });
  return [...missing, ...failed];
}

/** What became of each test, by its full name; several may have one name. */
function statusesOf({ testResults }: Report): Map<string, string[]> {
  const statuses = new Map<string, string[]>();
  for (const { name, assertionResults } of testResults) {
    const file = relative(ROOT, name).replaceAll("\\", "/");
    for (const { ancestorTitles, title, status } of assertionResults) {
      const fullName = [file, ...ancestorTitles, title].join(" › ");
      statuses.set(fullName, [...(statuses.get(fullName) ?? []), status]);
    }
  }
  return statuses;
}

function rowOf(cells: readonly string[], header: readonly string[], line: number): Row {
  const tests = [...(cells[header.indexOf("Our test")] ?? "").matchAll(/`([^`]+)`/g)].map(([, name = ""]) => name);
  const saysNothing = (column: string, index: number) =>
    column === "Our test" ? tests.length === 0 : column !== "Note" && !cells[index];
  return { line, subject: cells[0] ?? "", tests: tests.flatMap(expand), empty: header.filter(saysNothing) };
}

/** The names that `{a, b}` in a name stands for. */
function expand(name: string): string[] {
  const [whole, before = "", choices = "", after = ""] = /^([^{]*)\{([^}]*)\}(.*)$/.exec(name) ?? [];
  if (whole === undefined) return [name];
  return choices.split(",").flatMap((choice) => expand(before + choice.trim() + after));
}

function cellsOf(line: string): string[] {
  return line
    .trim()
    .replace(/^\||\|$/g, "")
    .split(/(?<!\\)\|/)
    .map((cell) => cell.trim().replaceAll("\\|", "|"));
}

/** True for the line under a table's header. */
function isRule(cells: readonly string[]): boolean {
  return cells.every((cell) => /^:?-+:?$/.test(cell));
}

function main(reportPath: string | undefined): void {
  if (reportPath === undefined) throw new Error("Give the path of Vitest's JSON report.");
  const rows = readRows(readFileSync(new URL("../docs/django-parity.md", import.meta.url), "utf8"));
  const problems = problemsOf(rows, JSON.parse(readFileSync(reportPath, "utf8")) as Report);
  for (const problem of problems) console.error(problem);
  if (problems.length > 0) process.exitCode = 1;
  else console.log(`${rows.length} rows, all passed`);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) main(process.argv[2]);
