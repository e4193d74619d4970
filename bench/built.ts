import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";

const pathOf = (relative: string) => fileURLToPath(new URL(relative, import.meta.url));

/**
 * Starts a program of this folder on the built package, as users get it. With the `paths` of the project's tsconfig, tsx
 * would take `onceover` from `src/`; with the tsconfig of this folder, Node finds `dist/`.
 *
 * The child ends with its parent at the latest.
 *
 * @param nodeOptions options for Node itself, such as `--cpu-prof`.
 */
export function forkBuilt(
  program: string,
  args: readonly string[] = [],
  nodeOptions: readonly string[] = [],
): ChildProcess {
  if (!existsSync(pathOf("../dist/index.js"))) throw new Error("There is no dist/. Run `npm run build` first.");
  return fork(pathOf(program), args, {
    env: { ...process.env, TSX_TSCONFIG_PATH: pathOf("tsconfig.json") },
    execArgv: [...process.execArgv, ...nodeOptions],
  });
}

/** The next message of the child. @throws if it exits instead. */
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
  throw new Error(`A child process exited early with code ${code}.`);
}
