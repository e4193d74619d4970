import { parseCookie, stringifySetCookie } from "cookie";
import type { SetCookie } from "../exchange.ts";

/** Values go over the wire as they are: Django writes `:` raw, and does not decode `%3A`. */
const asIs = (value: string): string => value;

/** The cookies of a `Cookie` header by name; of several with one name, the first (RFC 6265 §5.4: the most specific path). */
export function readCookies(header: string): Readonly<Record<string, string | undefined>> {
  return parseCookie(header, { decode: asIs });
}

/** A `Set-Cookie` header. A deletion carries the epoch as well as `Max-Age=0`, as Django's does. */
export function writeSetCookie(cookie: SetCookie): string {
  const { domain, maxAge, ...rest } = cookie;
  return stringifySetCookie(
    {
      ...rest,
      ...(domain === undefined ? {} : { domain }),
      ...(maxAge === undefined ? {} : { maxAge }),
      ...(maxAge === 0 ? { expires: new Date(0) } : {}),
    },
    { encode: asIs },
  );
}
