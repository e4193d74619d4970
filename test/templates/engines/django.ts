import { readFileSync } from "node:fs";
import { join } from "node:path";

/** From Django's documentation, unchanged; Django itself renders them, too, in the tests of parity. */
export const LIST: string = template("list");
export const ALERTS: string = template("alerts");

function template(name: string): string {
  return readFileSync(join(import.meta.dirname, `../../django/templates/${name}.html`), "utf8");
}
