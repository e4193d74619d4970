import { WARNING } from "../core/levels.ts";
import { append } from "./append.ts";

/** Milliseconds after which screen readers have noticed a live region, so that they read what is put into it. */
const NOTICED = 150;
/** Milliseconds after which what was read is taken out again, so that nobody comes across it twice. */
const READ = 5_000;

/** Has a message read aloud, unless its box is gone by then: at the next pause, or at once from WARNING (30) on. */
export type Announce = (message: HTMLElement, level: number, box: Node) => void;

/** Makes the regions that have messages read aloud, out of sight: they are there before, whatever else is on the page. */
export function announcer(root: Node): Announce {
  // Not atomic: each line is read by itself, and not again with the next one.
  const region = (role: string) => append(root, "div", { role, ariaAtomic: "false" });
  const polite = region("status");
  const assertive = region("alert");
  return (message, level, box) => {
    setTimeout(() => {
      if (!box.parentNode) return;
      // biome-ignore lint/performance/useDomNodeTextContent: read what is seen, with the items of a list apart.
      const line = append(level < WARNING ? polite : assertive, "p", { textContent: message.innerText });
      setTimeout(() => line.remove(), READ);
    }, NOTICED);
  };
}
