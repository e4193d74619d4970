import { type ChildProcess, execFileSync, spawn, spawnSync } from "node:child_process";
import { createHash, randomBytes } from "node:crypto";
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { dirname, join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { folderOfNewerNode } from "../../scripts/newer-node.ts";
import type { ContractServer } from "../adapters/contract.ts";

const root = join(import.meta.dirname, "../..");

/** An example that is a project of its own: built once, started as often as the tests need. */
export interface App {
  /** Starts it by an npm script, with these variables in its environment; it answers when this resolves. */
  start(env?: Readonly<Record<string, string>>, script?: string): Promise<ContractServer>;
}

/** How an example is prepared. */
export interface AppOptions {
  /** True takes the example as it is, without the contract's pages, and checks its types; `false` by default. */
  readonly isChecked?: boolean;
  /** What is laid over the example in the place of the contract's pages: a folder beside this file. */
  readonly overlay?: string;
}

/**
 * Makes `.apps/<name>`: the example's files, the contract's pages laid over them (`test/frameworks/<name>`), what its lockfile
 * names, and this package as it would be published. Then builds it.
 */
export function prepareApp(name: string, { isChecked = false, overlay = name }: AppOptions = {}): App {
  const folder = join(root, ".apps", overlay);
  layFiles(name, folder);
  if (!isChecked) layContract(overlay, folder);
  install(folder);
  if (isChecked) npm(folder, "run", "check");
  npm(folder, "run", "build");
  return { start: (env = {}, script = "start") => start(folder, script, env) };
}

function layFiles(name: string, folder: string): void {
  const files = execFileSync("git", ["ls-files", "--cached", "--others", "--exclude-standard", `examples/${name}`], {
    cwd: root,
    encoding: "utf8",
  });
  // What is left of another build could hide what is missing in this one.
  const stale = readdirSync(mkdirp(folder)).filter((item) => item !== "node_modules");
  for (const item of stale) rmSync(join(folder, item), { recursive: true });
  for (const file of files.split("\n").filter((file) => file && existsSync(join(root, file)))) {
    const target = join(folder, file.slice(`examples/${name}/`.length));
    mkdirp(dirname(target));
    cpSync(join(root, file), target);
  }
}

function layContract(name: string, folder: string): void {
  const overlay = join(import.meta.dirname, name);
  if (existsSync(overlay)) cpSync(overlay, folder, { recursive: true });
  cpSync(join(root, "test/adapters/contract-app.ts"), join(folder, "contract-app.ts"));
}

function mkdirp(folder: string): string {
  mkdirSync(folder, { recursive: true });
  return folder;
}

/** Installs what the lockfile names, unless that is there; and in any case this package as it is now. */
function install(folder: string): void {
  const lockfile = readFileSync(join(folder, "package-lock.json"));
  const digest = createHash("sha256").update(lockfile).digest("hex");
  const mark = join(folder, "node_modules/.installed");
  if (!existsSync(mark) || readFileSync(mark, "utf8") !== digest) {
    npm(folder, "install", "--no-save", "--no-audit", "--no-fund", "--engine-strict=false", "--install-links");
    writeFileSync(mark, digest);
  }
  const installed = join(folder, "node_modules/onceover");
  rmSync(join(installed, "dist"), { recursive: true, force: true });
  cpSync(join(root, ".apps/onceover/dist"), join(installed, "dist"), { recursive: true });
  cpSync(join(root, "package.json"), join(installed, "package.json"));
}

function environment(env: Readonly<Record<string, string>> = {}): NodeJS.ProcessEnv {
  const { NODE_ENV: _, VITEST: __, ...inherited } = process.env;
  return { ...inherited, ...TELEMETRY_OFF, SECRET, ...env, PATH: `${folderOfNewerNode()}:${process.env.PATH}` };
}

/** Built, they run in production, which does not start without one. */
const SECRET = randomBytes(32).toString("hex");

const TELEMETRY_OFF = { NEXT_TELEMETRY_DISABLED: "1", ASTRO_TELEMETRY_DISABLED: "1", NUXT_TELEMETRY_DISABLED: "1" };

function npm(folder: string, ...args: string[]): void {
  const { status, stdout, stderr } = spawnSync("npm", args, { cwd: folder, env: environment(), encoding: "utf8" });
  if (status !== 0) throw new Error(`npm ${args.join(" ")} failed in ${folder}:\n${stdout}\n${stderr}`);
}

async function start(folder: string, script: string, env: Readonly<Record<string, string>>): Promise<ContractServer> {
  const port = await freePort();
  const origin = `http://127.0.0.1:${port}`;
  const server = spawn("npm", ["run", script], {
    cwd: folder,
    env: environment({ HOST: "127.0.0.1", HOSTNAME: "127.0.0.1", ORIGIN: origin, PORT: `${port}`, ...env }),
    stdio: ["ignore", "pipe", "pipe"],
    detached: true, // A group of its own: npm does not pass on the end to what it started.
  });
  let output = "";
  for (const stream of [server.stdout, server.stderr]) stream.on("data", (chunk) => (output += chunk));
  await answers(origin, server, () => output);
  return { origin, close: () => end(server) };
}

async function answers(origin: string, server: ChildProcess, output: () => string): Promise<void> {
  for (const deadline = Date.now() + 60_000; Date.now() < deadline; await wait(100)) {
    if (server.exitCode !== null) break;
    const isThere = await fetch(origin).then(
      () => true,
      () => false,
    );
    if (isThere) return;
  }
  await end(server);
  throw new Error(`The app did not answer at ${origin}:\n${output()}`);
}

async function end(server: ChildProcess): Promise<void> {
  if (server.pid === undefined || server.exitCode !== null) return;
  const ended = new Promise((resolve) => server.once("exit", resolve));
  process.kill(-server.pid, "SIGKILL");
  await ended;
}

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const probe = createServer().listen(0, "127.0.0.1", () => {
      const { port } = probe.address() as { port: number };
      probe.close(() => resolve(port));
    });
  });
}
