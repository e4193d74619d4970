import { type ChildProcessByStdio, spawn, spawnSync } from "node:child_process";
import type { Readable, Writable } from "node:stream";
import { fileURLToPath } from "node:url";
import { test } from "vitest";

/** Debian's Python, for which Debian's Django is; or one of your own that has Django. */
const PYTHON = process.env.DJANGO_PYTHON ?? "/usr/bin/python3";

const CHECK = "import django; assert django.VERSION >= (3, 2), django.get_version()";

/** Why there is no Django to test against; undefined if there is one. */
function whyNoDjango(): string | undefined {
  const { status, stderr, error } = spawnSync(PYTHON, ["-c", CHECK], { encoding: "utf8" });
  if (status === 0) return undefined;
  const cause = error?.message ?? stderr.trim().split("\n").at(-1);
  return `Django 3.2 or newer is missing (${PYTHON}: ${cause}). Install it: apt-get install python3-django`;
}

/**
 * Defines tests that need Django. Without it, there is one test in their place that says so: it is skipped on a
 * developer's machine, and fails where `CI=true`.
 */
export function withDjango(define: () => void): void {
  const missing = whyNoDjango();
  if (missing === undefined) define();
  else testInstead(missing);
}

function testInstead(missing: string): void {
  test("against Django", ({ skip }) => {
    if (process.env.CI === "true") throw new Error(missing);
    skip(missing);
  });
}

/** A Python process whose standard input and output are ours. */
export type Python = ChildProcessByStdio<Writable, Readable, null>;

/** Starts a script of this folder. It ends by itself when its input does. */
export function startPython(script: string, ...args: string[]): Python {
  return spawn(PYTHON, ["-B", fileURLToPath(new URL(script, import.meta.url)), ...args], {
    stdio: ["pipe", "pipe", "inherit"],
  });
}
