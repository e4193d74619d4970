import type { Exchange } from "../../core/exchange.ts";
import type { Message } from "../../core/message.ts";
import type { CookieFormat, Decoded } from "./format.ts";
import { byTime, groupId, isGroupId, type NamedGroup, timeOf } from "./group.ts";

/** How many cookies one request reads, so that its response can delete them all: the others wait for the next. */
const MAX_READ = 12;

/** A cookie that was sent. */
export interface SentCookie {
  readonly name: string;
  readonly value: string;
  readonly groups: readonly NamedGroup[];
  /** False if more waits in the next storage. */
  readonly complete: boolean;
}

/** The messages cookies that a visitor sent. */
export class SentCookies {
  readonly list: readonly SentCookie[];
  /** What is in them, oldest first, each group once. */
  readonly groups: readonly NamedGroup[];
  /** The names of cookies of ours that say nothing: malformed or stale. */
  readonly debris: readonly string[];
  /** True if more may wait in the next storage. */
  readonly hasMore: boolean;
  readonly #format: CookieFormat;
  readonly #plain: string;
  readonly #marks: readonly string[];

  /**
   * @param plain the cookie of a Django app, or of `compat: "django"`, which is read as well.
   * @param marks with which the names of our groups begin, newest first.
   */
  constructor(exchange: Exchange, plain: string, marks: readonly string[], format: CookieFormat) {
    this.#format = format;
    this.#plain = plain;
    this.#marks = marks;
    const list: SentCookie[] = [];
    const debris: string[] = [];
    let isPlainUnread = false;
    for (const name of exchange.cookieNames()) {
      if (!this.#isOurs(name)) continue;
      const value = exchange.cookie(name) ?? "";
      const cookie = this.#read(name, value, list);
      if (cookie) list.push(cookie);
      // A plain cookie may be another app's.
      else if (name === plain && !format.isGenuine(value)) isPlainUnread = true;
      else debris.push(name);
      if (list.length === MAX_READ) break;
    }
    this.list = list;
    // Deleted as far as the response has room for it; what is left says nothing next time either.
    this.debris = debris.slice(0, MAX_READ - list.length);
    this.groups = eachOnce(list);
    this.hasMore = isPlainUnread || debris.length > 0 || list.some(({ complete }) => !complete);
  }

  /** When the newest of it was added, in microseconds; 0 if nothing says so. A mark alone has a time in the name of its cookie. */
  get newest(): number {
    const last = this.groups.at(-1)?.id ?? this.list.at(-1)?.name.slice(this.#plain.length + 1);
    return last === undefined ? 0 : timeOf(last) || 0;
  }

  #isOurs(name: string): boolean {
    if (!name.startsWith(this.#plain)) return false;
    const rest = name.slice(this.#plain.length);
    return rest === "" || (rest.startsWith(".") && isGroupId(rest.slice(1), this.#marks));
  }

  /** Undefined for a cookie that says nothing. */
  #read(name: string, value: string, others: readonly SentCookie[]): SentCookie | undefined {
    const same = others.find((other) => other.value === value);
    if (same) return { ...same, name };
    const decoded = this.#format.decode(value);
    if (decoded === undefined) return undefined;
    // A cookie may be younger than a group that was folded into it.
    const groups = this.#groupsOf(decoded, name === this.#plain).filter(
      ({ id }) => !this.#format.isStale(timeOf(id) / 1e6),
    );
    // A mark for more is no debris: what it points to may be on its way into the session.
    if (groups.length === 0 && decoded.complete) return undefined;
    return { name, value, groups, complete: decoded.complete };
  }

  /** What a cookie holds. In the plain cookie, messages without a name are Django's: its signature names them. */
  #groupsOf({ items, timestamp, signature }: Decoded, isPlain: boolean): NamedGroup[] {
    const groups: { id: string; messages: Message[] }[] = [];
    const start = (id: string) => groups[groups.push({ id, messages: [] }) - 1];
    let group = isPlain ? start(groupId(this.#marks[0] ?? "", timestamp * 1e6, signature.slice(0, 5))) : undefined;
    for (const item of items) {
      if (typeof item !== "string") group?.messages.push(item);
      // What stands behind any other name was signed for another cookie.
      else group = isGroupId(item, this.#marks) ? start(item) : undefined;
    }
    return groups.filter(({ messages }) => messages.length > 0);
  }
}

/** Of a group that stands in several cookies, that with the least in it: what is missing there was displayed. */
function eachOnce(cookies: readonly SentCookie[]): readonly NamedGroup[] {
  if (cookies.length === 0) return [];
  if (cookies.length === 1 && cookies[0]?.groups.length === 1) return cookies[0].groups;
  const least = new Map<string, NamedGroup>();
  for (const { groups } of cookies) {
    for (const group of groups) {
      const other = least.get(group.id);
      if (!other || group.messages.length < other.messages.length) least.set(group.id, group);
    }
  }
  return [...least.values()].sort(byTime);
}
