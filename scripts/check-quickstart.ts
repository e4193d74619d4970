/** Follows the README's quick start to the letter, in an empty project with the packed tarball: what a new user does. */
import { execFileSync, spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";

const [, install = ""] = readme(/```sh\n(?:npm (?:init|pkg) .*\n)*((?:npm install .*\n)+)```/);
const [, code = ""] = readme(/`server\.ts`:\n\n```ts\n([\s\S]*?)```/);
const project = mkdtempSync(join(tmpdir(), "onceover-quickstart-"));
try {
  const npm = (...args: string[]) => execFileSync("npm", args, { cwd: project, encoding: "utf8" });
  const [{ filename }] = JSON.parse(
    execFileSync("npm", ["pack", "--json", "--pack-destination", project], { encoding: "utf8" }),
  );
  npm("init", "--yes");
  npm("pkg", "set", "type=module");
  npm(
    "install",
    "--no-audit",
    "--no-fund",
    ...(install
      .match(/(?<= )[\w@/]+/g)
      ?.filter((name) => name !== "install")
      .map((name) => (name === "onceover" ? `./${filename}` : name)) ?? []),
  );
  writeFileSync(join(project, "server.ts"), code);
  compile(project);
  writeFileSync(
    join(project, "server.ts"),
    code
      .replace("3000", "0")
      .replace(/\.listen\((.*)\)/, ".listen($1, function () { console.log(this.address().port) })"),
  );
  await use(project);
  console.log("The README's quick start works.");
} finally {
  rmSync(project, { recursive: true, force: true });
}

function readme(pattern: RegExp): RegExpExecArray {
  const found = pattern.exec(readFileSync("README.md", "utf8"));
  if (!found) throw new Error(`README.md has nothing like ${pattern}`);
  return found;
}

/** Compiles the quick start as each kind of project would: by Node's rules and by a bundler's. */
function compile(folder: string): void {
  for (const [module, resolution] of [
    ["nodenext", "nodenext"],
    ["esnext", "bundler"],
  ]) {
    const options = ["--noEmit", "--strict", "--module", module, "--moduleResolution", resolution, "--types", "node"];
    const tsc = join(folder, "node_modules/typescript/bin/tsc");
    execFileSync(process.execPath, [tsc, ...(options as string[]), "server.ts"], { cwd: folder, stdio: "inherit" });
  }
}

/** Starts the server, saves, and looks: the message must be there once. */
async function use(folder: string): Promise<void> {
  const server = spawn(process.execPath, ["--import", "tsx", "server.ts"], {
    cwd: folder,
    env: { ...process.env, NODE_ENV: "development" },
    stdio: ["ignore", "pipe", "inherit"],
  });
  try {
    const port = await Promise.race([new Promise((resolve) => server.stdout.once("data", resolve)), wait(20_000)]);
    if (port === undefined) throw new Error("the quick start did not listen within 20 seconds");
    const url = `http://127.0.0.1:${String(port).trim()}/`;
    const posted = await fetch(url, { method: "POST", redirect: "manual" });
    const [cookie = ""] = posted.headers.getSetCookie().map((line) => line.split(";", 1)[0]);
    const shown = await (await fetch(url, { headers: { cookie, accept: "text/html" } })).text();
    const again = await (await fetch(url, { headers: { accept: "text/html" } })).text();
    if (!shown.includes("Profile updated.") || again.includes("Profile updated.")) throw new Error(`shown: ${shown}`);
  } finally {
    server.kill();
  }
}
