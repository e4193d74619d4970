import { randomBytes } from "node:crypto";
import { markSafe, type SafeString } from "onceover";
import type { LevelName } from "./config.ts";

/** What is said when the visitor left the text empty. */
export const SAMPLES: Readonly<Record<LevelName, string>> = {
  debug: "Cache miss for /reports/42, rebuilt in 18 ms.",
  info: "Three people are looking at this report.",
  success: "Your report was published.",
  warning: "The trial ends in 2 days.",
  error: "The card was declined, and nothing was charged.",
  critical: "Backups have failed for 24 hours.",
};

/**
 * HTML that we wrote ourselves, which is why it may be marked safe. What a visitor typed never may: escape it first.
 */
export const SAFE_HTML: SafeString = markSafe(
  'Published <strong>Q3 report</strong>. <a href="/quiet">Read it</a>, or <em>undo</em> it.',
);

/** Whom the company has hired so far. */
export const TEAM: readonly string[] = [
  ...["ada", "alan", "anita", "barbara", "dennis", "donald", "edsger", "frances", "grace", "hedy"],
  ...["jean", "john", "katherine", "ken", "leslie", "linus", "margaret", "niklaus", "radia", "tim"],
].map((name) => `${name}@example.com`);

/** Texts that hardly compress, so that together they are more than the cookies may hold. */
export function manyTexts(): string[] {
  const count = 24;
  return Array.from({ length: count }, (_, index) => {
    const digest = randomBytes(64).toString("base64");
    return `File ${String(index + 1).padStart(2, "0")} of ${count} checked: sha512-${digest}`;
  });
}
