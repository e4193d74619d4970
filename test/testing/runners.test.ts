import { execFileSync, spawnSync } from "node:child_process";
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { fileURLToPath, pathToFileURL } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const RUNNERS = fileURLToPath(new URL("runners", import.meta.url));

/** In `node_modules`, so that the built package finds what it depends on. */
const DIST = `${ROOT}node_modules/.cache/onceover-${process.pid}`;

const JEST_CONFIG = { rootDir: RUNNERS, testMatch: ["<rootDir>/jest.mjs"], transform: {} };

/** How each test runner is started on its file in `runners/`. */
const COMMANDS: Record<string, readonly string[]> = {
  "node:test": ["--test", "--test-reporter=spec", `${RUNNERS}/node-test.mjs`],
  Jest: [
    "--experimental-vm-modules",
    "--no-warnings",
    `${ROOT}node_modules/jest/bin/jest.js`,
    `--config=${JSON.stringify(JEST_CONFIG)}`,
    "--no-cache",
    "--verbose",
  ],
};

beforeAll(build, 60_000);
afterAll(() => rmSync(DIST, { recursive: true, force: true }));

describe.each(Object.entries(COMMANDS))("assertMessages, built, under %s", (_name, command) => {
  test("passes where the messages are as expected", () => {
    const { status, output } = run(command);
    expect(output).toContain("accepts what a request has and its response leaves");
    expect(status, output).toBe(0);
  });

  test("fails where they are not, and the runner shows why", () => {
    const { status, output } = run(command, { ONCEOVER_FAIL: "1" });
    expect(status).toBe(1);
    expect(output).toContain("The messages differ (1 expected, 1 found):");
    expect(output).toMatch(/missing: +error "Not saved\."/);
    expect(output).toMatch(/not expected: success "Saved\."/);
  });
});

function build(): void {
  const tsc = `${ROOT}node_modules/typescript/bin/tsc`;
  execFileSync(process.execPath, [tsc, "-p", "tsconfig.build.json", "--outDir", DIST], { cwd: ROOT, stdio: "pipe" });
  mkdirSync(DIST, { recursive: true });
  // Below node_modules, the package's own `"type": "module"` does not hold.
  writeFileSync(`${DIST}/package.json`, JSON.stringify({ type: "module" }));
}

/** Starts a test runner on its own, without what Vitest tells its child processes. */
function run(command: readonly string[], env: Record<string, string> = {}): { status: number | null; output: string } {
  const { PATH, HOME } = process.env;
  const { status, stdout, stderr } = spawnSync(process.execPath, [...command], {
    cwd: ROOT,
    encoding: "utf8",
    env: { PATH, HOME, NO_COLOR: "1", ONCEOVER_DIST: pathToFileURL(DIST).href, ...env },
  });
  return { status, output: stdout + stderr };
}
