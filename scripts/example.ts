/** Serves one example: `npm run example <name>`. */
import { spawnSync } from "node:child_process";
import { existsSync, readdirSync, rmSync } from "node:fs";
import { folderOfNewerNode } from "./newer-node.ts";

const names = readdirSync("examples").filter((name) => existsSync(`examples/${name}/server.ts`) || isProject(name));
const [name = ""] = process.argv.slice(2);

if (!names.includes(name)) {
  console.error(`Say which example: npm run example <name>, with one of ${names.join(", ")}.`);
  process.exitCode = 1;
} else if (isProject(name)) {
  const cwd = `examples/${name}`;
  const env = { ...process.env, PATH: `${folderOfNewerNode()}:${process.env.PATH}` };
  // npm takes a package that is there for the one that was built just now.
  rmSync(`${cwd}/node_modules/onceover`, { recursive: true, force: true });
  run("npm", ["install", "--no-audit", "--no-fund"], { cwd, env });
  run("npm", ["run", "dev"], { cwd, env });
} else {
  run("npx", ["tsx", "--tsconfig", "examples/tsconfig.json", `examples/${name}/server.ts`], {});
}

/** Some examples are projects of their own, with a build. */
function isProject(name: string): boolean {
  return existsSync(`examples/${name}/package.json`);
}

function run(command: string, args: readonly string[], options: { cwd?: string; env?: NodeJS.ProcessEnv }): void {
  const { status } = spawnSync(command, args, { ...options, stdio: "inherit" });
  if (status !== 0) process.exit(status ?? 1);
}
