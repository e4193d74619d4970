import { describe, MessagesError } from "./errors.ts";

/** For each setting: what it must be, in words, and whether a value is that. */
export type Checks<T> = Readonly<Record<keyof T, readonly [expected: string, isValid: (value: unknown) => boolean]>>;

/** True for a value that is one of these. */
export const isOneOf =
  (...values: unknown[]): ((value: unknown) => boolean) =>
  (value) =>
    values.includes(value);

/** True for an integer that is not less than this. */
export const isWhole =
  (least: number): ((value: unknown) => boolean) =>
  (value) =>
    Number.isSafeInteger(value) && (value as number) >= least;

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
    if (!Object.hasOwn(checks, name))
      throw unknownSetting(
        prefix + name,
        given,
        Object.keys(checks).map((other) => prefix + other),
      );
    const [expected, isValid] = checks[name as keyof T];
    if (!isValid(value)) throw invalidSetting(prefix + name, expected, value);
  }
  return { ...defaults, ...Object.fromEntries(set) };
}

function unknownSetting(name: string, given: object, known: readonly string[]): MessagesError {
  const text = `There is no setting \`${name}\`; the settings are ${known.join(", ")}.`;
  // What a framework passes to a middleware, for one: `app.use(messages)` in the place of `app.use(messages({ secret }))`.
  const hint = isPlain(given) ? "" : ` Got ${describe(given)}: call messages() with settings, where you mount it.`;
  return new MessagesError("invalid-setting", text + hint);
}

/** True for an object literal, from whatever realm. */
function isPlain(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}
