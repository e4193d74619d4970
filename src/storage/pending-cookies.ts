import type { Exchange } from "../exchange.ts";
import type { Message } from "../message.ts";
import { randomText } from "../wire/signing.ts";
import type { CookieFormat, Decoded } from "./cookie-format.ts";
import type { Changes, Loaded, Storage, Unstored } from "./storage.ts";

/** With more cookies than this, all are folded into one. */
const MAX_PENDING = 4;

/** The name of a group: when it was added, in microseconds and base 36, and something random. */
const GROUP_ID = /^[0-9a-z]{10}[\w-]{5}$/;

/** How far the clock of another server may run ahead, in microseconds. */
const MAX_SKEW = 3600 * 1e6;

/** Messages that one response added. Its name stays with it, into whatever cookie it is folded. */
interface Group {
  readonly id: string;
  readonly messages: readonly Message[];
}

/** A cookie that was sent. */
interface Pending {
  readonly name: string;
  readonly id: string;
  readonly value: string;
  readonly groups: readonly Group[];
  /** False if more waits in the next storage. */
  readonly complete: boolean;
  /** True if the value says just what `groups` say. */
  readonly exact: boolean;
}

/** What the visitor sent. */
interface Jar {
  readonly cookies: readonly Pending[];
  /** The names of cookies that hold no message: forged, malformed, stale, a copy of another, or just a mark for more. */
  readonly debris: readonly string[];
}

/**
 * The messages of each response in a cookie of their own, `messages.<group>`, so that responses at once lose nothing:
 * none of them writes a cookie that another one writes.
 *
 * Cookies that are folded into one keep their groups apart: a string, the group's name, stands before its messages. Two
 * responses that fold at once leave the same group in two cookies; it is then read from one of them.
 */
export class PendingCookieStorage implements Storage {
  readonly synchronous = true;
  readonly #format: CookieFormat;
  readonly #name: string;
  readonly #jars = new WeakMap<Exchange, Jar>();
  #lastTime = 0;

  constructor(format: CookieFormat) {
    this.#format = format;
    this.#name = format.settings.name;
  }

  load(exchange: Exchange): Loaded {
    const jar = this.#read(exchange);
    this.#jars.set(exchange, jar);
    if (jar.cookies.length === 0 && jar.debris.length === 0) return { messages: undefined, complete: true };
    return {
      messages: groupsIn(jar).flatMap((group) => group.messages),
      complete: jar.debris.length === 0 && jar.cookies.every((cookie) => cookie.complete),
    };
  }

