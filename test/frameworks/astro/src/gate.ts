import { setTimeout as wait } from "node:timers/promises";

const waiting: (() => void)[] = [];

/** Where a page's rendering stands still, with whatever is rendered already on its way, until a test lets it go on. */
export function gate(): Promise<void> {
  return new Promise((resolve) => waiting.push(resolve));
}

/** Lets all go on that stand at the gate, once somebody does. */
export async function goOn(): Promise<void> {
  while (waiting.length === 0) await wait(10);
  for (const resolve of waiting.splice(0)) resolve();
}
