/**
 * Starts each example as its readers do, against the built package, and asks it for its first page. An example that is a
 * project of its own is installed, type-checked and built first.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { existsSync, readdirSync } from "node:fs";
import { createInterface } from "node:readline";
import { prepareApp } from "../test/frameworks/app.ts";
import { setup as buildPackage } from "../test/frameworks/setup.ts";

const has = (file: string) => (name: string) => existsSync(`examples/${name}/${file}`);
const examples = readdirSync("examples");
const projects = examples.filter(has("package.json"));
const scripts = examples.filter(has("server.ts")).filter((name) => !projects.includes(name));

for (const name of scripts) await checkScript(name);
if (projects.length > 0) buildPackage();
for (const name of projects) await checkProject(name);
console.log(`${scripts.length + projects.length} examples answered`);

async function checkScript(name: string): Promise<void> {
  const server = spawn(process.execPath, ["--import", "tsx", `examples/${name}/server.ts`], {
    // Without the paths of the root's configuration, `onceover` is the built package.
    env: { ...process.env, NODE_ENV: "development", PORT: "0", TSX_TSCONFIG_PATH: "examples/tsconfig.json" },
    stdio: ["ignore", "pipe", "inherit"],
  });
  try {
    await checkPage(name, await printedUrl(server));
  } finally {
    server.kill();
  }
}

async function checkProject(name: string): Promise<void> {
  const server = await prepareApp(name, { isChecked: true }).start();
  try {
    await checkPage(name, server.origin);
  } finally {
    await server.close();
  }
}

async function checkPage(name: string, url: string): Promise<void> {
  const { status } = await fetch(url, { headers: { accept: "text/html" } });
  if (status !== 200) throw new Error(`examples/${name} answered ${status}`);
  console.log(`examples/${name}: 200`);
}

/** The address that an example prints once it listens. */
async function printedUrl(server: ChildProcess): Promise<string> {
  if (!server.stdout) throw new Error("no output to read");
  const timer = setTimeout(() => server.kill(), 20_000);
  try {
    for await (const line of createInterface({ input: server.stdout })) {
      const url = /http:\/\/\S+/.exec(line)?.[0];
      if (url) return url;
    }
  } finally {
    clearTimeout(timer);
  }
  throw new Error("the example ended, or took 20 seconds, before it printed its address");
}
