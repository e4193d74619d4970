import { execFileSync } from "node:child_process";
import { join } from "node:path";

/** Builds the package once: pages of the demo load the file for browsers that comes with it. */
export function setup(): void {
  execFileSync("npm", ["run", "--silent", "build"], { cwd: join(import.meta.dirname, ".."), stdio: "inherit" });
}
