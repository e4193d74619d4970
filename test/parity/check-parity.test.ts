import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, onTestFinished, test } from "vitest";
import { MIN_ROWS, problemsOf, type Report, type Row, readRows } from "../../scripts/check-parity.ts";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const FILE = "test/parity/api.test.ts";

const PAGE = `
| Django's name | Ours |
| --- | --- |
| \`add_message\` | \`addMessage\` |

| Django's test | What it says | Our test | Note |
| --- | --- | --- | --- |
| ApiTests.test_ok | it adds | \`${FILE} › addMessage › adds\` | |
| BaseTests.test_add | so do all | \`${FILE} › {cookie, session} › adds\`<br>\`${FILE} › adds a \\| b\` | all of them |
`;

describe("the check of the parity page", () => {
  test("reads the tables that name tests, and no others", () => {
    expect(readRows(PAGE).map(({ line, subject, tests }) => ({ line, subject, tests }))).toEqual([
      { line: 8, subject: "ApiTests.test_ok", tests: [`${FILE} › addMessage › adds`] },
      {
        line: 9,
        subject: "BaseTests.test_add",
        tests: [`${FILE} › cookie › adds`, `${FILE} › session › adds`, `${FILE} › adds a | b`],
      },
    ]);
  });

  test("is content where all tests passed", () => {
    expect(problemsOf(readRows(PAGE), reportOf(testsOf(PAGE)), 2)).toEqual([]);
  });

  test("misses a test that is not there", () => {
    const tests = testsOf(PAGE).filter((name) => !name.includes("session"));
    expect(problemsOf(readRows(PAGE), reportOf(tests), 2)).toEqual([`line 9: ${FILE} › session › adds: not there.`]);
  });

  test.each(["failed", "skipped", "pending", "todo"])("takes a test that is %s for one that did not pass", (status) => {
    const report = reportOf(testsOf(PAGE), { [`${FILE} › cookie › adds`]: status });
    expect(problemsOf(readRows(PAGE), report, 2)).toEqual([`line 9: ${FILE} › cookie › adds: ${status}.`]);
  });

  test("wants both of two tests with one name to pass", () => {
    const [first = "", ...others] = testsOf(PAGE);
    const twice = reportOf([first, ...others]);
    const again = reportOf([first], { [first]: "failed" });
    const report = { testResults: [...twice.testResults, ...again.testResults] };
    expect(problemsOf(readRows(PAGE), report, 2)).toEqual([`line 8: ${first}: passed, failed.`]);
  });

  test("wants a row to say something under each column but the note", () => {
    const page = PAGE.replace("it adds", "").replace(/`[^`]*addMessage › adds`/, "soon");
    expect(problemsOf(readRows(page), reportOf(testsOf(page)), 2)).toEqual([
      'line 8: ApiTests.test_ok has nothing under "What it says".',
      'line 8: ApiTests.test_ok has nothing under "Our test".',
    ]);
  });

  test("misses rows that are gone, and refuses the same row twice", () => {
    expect(problemsOf(readRows(PAGE), reportOf(testsOf(PAGE)), 3)).toEqual(["The page has 2 rows; there were 3."]);
    const page = PAGE.replace("BaseTests.test_add", "ApiTests.test_ok");
    expect(problemsOf(readRows(page), reportOf(testsOf(page)), 2)).toEqual([
      "line 9: ApiTests.test_ok has a row already.",
    ]);
  });

  test("counts the rows of the page, and exits with 0 if all is well and with 1 if not", () => {
    const rows = readRows(readFileSync(join(ROOT, "docs/django-parity.md"), "utf8"));
    const tests = rows.flatMap((row) => row.tests);
    expect(run(reportOf(tests))).toEqual({ status: 0, output: `${rows.length} rows, all passed\n` });
    const { status, output } = run(reportOf(tests.slice(1)));
    expect(status).toBe(1);
    expect(output).toContain(`${tests[0]}: not there.`);
  });

  test("knows how many rows the page has", () => {
    const rows: readonly Row[] = readRows(readFileSync(join(ROOT, "docs/django-parity.md"), "utf8"));
    expect(rows).toHaveLength(MIN_ROWS);
  });
});

function testsOf(page: string): string[] {
  return readRows(page).flatMap((row) => row.tests);
}

/** A report in which these tests passed, save those that have another status. */
function reportOf(tests: readonly string[], statuses: Readonly<Record<string, string>> = {}): Report {
  return {
    testResults: tests.map((test) => {
      const [file = "", ...titles] = test.split(" › ");
      const result = {
        ancestorTitles: titles.slice(0, -1),
        title: titles.at(-1) ?? "",
        status: statuses[test] ?? "passed",
      };
      return { name: join(ROOT, file), assertionResults: [result] };
    }),
  };
}

/** Runs the script as a continuous integration does. */
function run(report: Report): { status: number | null; output: string } {
  const folder = mkdtempSync(join(tmpdir(), "parity-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const path = join(folder, "report.json");
  writeFileSync(path, JSON.stringify(report));
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    ["--import", "tsx", join(ROOT, "scripts/check-parity.ts"), path],
    { cwd: ROOT, encoding: "utf8" },
  );
  return { status, output: stdout + stderr };
}
