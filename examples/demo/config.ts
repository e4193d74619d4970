import { randomBytes } from "node:crypto";
import { defineMessages, parseLevel } from "onceover";
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
export type LevelName = keyof typeof config.levels;

/** A level, as a form offers it. */
export interface Level {
  readonly name: LevelName;
  readonly number: number;
}

const NAMES: readonly LevelName[] = ["debug", "info", "success", "warning", "error", "critical"];

/** All levels, the least urgent first. */
export const levels: readonly Level[] = NAMES.map((name) => ({ name, number: config.levels[name] }));

/** The level that a form sent; undefined if there is none like it. */
export function levelFrom(text: string): Level | undefined {
  const number = parseLevel(text, config.levels);
  return levels.find((level) => level.number === number);
}
