import { type SetCookie as CookieAttributes, parseCookie, stringifySetCookie } from "cookie";
import type { SetCookie } from "../exchange.ts";

/** Values go over the wire as they are: Django writes `:` raw, and does not decode `%3A`. */
const asIs = (value: string): string => value;

/** Cookie values by name. */
export type Cookies = Readonly<Record<string, string | undefined>>;

/** The cookies of a `Cookie` header by name; of several with one name, the first (RFC 6265 §5.4: the most specific path). */
export function readCookies(header: string): Cookies {
  return parseCookie(header, { decode: asIs });
}

const AS_IS = { encode: asIs };
const EPOCH = new Date(0);

/** A `Set-Cookie` header. A deletion carries the epoch as well as `Max-Age=0`, as Django's does. */
export function writeSetCookie(cookie: SetCookie): string {
  const attributes = cookie.maxAge === 0 ? { ...cookie, expires: EPOCH } : cookie;
  // The library takes an attribute that is undefined for one that is left out; its types do not say so.
  return stringifySetCookie(attributes as CookieAttributes, AS_IS);
}
