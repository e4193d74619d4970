/** Serves one example: `npm run example <name>`. */
import { spawnSync } from "node:child_process";
import { existsSync, readdirSync } from "node:fs";

const names = readdirSync("examples").filter((name) => existsSync(`examples/${name}/server.ts`) || isProject(name));
const [name = ""] = process.argv.slice(2);

if (!names.includes(name)) {
  console.error(`Say which example: npm run example <name>, with one of ${names.join(", ")}.`);
  process.exitCode = 1;
} else if (isProject(name)) {
  const folder = `examples/${name}`;
  run("npm", ["install", "--no-audit", "--no-fund"], folder);
  run("npm", ["run", "dev"], folder);
} else {
  run("npx", ["tsx", "--tsconfig", "examples/tsconfig.json", `examples/${name}/server.ts`], ".");
}

/** Some examples are projects of their own, with a build. */
function isProject(name: string): boolean {
  return existsSync(`examples/${name}/package.json`);
}

function run(command: string, args: readonly string[], cwd: string): void {
  const { status } = spawnSync(command, args, { cwd, stdio: "inherit" });
  if (status !== 0) process.exit(status ?? 1);
}
