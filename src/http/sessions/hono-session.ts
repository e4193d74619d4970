import type { Session } from "../../core/exchange.ts";
import { base64Length, MAX_COOKIE } from "./cookie-limit.ts";
import { ENDED } from "./ended-session.ts";

/** What is needed of a session of hono-sessions. */
export interface HonoSession {
  get(key: string): unknown;
  set(key: string, value: string): void;
  forget(key: string): void;
  /** What it will save, if that is to be had. */
  getCache?(): HonoCache;
}

/** `_id` is there where the session has a store on the server; `_delete`, once it was told to save nothing any more. */
interface HonoCache {
  readonly _id?: string;
  readonly _delete?: boolean;
}

/** True for what can be such a session. */
export function isHonoSession(value: unknown): value is HonoSession {
  return typeof value === "object" && value !== null && "get" in value && "set" in value && "forget" in value;
}

/** A session of hono-sessions, or of its kind. */
export function honoSession(session: HonoSession): Session {
  const cache = session.getCache?.();
  if (cache?._delete) return ENDED;
  return {
    get: (key) => session.get(key) ?? undefined,
    set: (key, value) => session.set(key, value),
    delete: (key) => session.forget(key),
    save: cache && cache._id === undefined ? () => fitsSealed(cache) : undefined,
  };
}

/** What a seal of iron-webcrypto has besides the data, the name of the cookie, and the times that are noted on saving. */
const ALLOWANCE = 384;

/** Its CookieStore writes a cookie of any size, and browsers drop it. The data is JSON of JSON, encrypted, in base64. */
function fitsSealed(cache: HonoCache): boolean {
  return base64Length(JSON.stringify(JSON.stringify(cache))) <= MAX_COOKIE - ALLOWANCE;
}
