import { describe, MessagesError } from "./errors.ts";

/** For developers; below the default minimum level, so not stored unless the `level` setting is lowered. */
export const DEBUG = 10;
/** Something the visitor may want to know. */
export const INFO = 20;
/** What the visitor asked for was done. */
export const SUCCESS = 25;
/** Something may soon go wrong. */
export const WARNING = 30;
/** What the visitor asked for was not done. */
export const ERROR = 40;

/** The five levels by their names in capitals, as templates know them (Django: `DEFAULT_LEVELS`). */
export const DEFAULT_LEVELS: Readonly<Record<"DEBUG" | "INFO" | "SUCCESS" | "WARNING" | "ERROR", number>> =
  /* @__PURE__ */ Object.freeze({ DEBUG, INFO, SUCCESS, WARNING, ERROR });

// Marked as pure, and with literal keys, so that the script for browsers is built without what it does not use.

/** The tag of each of the five levels: its name in lower case (Django: `DEFAULT_TAGS`). */
export const DEFAULT_TAGS: Readonly<Record<number, string>> = /* @__PURE__ */ Object.freeze({
  10: "debug",
  20: "info",
  25: "success",
  30: "warning",
  40: "error",
});

/** Levels by name. */
export type Levels = Readonly<Record<string, number>>;

/** The names of the five levels that every app has. */
export type DefaultLevelName = "debug" | "info" | "success" | "warning" | "error";

/** The five levels by their names in lower case, as methods and settings know them. */
export const LEVELS: Readonly<Record<DefaultLevelName, number>> = /* @__PURE__ */ Object.freeze({
  debug: DEBUG,
  info: INFO,
  success: SUCCESS,
  warning: WARNING,
  error: ERROR,
});

/**
 * The number of a level given by number, by name (in capitals or not), or by a number as a form sends it.
 *
 * @throws {MessagesError} `unknown-level`: it lists the names that exist.
 */
export function levelNumber(level: number | string, levels: Levels): number {
  const number = typeof level === "string" ? parse(level, levels) : level;
  if (typeof number === "number" && Number.isSafeInteger(number)) return number;
  const names = Object.entries(levels).map(([name, value]) => `${name} (${value})`);
  throw new MessagesError(
    "unknown-level",
    `A level must be an integer or one of ${names.join(", ")}; got ${describe(level)}.`,
  );
}

function parse(level: string, levels: Levels): number | undefined {
  return /^-?\d+$/.test(level) ? Number(level) : (levels[level] ?? levels[level.toLowerCase()]);
}
