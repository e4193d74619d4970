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

/** The names by which a level can be given: the five, in capitals too, and the app's own. */
// biome-ignore lint/complexity/noBannedTypes: no levels of the app's own is exactly what `{}` says.
export type LevelName<L extends Levels = {}> = DefaultLevelName | Uppercase<DefaultLevelName> | (keyof L & string);

/**
 * Reads a level from text that a form or a query string sent: a name, in capitals or not, or a number.
 *
 * @param text anything; what is not a string is no level.
 * @param levels levels of the app's own by name, beside the five.
 * @returns the level's number, which need not have a name if the text is a number; undefined for any other text.
 *
 * @example
 * ```ts
 * import { addMessage, INFO, parseLevel } from "onceover";
 *
 * export function announce(request: object, form: URLSearchParams) {
 *   addMessage(request, parseLevel(form.get("level")) ?? INFO, "Hello.");
 * }
 * ```
 */
export function parseLevel(text: unknown, levels: Levels = {}): number | undefined {
  return typeof text === "string" ? numberIn(text, { ...LEVELS, ...levels }) : undefined;
}

/** The level that a text names or numbers, of all that there are. */
function numberIn(text: string, levels: Levels): number | undefined {
  const number = /^-?\d+$/.test(text) ? Number(text) : named(text, levels);
  return Number.isSafeInteger(number) ? number : undefined;
}

/** The level of this name, however it is spelt. */
function named(text: string, levels: Levels): number | undefined {
  const wanted = text.toLowerCase();
  const name = text in levels ? text : Object.keys(levels).find((known) => known.toLowerCase() === wanted);
  return name === undefined ? undefined : levels[name];
}

/**
 * The number of a level that the app's own code gives, by number or by name.
 *
 * @throws {MessagesError} `unknown-level`: it lists the names that exist.
 */
export function levelNumber(level: number | string, levels: Levels): number {
  const number = typeof level === "string" ? numberIn(level, levels) : level;
  if (Number.isSafeInteger(number)) return number as number;
  const names = Object.entries(levels).map(([name, value]) => `${name} (${value})`);
  throw new MessagesError(
    "unknown-level",
    `A level must be an integer or one of ${names.join(", ")}; got ${describe(level)}.`,
  );
}
