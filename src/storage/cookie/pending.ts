import type { Exchange } from "../../core/exchange.ts";
import type { Message } from "../../core/message.ts";
import { randomText, toBase36 } from "../../wire/signing.ts";
import type { Link, LinkedWaiting } from "../chain.ts";
import type { KnownStorage } from "../needs.ts";
import type { Changes, Unstored } from "../storage.ts";
import type { CookieFormat, Decoded, Group } from "./format.ts";

/** With more cookies than this, all are folded into one. */
const MAX_PENDING = 4;

/** The name of a group: when it was added, in microseconds and base 36, and something random. */
const GROUP_ID = /^[0-9a-z]{10}[\w-]{5}$/;

/** A group as these cookies hold it: it has a name. */
interface NamedGroup extends Group {
  readonly id: string;
}

/** A cookie that was sent. */
interface Pending {
  readonly name: string;
  readonly value: string;
  readonly groups: readonly NamedGroup[];
  /** False if more waits in the next storage. */
  readonly complete: boolean;
}

/**
 * The messages of each response in a cookie of their own, `messages.<group>`, so that responses at once lose nothing:
 * none of them writes a cookie that another one writes.
 *
 * In a cookie each group stands behind its name. Past a few cookies, one response folds all groups into one cookie; several
 * responses that fold at once leave a group in several cookies, and it is read from one of them. No response takes a group
 * out of a cookie, unless it was displayed or the same response writes it into another one.
 */
export class PendingCookieStorage implements Link, KnownStorage {
  readonly synchronous = true;
  readonly needs = "cookies";
  readonly #format: CookieFormat;
  #lastTime = 0;

  constructor(format: CookieFormat) {
    this.#format = format;
  }

  open(exchange: Exchange): PendingCookies {
    return new PendingCookies(this.#format, exchange, false, this.#newId);
  }

  openLinked(exchange: Exchange): PendingCookies {
    return new PendingCookies(this.#format, exchange, true, this.#newId);
  }

  /** Later than every group before, also where another server's clock runs ahead. */
  readonly #newId = (newest: string | undefined): string => {
    this.#lastTime = Math.max(this.#lastTime + 1, Date.now() * 1000);
    const time = newest === undefined ? this.#lastTime : Math.max(this.#lastTime, timeOf(newest) + 1);
    return groupId(time, randomText(5));
  };
}

/** What one visitor sent. */
class PendingCookies implements LinkedWaiting {
  readonly messages: readonly Message[];
  readonly hasMore: boolean;
  readonly #format: CookieFormat;
  readonly #exchange: Exchange;
  readonly #isLinked: boolean;
  readonly #newId: (newest: string | undefined) => string;
  readonly #cookies: readonly Pending[];
  /** What is in the cookies, oldest first, each group once. */
  readonly #groups: readonly NamedGroup[];
  /** The names of cookies that say nothing: forged, malformed or stale. */
  readonly #debris: readonly string[];

