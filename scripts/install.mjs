// Installs what the lockfile names, unless that is installed already. Plain JavaScript: it runs before anything is there.
import { spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";

const root = new URL("../", import.meta.url);
const packagesOf = (file) => JSON.parse(readFileSync(new URL(file, root), "utf8")).packages;

/** npm writes what it installed beside it; a package for another platform is in the lockfile alone. */
function isInstalled() {
  if (!existsSync(new URL("node_modules/.package-lock.json", root))) return false;
  const installed = packagesOf("node_modules/.package-lock.json");
  return Object.entries(packagesOf("package-lock.json")).every(
    ([path, { integrity, optional }]) => path === "" || optional || installed[path]?.integrity === integrity,
  );
}

if (!isInstalled()) {
  console.log("Installing dependencies ...");
  // Not `npm ci`: it insists on a lockfile with the optional packages of every platform, which not every registry has.
  const args = ["install", "--no-save", "--no-audit", "--no-fund"];
  const { status } = spawnSync("npm", args, { cwd: root, stdio: "inherit" });
  process.exitCode = status ?? 1;
}
