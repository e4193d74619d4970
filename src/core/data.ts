import { describe, MessagesError } from "./errors.ts";

/** Any value that JSON can carry. */
export type Json = null | boolean | number | string | JsonArray | JsonObject;

/** A list in JSON. An interface, as mapped types stop there; Vue's `ref()` follows an alias for ever. */
export interface JsonArray extends ReadonlyArray<Json> {}

/** An object in JSON. */
export interface JsonObject {
  readonly [key: string]: Json;
}

/** Nesting as deep as people write it; deeper data was made to exhaust a stack. */
const MAX_DEPTH = 32;

/**
 * A copy of `data` that cannot be changed.
 *
 * @throws {MessagesError} `invalid-data` for what JSON cannot carry.
 */
export function checkData(data: unknown): Json | undefined {
  if (data === undefined) return undefined;
  let copy: unknown;
  let cause: unknown;
  try {
    copy = JSON.parse(JSON.stringify(data));
  } catch (error) {
    cause = error;
  }
  if (copy !== undefined && isShallow(copy)) return frozen(copy as Json);
  throw new MessagesError(
    "invalid-data",
    `\`data\` must be a value that JSON can carry, nested at most ${MAX_DEPTH} deep; got ${describe(data)}.`,
    { cause },
  );
}

/** True for a value that nests at most {@link MAX_DEPTH} deep. */
export function isShallow(value: unknown, depth: number = MAX_DEPTH): boolean {
  if (typeof value !== "object" || value === null) return true;
  return depth > 0 && Object.values(value).every((item) => isShallow(item, depth - 1));
}

/** JSON that was read by ourselves, made unchangeable through and through. */
export function frozen(json: Json): Json {
  if (typeof json === "object" && json !== null)
    for (const item of Object.values<Json>(Object.freeze(json))) frozen(item);
  return json;
}
