/** The newest frameworks need a newer Node than some machines have: npm brings one. */
import { execFileSync } from "node:child_process";
import { mkdirSync } from "node:fs";
import { dirname } from "node:path";

/** The folder of a Node that is new enough for every framework: this process's own, or one that npm installs. */
export function folderOfNewerNode(): string {
  const [major = 0] = process.versions.node.split(".").map(Number);
  if (major >= 24) return dirname(process.execPath);
  // Not in this project's own folder, where npx would take it for a dependency.
  const cwd = new URL("../.apps/", import.meta.url);
  mkdirSync(cwd, { recursive: true });
  const path = execFileSync("npx", ["--yes", "-p", "node@24", "node", "-p", "process.execPath"], {
    cwd,
    encoding: "utf8",
  });
  return dirname(path.trim());
}