  commit({ kept, added, consumed, hasNext }: Changes, exchange: Exchange): Unstored {
    const jar = this.#jars.get(exchange) ?? this.#read(exchange);
    if (added.length === 0 && consumed.length === 0) {
      for (const name of jar.debris) this.#format.delete(exchange, name);
      return [];
    }
    const stays = new Set(kept);
    const fresh: Group = { id: this.#newId(jar), messages: added };
    const apart = this.#apart(jar, stays, fresh);
    if (this.#isSmall(apart)) {
      this.#write(apart, jar, exchange);
      return [];
    }
    const { cookies, unstored } = this.#folded([...only(groupsIn(jar), stays), fresh], hasNext);
    this.#write(cookies, jar, exchange);
    return unstored;
  }

  /** The cookies to be, by name, if each group stays where it is and the new one gets a cookie of its own. */
  #apart(jar: Jar, stays: ReadonlySet<Message>, fresh: Group): Map<string, string> {
    const cookies = new Map<string, string>();
    for (const { id, name, value, groups, exact } of jar.cookies) {
      const left = only(groups, stays);
      if (left.length === 0) continue;
      if (exact && countOf(left) === countOf(groups)) cookies.set(name, value);
      else cookies.set(this.#nameOf(id), this.#format.encode(itemsOf(left, id)));
    }
    if (fresh.messages.length > 0) cookies.set(this.#nameOf(fresh.id), this.#format.encode(fresh.messages));
    return cookies;
  }

  #isSmall(cookies: ReadonlyMap<string, string>): boolean {
    const length = [...cookies.values()].reduce((sum, value) => sum + value.length, 0);
    return cookies.size <= MAX_PENDING && this.#format.isWithinLimit(length);
  }

  /** All groups in one cookie, as far as they fit, under a name that no other response writes. */
  #folded(groups: readonly Group[], hasNext: boolean): { cookies: Map<string, string>; unstored: Unstored } {
    const id = groups.at(-1)?.id ?? "";
    const messages = groups.flatMap((group) => group.messages);
    const { value, stored, unstored } = this.#format.fit(messages, hasNext, {
      itemsOf: (some) => itemsOf(only(groups, new Set(some)), id),
    });
    const isEmpty = stored.length === 0 && !hasNext;
    return { cookies: new Map(isEmpty ? [] : [[this.#nameOf(id), value]]), unstored };
  }

  /** Sets what is new or other than before, and deletes what is not to be. */
  #write(cookies: ReadonlyMap<string, string>, jar: Jar, exchange: Exchange): void {
    const sent = new Map(jar.cookies.map(({ name, value }) => [name, value]));
    for (const [name, value] of cookies) {
      if (sent.get(name) !== value) this.#format.set(exchange, name, value);
    }
    for (const name of [...sent.keys(), ...jar.debris]) {
      if (!cookies.has(name)) this.#format.delete(exchange, name);
    }
  }

  #read(exchange: Exchange): Jar {
    const cookies: Pending[] = [];
    const debris: string[] = [];
    const seen = new Set<string>();
    for (const name of exchange.cookieNames()) {
      if (!this.#isOurs(name)) continue;
      const value = exchange.cookie(name) ?? "";
      const decoded = seen.has(value) ? undefined : this.#format.decode(value);
      seen.add(value);
      const cookie = decoded && this.#pending(name, value, decoded);
      if (cookie && cookie.groups.length > 0) cookies.push(cookie);
      else debris.push(name);
    }
    return { cookies: withoutRepeats(cookies), debris };
  }

  #pending(name: string, value: string, decoded: Decoded): Pending {
    const id = name === this.#name ? idOf(decoded) : name.slice(this.#name.length + 1);
    return {
      name,
      id,
      value,
      groups: groupsOf(decoded.items, id),
      complete: decoded.complete,
      exact: decoded.complete,
    };
  }

  /** The cookie of a Django app, or of `compat: "django"`, is read as well. */
  #isOurs(name: string): boolean {
    if (!name.startsWith(this.#name)) return false;
    const rest = name.slice(this.#name.length);
    return rest === "" || (rest.startsWith(".") && GROUP_ID.test(rest.slice(1)));
  }

  #nameOf(id: string): string {
    return `${this.#name}.${id}`;
  }

  /** Later than every group that the visitor sent, also when another server's clock runs a little ahead. */
  #newId(jar: Jar): string {
    const now = Date.now() * 1000;
    const newest = Math.max(0, ...groupsIn(jar).map(({ id }) => Number.parseInt(id.slice(0, 10), 36)));
    this.#lastTime = Math.max(this.#lastTime + 1, now);
    return groupId(Math.max(this.#lastTime, Math.min(newest + 1, now + MAX_SKEW)), randomText(5));
  }
}

function groupId(microseconds: number, unique: string): string {
  return microseconds.toString(36).padStart(10, "0") + unique;
}

/** The name of the group in a cookie that has none, the same in each exchange that sees this cookie. */
function idOf({ timestamp, signature }: Decoded): string {
  return groupId(Math.min(timestamp * 1e6, Date.now() * 1000), signature.slice(0, 5));
}

function groupsIn(jar: Jar): Group[] {
  return jar.cookies.flatMap((cookie) => cookie.groups).sort((a, b) => (a.id < b.id ? -1 : 1));
}

/** The groups in a cookie: those before the first mark are the cookie's own. */
function groupsOf(items: readonly (Message | string)[], ownId: string): Group[] {
  const groups: { id: string; messages: Message[] }[] = [{ id: ownId, messages: [] }];
  for (const item of items) {
    if (typeof item !== "string") groups.at(-1)?.messages.push(item);
    else if (GROUP_ID.test(item)) groups.push({ id: item, messages: [] });
  }
  return groups.filter((group) => group.messages.length > 0);
}

/** The reverse of {@link groupsOf}. */
function itemsOf(groups: readonly Group[], ownId: string): (Message | string)[] {
  return groups.flatMap<Message | string>(({ id, messages }, index) =>
    index === 0 && id === ownId ? messages : [id, ...messages],
  );
}

/** Reads a group that stands in several cookies from that with the least of it: what is missing there was displayed. */
function withoutRepeats(cookies: readonly Pending[]): Pending[] {
  const least = new Map<string, Group>();
  for (const group of cookies.flatMap((cookie) => cookie.groups)) {
    const other = least.get(group.id);
    if (!other || group.messages.length < other.messages.length) least.set(group.id, group);
  }
  return cookies.map((cookie) => {
    const groups = cookie.groups.filter((group) => least.get(group.id) === group);
    return { ...cookie, groups, exact: cookie.exact && groups.length === cookie.groups.length };
  });
}

function only(groups: readonly Group[], messages: ReadonlySet<Message>): Group[] {
  return groups
    .map(({ id, messages: all }) => ({ id, messages: all.filter((message) => messages.has(message)) }))
    .filter((group) => group.messages.length > 0);
}

function countOf(groups: readonly Group[]): number {
  return groups.reduce((count, group) => count + group.messages.length, 0);
}
