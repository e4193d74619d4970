import type { Exchange } from "../exchange.ts";
import type { Message } from "../message.ts";
import { randomText } from "../wire/signing.ts";
import type { CookieFormat, Decoded } from "./cookie-format.ts";
import type { Changes, Loaded, Storage, Unstored } from "./storage.ts";

/** With more cookies than this, all are folded into one. */
const MAX_PENDING = 4;

/** The name of a group: when it was added, in microseconds and base 36, and something random. */
const GROUP_ID = /^[0-9a-z]{10}[\w-]{5}$/;

/** Messages that one response added. Its name stays with it, into whatever cookie it is folded. */
interface Group {
  readonly id: string;
  readonly messages: readonly Message[];
}

/** A cookie that was sent. */
interface Pending {
  readonly name: string;
  readonly value: string;
  readonly groups: readonly Group[];
  /** False if more waits in the next storage. */
  readonly complete: boolean;
}

/** What the visitor sent. */
interface Jar {
  readonly cookies: readonly Pending[];
  /** What is in the cookies, oldest first, each group once. */
  readonly groups: readonly Group[];
  /** The names of cookies that say nothing: forged, malformed or stale. */
  readonly debris: readonly string[];
}

/**
 * The messages of each response in a cookie of their own, `messages.<group>`, so that responses at once lose nothing:
 * none of them writes a cookie that another one writes.
 *
 * In a cookie each group stands behind its name. Past a few cookies, one response folds all groups into one cookie; several
 * responses that fold at once leave a group in several cookies, and it is read from one of them. No response takes a group
 * out of a cookie, unless it was displayed or the same response writes it into another one.
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
      messages: jar.groups.flatMap((group) => group.messages),
      complete: jar.debris.length === 0 && jar.cookies.every((cookie) => cookie.complete),
    };
  }

  commit({ kept, added, consumed, hasNext }: Changes, exchange: Exchange): Unstored {
    const jar = this.#jars.get(exchange) ?? this.#read(exchange);
    if (added.length === 0 && consumed.length === 0) {
      for (const name of jar.debris) this.#format.delete(exchange, name);
      return [];
    }
    const left = only(jar.groups, new Set(kept));
    const fresh: Group = { id: this.#newId(jar), messages: added };
    const apart = this.#apart(jar, left, fresh);
    if (this.#isSmall(apart)) {
      this.#write(apart, jar, exchange);
      return [];
    }
    const { cookies, unstored } = this.#folded(left, fresh, hasNext);
    this.#write(cookies, jar, exchange);
    return unstored;
  }

  /** The cookies to be, by name, if each group stays where it is and the new one gets a cookie of its own. */
  #apart(jar: Jar, left: readonly Group[], fresh: Group): Map<string, string> {
    const cookies = new Map<string, string>();
    for (const { name, value, groups, complete } of jar.cookies) {
      const stays = left.filter(({ id }) => groups.some((group) => group.id === id));
      const [first] = stays;
      if (first === undefined) continue;
      if (complete && countOf(stays) === countOf(groups)) cookies.set(name, value);
      // The plain cookie is Django's to write: what is left of it goes to one of ours.
      else cookies.set(name === this.#name ? this.#nameOf(first) : name, this.#format.encode(itemsOf(stays)));
    }
    if (fresh.messages.length > 0) cookies.set(this.#nameOf(fresh), this.#format.encode(itemsOf([fresh])));
    return cookies;
  }

  #isSmall(cookies: ReadonlyMap<string, string>): boolean {
    const length = [...cookies.values()].reduce((sum, value) => sum + value.length, 0);
    return cookies.size <= MAX_PENDING && this.#format.isWithinLimit(length);
  }

  /** All groups in one cookie, as far as they fit, under the name of the new one, which no other response has. */
  #folded(
    left: readonly Group[],
    fresh: Group,
    hasNext: boolean,
  ): { cookies: Map<string, string>; unstored: Unstored } {
    const groups = [...left, fresh];
    const messages = groups.flatMap((group) => group.messages);
    const items = (some: readonly Message[]) => itemsOf(only(groups, new Set(some)));
    // Where nothing comes next, a message that is too large by itself must not drive out all others.
    const fitsAlone = (message: Message) => this.#format.isWithinLimit(this.#format.encode(items([message])).length);
    const candidates = hasNext ? messages : messages.filter(fitsAlone);
    const { value, stored } = this.#format.fit(candidates, hasNext, { itemsOf: items });
    const unstored = messages.filter((message) => !stored.includes(message));
    const isEmpty = stored.length === 0 && !hasNext;
    return { cookies: new Map(isEmpty ? [] : [[this.#nameOf(fresh), value]]), unstored };
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
    for (const name of exchange.cookieNames()) {
      if (!this.#isOurs(name)) continue;
      const value = exchange.cookie(name) ?? "";
      const decoded = this.#format.decode(value);
      // A cookie may be younger than a group that was folded into it.
      const groups = decoded ? groupsOf(decoded).filter(({ id }) => !this.#format.isStale(timeOf(id) / 1e6)) : [];
      // A mark for more is no debris: what it points to may be on its way into the session.
      if (decoded && (groups.length > 0 || !decoded.complete))
        cookies.push({ name, value, groups, complete: decoded.complete });
      else debris.push(name);
    }
    return { cookies, groups: eachOnce(cookies.flatMap((cookie) => cookie.groups)), debris };
  }

  /** The cookie of a Django app, or of `compat: "django"`, is read as well. */
  #isOurs(name: string): boolean {
    if (!name.startsWith(this.#name)) return false;
    const rest = name.slice(this.#name.length);
    return rest === "" || (rest.startsWith(".") && GROUP_ID.test(rest.slice(1)));
  }

  #nameOf({ id }: Group): string {
    return `${this.#name}.${id}`;
  }

  /** Later than every group that the visitor sent, also where another server's clock runs ahead. */
  #newId(jar: Jar): string {
    const newest = timeOf(jar.groups.at(-1)?.id ?? "0");
    this.#lastTime = Math.max(this.#lastTime + 1, Date.now() * 1000);
    return groupId(Math.max(this.#lastTime, newest + 1), randomText(5));
  }
}

function groupId(microseconds: number, unique: string): string {
  return (
    Math.min(microseconds, 36 ** 10 - 1)
      .toString(36)
      .padStart(10, "0") + unique
  );
}

/** When a group was added, in microseconds. */
function timeOf(id: string): number {
  return Number.parseInt(id.slice(0, 10), 36);
}

/** What a cookie holds. Messages before the first name are Django's: their group is named after the cookie's signature. */
function groupsOf({ items, timestamp, signature }: Decoded): Group[] {
  const id = groupId(timestamp * 1e6, signature.slice(0, 5));
  const groups: { id: string; messages: Message[] }[] = [{ id, messages: [] }];
  for (const item of items) {
    if (typeof item !== "string") groups.at(-1)?.messages.push(item);
    else if (GROUP_ID.test(item)) groups.push({ id: item, messages: [] });
  }
  return groups.filter((group) => group.messages.length > 0);
}

/** The reverse of {@link groupsOf}. */
function itemsOf(groups: readonly Group[]): (Message | string)[] {
  return groups.flatMap<Message | string>(({ id, messages }) => [id, ...messages]);
}

/** Of a group that stands in several cookies, that with the least in it: what is missing there was displayed. */
function eachOnce(groups: readonly Group[]): Group[] {
  const least = new Map<string, Group>();
  for (const group of groups) {
    const other = least.get(group.id);
    if (!other || group.messages.length < other.messages.length) least.set(group.id, group);
  }
  return [...least.values()].sort((a, b) => (a.id < b.id ? -1 : 1));
}

function only(groups: readonly Group[], messages: ReadonlySet<Message>): Group[] {
  return groups
    .map(({ id, messages: all }) => ({ id, messages: all.filter((message) => messages.has(message)) }))
    .filter((group) => group.messages.length > 0);
}

function countOf(groups: readonly Group[]): number {
  return groups.reduce((count, group) => count + group.messages.length, 0);
}
