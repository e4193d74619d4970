import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";

const pathOf = (relative: string) => fileURLToPath(new URL(relative, import.meta.url));

/**
 * Starts a program of this folder on the built package, as users get it: by `paths` in the project's tsconfig, tsx would
 * take `onceover` from `src/`; by the tsconfig of this folder, Node finds `dist/`.
 *
 * The child ends with its parent at the latest.
 */
export function forkBuilt(program: string, ...args: string[]): ChildProcess {
  if (!existsSync(pathOf("../dist/index.js"))) throw new Error("There is no dist/: run `npm run build` first.");
  return fork(pathOf(program), args, { env: { ...process.env, TSX_TSCONFIG_PATH: pathOf("tsconfig.json") } });
}

/** What the child says next. @throws if it ends instead. */
export async function nextMessage<T>(child: ChildProcess): Promise<T> {
  const over = new AbortController();
  const { signal } = over;
  try {
    const [message] = await Promise.race([once(child, "message", { signal }), failOnExit(child, signal)]);
    return message as T;
  } finally {
    over.abort();
  }
}

async function failOnExit(child: ChildProcess, signal: AbortSignal): Promise<never> {
  const [code] = await once(child, "exit", { signal });
  throw new Error(`A child process ended before its time, with code ${code}.`);
}
