import { describe, MessagesError } from "./errors.ts";

/** For each setting: what it must be, in words, and whether a value is that. */
export type Checks<T> = Readonly<Record<keyof T, readonly [expected: string, isValid: (value: unknown) => boolean]>>;

/** True for a value that is one of these. */
export const isOneOf =
  (...values: unknown[]): ((value: unknown) => boolean) =>
  (value) =>
    values.includes(value);

/** The error for a setting that cannot be: its name, what was expected, what was given and how that is shown. */
export function invalidSetting(name: string, expected: string, given: unknown, shown?: string): MessagesError {
  const got = shown ?? describe(given);
  return new MessagesError("invalid-setting", `Setting \`${name}\` must be ${expected}; got ${got}.`);
}

/**
 * Settings filled up with defaults and checked one by one.
 *
 * @param prefix what stands before a setting's name in an error.
 * @throws {MessagesError} `invalid-setting` for one that does not exist, or that cannot be.
 */
export function withDefaults<T extends object>(prefix: string, given: unknown, checks: Checks<T>, defaults: T): T {
  if (typeof given !== "object" || given === null)
    throw invalidSetting(prefix.slice(0, -1) || "settings", "an object", given);
  const set = Object.entries(given).filter(([, value]) => value !== undefined);
  for (const [name, value] of set) {
    if (!Object.hasOwn(checks, name)) throw unknownSetting(prefix, name, Object.keys(checks));
    const [expected, isValid] = checks[name as keyof T];
    if (!isValid(value)) throw invalidSetting(prefix + name, expected, value);
  }
  return { ...defaults, ...Object.fromEntries(set) };
}

function unknownSetting(prefix: string, name: string, known: readonly string[]): MessagesError {
  const all = known.map((other) => prefix + other).join(", ");
  return new MessagesError("invalid-setting", `There is no setting \`${prefix}${name}\`; the settings are ${all}.`);
}
