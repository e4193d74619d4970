import type { CookieAttributes, SetCookie } from "../core/exchange.ts";

/**
 * Cookies on the wire (RFC 6265 §4). Values go as they are: Django writes `:` raw, and does not decode `%3A`.
 *
 *     Cookie     = pair *( ";" SP pair )              ; §4.2.1
 *     Set-Cookie = pair *( ";" SP attribute )         ; §4.1.1
 *     pair       = name "=" value
 */

/** The cookies of a `Cookie` header by name; of several with one name, the first (§5.4: the most specific path). */
export function readCookies(header: string): ReadonlyMap<string, string> {
  const cookies = new Map<string, string>();
  for (const pair of header.split(";")) {
    const equals = pair.indexOf("=");
    if (equals < 0) continue;
    const name = trim(pair.slice(0, equals));
    if (!cookies.has(name)) cookies.set(name, trim(pair.slice(equals + 1)));
  }
  return cookies;
}

/** Without the white space that may stand around names and values (§5.2): others than these two are part of them. */
function trim(text: string): string {
  let [start, end] = [0, text.length];
  while (start < end && isBlank(text, start)) start += 1;
  while (end > start && isBlank(text, end - 1)) end -= 1;
  return text.slice(start, end);
}

function isBlank(text: string, index: number): boolean {
  return text[index] === " " || text[index] === "\t";
}

/** A `Set-Cookie` header. @throws {TypeError} for what would break out of its place. */
export function writeSetCookie({ name, value, attributes }: SetCookie): string {
  return `${check("name", name, NAME)}=${check("value", value, VALUE)}${textOf(attributes)}`;
}

const texts = new WeakMap<CookieAttributes, string>();

/** Cookies share their attributes, which never change: so their text is written, and checked, once. */
function textOf(attributes: CookieAttributes): string {
  let text = texts.get(attributes);
  if (text === undefined) {
    text = write(attributes);
    texts.set(attributes, text);
  }
  return text;
}

function write(attributes: CookieAttributes): string {
  const { domain, path, secure, httpOnly, sameSite, maxAge, partitioned, epoch } = attributes;
  let text = "";
  if (maxAge !== undefined) text += `; Max-Age=${check("Max-Age", `${maxAge}`, /^\d+$/)}`;
  if (domain) text += `; Domain=${check("Domain", domain, DOMAIN)}`;
  text += `; Path=${check("Path", path, PATH)}`;
  if (epoch) text += "; Expires=Thu, 01 Jan 1970 00:00:00 GMT";
  if (httpOnly) text += "; HttpOnly";
  if (secure) text += "; Secure";
  if (partitioned) text += "; Partitioned";
  if (sameSite)
    text += `; SameSite=${check("SameSite", sameSite, /^(lax|strict|none)$/).replace(/^./, (letter) => letter.toUpperCase())}`;
  return text;
}

function check(what: string, text: string, grammar: RegExp): string {
  if (grammar.test(text)) return text;
  throw new TypeError(`The ${what} of a cookie cannot be ${JSON.stringify(text)}.`);
}

/** §4.1.1: a token (RFC 9110 §5.6.2). */
const NAME = /^[\w!#$%&'*+.^`|~-]+$/;
/** §4.1.1: cookie-value, and the few characters more that servers and browsers take. */
const VALUE = /^[!-:<-~]*$/;
/** §4.1.1: path-value, any character but controls and ";"; and not "<", for whoever prints it. */
const PATH = /^[ -:=-~]*$/;
/** RFC 1034 §3.5, with the leading dot that §5.2.3 ignores. */
const DOMAIN = /^\.?[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?(\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)*$/i;
