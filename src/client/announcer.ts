import { WARNING } from "../levels.ts";
import { append } from "./append.ts";

/** Milliseconds after which screen readers have noticed a live region, so that they read what is put into it. */
const NOTICED = 150;
/** Milliseconds after which what was read is taken out again, so that nobody comes across it twice. */
const READ = 5_000;

/**
 * Has texts read aloud, by regions that are there before, whatever else is on the page.
 *
 * @param root where the regions are put, out of sight.
 * @returns reads a text, unless its box is gone by then: at the next pause, or at once from WARNING (30) on.
 */
export function announcer(root: Node): (text: string, level: number, box: Node) => void {
  // Not atomic: each line is read by itself, and not again with the next one.
  const region = (role: string) => append(root, "div", { role, ariaAtomic: "false" });
  const polite = region("status");
  const assertive = region("alert");
  return (textContent, level, box) => {
    setTimeout(() => {
      if (!box.parentNode) return;
      const line = append(level < WARNING ? polite : assertive, "p", { textContent });
      setTimeout(() => line.remove(), READ);
    }, NOTICED);
  };
}
