/** Starts each example as its readers do, against the built package, and asks it for its first page. */
import { type ChildProcess, spawn } from "node:child_process";
import { existsSync, readdirSync } from "node:fs";
import { createInterface } from "node:readline";

const folders = readdirSync("examples").filter((name) => existsSync(`examples/${name}/server.ts`));
for (const name of folders) await check(name);
console.log(`${folders.length} examples answered`);

async function check(name: string): Promise<void> {
  const server = spawn(process.execPath, ["--import", "tsx", `examples/${name}/server.ts`], {
    // Without the paths of the root's configuration, `onceover` is the built package.
    env: { ...process.env, PORT: "0", TSX_TSCONFIG_PATH: "examples/tsconfig.json" },
    stdio: ["ignore", "pipe", "inherit"],
  });
  try {
    const url = await printedUrl(server);
    const { status } = await fetch(url, { headers: { accept: "text/html" } });
    if (status !== 200) throw new Error(`examples/${name} answered ${status}`);
    console.log(`examples/${name}: 200`);
  } finally {
    server.kill();
  }
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
