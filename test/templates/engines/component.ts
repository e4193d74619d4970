import { mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { transformSync } from "esbuild";

const folder = join(import.meta.dirname, "../../../.results/components");

/** A component, of the code that its compiler wrote. */
export async function importComponent<Component>(name: string, code: string): Promise<Component> {
  mkdirSync(folder, { recursive: true });
  const path = join(mkdtempSync(join(folder, "for-")), `${name}.js`); // Of its own: several workers write at the same time.
  writeFileSync(path, transformSync(code, { loader: "ts" }).code);
  return (await import(path)).default;
}