  constructor(
    format: CookieFormat,
    exchange: Exchange,
    isLinked: boolean,
    newId: (newest: string | undefined) => string,
  ) {
    const cookies: Pending[] = [];
    const debris: string[] = [];
    for (const name of exchange.cookieNames()) {
      if (!isOurs(name, format.settings.name)) continue;
      const cookie = read(format, name, exchange.cookie(name) ?? "");
      if (cookie) cookies.push(cookie);
      else debris.push(name);
    }
    this.#format = format;
    this.#exchange = exchange;
    this.#isLinked = isLinked;
    this.#newId = newId;
    this.#cookies = cookies;
    this.#debris = debris;
    this.#groups = eachOnce(cookies);
    this.messages = messagesOf(this.#groups);
    this.hasMore = debris.length > 0 || cookies.some(({ complete }) => !complete);
  }

  commit({ kept, added, consumed }: Changes): Unstored {
    if (added.length === 0 && consumed.length === 0) {
      for (const name of this.#debris) this.#format.delete(this.#exchange, name);
      return [];
    }
    const left = only(this.#groups, kept);
    const fresh = added.length > 0 ? { id: this.#newId(this.#groups.at(-1)?.id), messages: added } : undefined;
    if (left.length === 0 && this.#replace(fresh)) return [];
    const apart = this.#apart(left, fresh);
    if (this.#isSmall(apart)) {
      this.#write(apart);
      return [];
    }
    const { cookies, unstored } = this.#folded(left, fresh);
    this.#write(cookies);
    return unstored;
  }

  /** Where nothing is left of what was sent, which is most often so. @returns false if the new group does not fit. */
  #replace(fresh: NamedGroup | undefined): boolean {
    if (fresh) {
      const value = this.#format.encode([fresh]);
      if (!this.#format.isWithinLimit(value.length)) return false;
      this.#format.set(this.#exchange, this.#nameOf(fresh), value);
    }
    for (const { name } of this.#cookies) this.#format.delete(this.#exchange, name);
    for (const name of this.#debris) this.#format.delete(this.#exchange, name);
    return true;
  }

  /** The cookies to be, by name, if each group stays where it is and the new one gets a cookie of its own. */
  #apart(left: readonly NamedGroup[], fresh: NamedGroup | undefined): Map<string, string> {
    const cookies = new Map<string, string>();
    const { name: plain } = this.#format.settings;
    const leftById = new Map(left.map((group) => [group.id, group]));
    for (const { name, value, groups, complete } of this.#cookies) {
      const stays = groups.flatMap(({ id }) => leftById.get(id) ?? []);
      const [first] = stays;
      if (first === undefined) continue;
      if (complete && countOf(stays) === countOf(groups)) cookies.set(name, value);
      // The plain cookie is Django's to write: what is left of it goes to one of ours.
      else cookies.set(name === plain ? this.#nameOf(first) : name, this.#format.encode(stays));
    }
    if (fresh) cookies.set(this.#nameOf(fresh), this.#format.encode([fresh]));
    return cookies;
  }

  #isSmall(cookies: ReadonlyMap<string, string>): boolean {
    let length = 0;
    for (const value of cookies.values()) length += value.length;
    return cookies.size <= MAX_PENDING && this.#format.isWithinLimit(length);
  }

  /** All groups in one cookie, as far as they fit, under a new name, which no other response has. */
  #folded(
    left: readonly NamedGroup[],
    fresh: NamedGroup | undefined,
  ): { cookies: Map<string, string>; unstored: Unstored } {
    const groups = fresh ? [...left, fresh] : left;
    const name = this.#nameOf(fresh ?? { id: this.#newId(this.#groups.at(-1)?.id), messages: [] });
    // Where nothing comes next, a message that is too large by itself must not drive out all others.
    const candidates = this.#isLinked ? groups : this.#eachFittingAlone(groups);
    const drop = this.#isLinked ? "newest" : "oldest";
    const { value, stored } = this.#format.fit(candidates, { drop, mark: this.#isLinked });
    const isStored = new Set(stored);
    const unstored = messagesOf(groups).filter((message) => !isStored.has(message));
    const isEmpty = stored.length === 0 && !this.#isLinked;
    return { cookies: new Map(isEmpty ? [] : [[name, value]]), unstored };
  }

  #eachFittingAlone(groups: readonly NamedGroup[]): NamedGroup[] {
    return groups.map(({ id, messages }) => ({
      id,
      messages: messages.filter((message) => this.#format.fitsAlone(message, id)),
    }));
  }

  /** Sets what is new or other than before, and deletes what is not to be. */
  #write(cookies: ReadonlyMap<string, string>): void {
    const sent = new Map(this.#cookies.map(({ name, value }) => [name, value]));
    for (const [name, value] of cookies) {
      if (sent.get(name) !== value) this.#format.set(this.#exchange, name, value);
    }
    for (const name of [...sent.keys(), ...this.#debris]) {
      if (!cookies.has(name)) this.#format.delete(this.#exchange, name);
    }
  }

  #nameOf({ id }: NamedGroup): string {
    return `${this.#format.settings.name}.${id}`;
  }
}

/** True for a cookie of these; the cookie of a Django app, or of `compat: "django"`, is read as well. */
function isOurs(name: string, plain: string): boolean {
  if (!name.startsWith(plain)) return false;
  const rest = name.slice(plain.length);
  return rest === "" || (rest.startsWith(".") && GROUP_ID.test(rest.slice(1)));
}

/** Undefined for a cookie that says nothing. */
function read(format: CookieFormat, name: string, value: string): Pending | undefined {
  const decoded = format.decode(value);
  if (decoded === undefined) return undefined;
  // A cookie may be younger than a group that was folded into it.
  const groups = groupsOf(decoded).filter(({ id }) => !format.isStale(timeOf(id) / 1e6));
  // A mark for more is no debris: what it points to may be on its way into the session.
  if (groups.length === 0 && decoded.complete) return undefined;
  return { name, value, groups, complete: decoded.complete };
}

function groupId(microseconds: number, unique: string): string {
  return toBase36(Math.min(microseconds, 36 ** 10 - 1), 10) + unique;
}

/** When a group was added, in microseconds. */
function timeOf(id: string): number {
  return Number.parseInt(id.slice(0, 10), 36);
}

/** What a cookie holds. Messages before the first name are Django's: their group is named after the cookie's signature. */
function groupsOf({ items, timestamp, signature }: Decoded): NamedGroup[] {
  const groups: { id: string; messages: Message[] }[] = [];
  for (const item of items) {
    if (typeof item !== "string") {
      if (groups.length === 0) groups.push({ id: groupId(timestamp * 1e6, signature.slice(0, 5)), messages: [] });
      groups.at(-1)?.messages.push(item);
    } else if (GROUP_ID.test(item)) groups.push({ id: item, messages: [] });
  }
  return groups.filter(({ messages }) => messages.length > 0);
}

/** Of a group that stands in several cookies, that with the least in it: what is missing there was displayed. */
function eachOnce(cookies: readonly Pending[]): readonly NamedGroup[] {
  if (cookies.length === 0) return [];
  if (cookies.length === 1 && cookies[0]?.groups.length === 1) return cookies[0].groups;
  const least = new Map<string, NamedGroup>();
  for (const { groups } of cookies) {
    for (const group of groups) {
      const other = least.get(group.id);
      if (!other || group.messages.length < other.messages.length) least.set(group.id, group);
    }
  }
  return [...least.values()].sort((a, b) => (a.id < b.id ? -1 : 1));
}

/** What is left of groups, if just these messages are kept. */
function only(groups: readonly NamedGroup[], kept: readonly Message[]): NamedGroup[] {
  if (kept.length === 0) return [];
  const isKept = new Set(kept);
  return groups
    .map(({ id, messages }) => ({ id, messages: messages.filter((message) => isKept.has(message)) }))
    .filter((group) => group.messages.length > 0);
}

function messagesOf(groups: readonly Group[]): readonly Message[] {
  return groups.length === 1 && groups[0] ? groups[0].messages : groups.flatMap(({ messages }) => messages);
}

function countOf(groups: readonly Group[]): number {
  return groups.reduce((count, group) => count + group.messages.length, 0);
}
