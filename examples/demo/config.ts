import { randomBytes } from "node:crypto";
import { DEFAULT_LEVELS, defineMessages, type RegisteredLevels } from "onceover";
import { hxTrigger } from "onceover/htmx";

/**
 * Signs both cookies, the session's and the messages'. A new one at each start is fine for a demo, where whatever still
 * waits may be lost; an app sets SECRET, the same for all its processes.
 */
export const secret: string = process.env.SECRET ?? randomBytes(32).toString("hex");

/** How many characters of messages the cookies may hold; what is more goes to the session. This is the default, by name. */
export const cookieLimit = 2048;

export const config = defineMessages({
  secret,
  levels: { critical: 50 },
  cookie: { maxSize: cookieLimit },
  // To HTMX, as an event beside the fragment.
  outlet: hxTrigger(),
});

// Now `req.messages.critical("…")` is known to the compiler, and `req.messages.critcal("…")` is an error.
declare module "onceover" {
  interface Register {
    config: typeof config;
  }
}

/** The names of all levels: what `req.messages` has a method for. */
export type LevelName = Lowercase<keyof typeof DEFAULT_LEVELS> | keyof RegisteredLevels;

/** All levels, the least urgent first. */
export const levels: readonly { readonly name: LevelName; readonly number: number }[] = [
  { name: "debug", number: DEFAULT_LEVELS.DEBUG },
  { name: "info", number: DEFAULT_LEVELS.INFO },
  { name: "success", number: DEFAULT_LEVELS.SUCCESS },
  { name: "warning", number: DEFAULT_LEVELS.WARNING },
  { name: "error", number: DEFAULT_LEVELS.ERROR },
  { name: "critical", number: 50 },
];

/** For names that come from a form. */
export function isLevelName(name: string): name is LevelName {
  return levels.some((level) => level.name === name);
}
