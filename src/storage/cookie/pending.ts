import type { Exchange } from "../../core/exchange.ts";
import type { Message } from "../../core/message.ts";
import type { Link, LinkedChanges, LinkedWaiting } from "../chain.ts";
import type { KnownStorage } from "../needs.ts";
import type { Unstored } from "../storage.ts";
import { type Burst, Bursts } from "./bursts.ts";
import type { CookieFormat, Fitted } from "./format.ts";
import { countOf, groupId, messagesOf, type NamedGroup, only, sameFor } from "./group.ts";
import type { Place } from "./place.ts";
import { SentCookies } from "./sent.ts";

/** With more cookies than this, all are folded into one. */
const MAX_PENDING = 4;

/** How many cookies may be on their way to one visitor at once. */
const MAX_AT_ONCE = 6;

/**
 * The messages of each response in a cookie of their own, `messages.<group>`, so that responses at once lose nothing:
 * none of them writes a cookie that another one writes.
 *
 * In a cookie each group stands behind its name. Past a few cookies, one response folds all groups into one cookie, unless
 * others are on their way. No response takes a group out of a cookie, unless it was displayed or the same response writes
 * it into another one.
 *
 * The names of groups begin with a mark of the secret and the place. Cookies without it belong to other apps, or were set
 * before the place changed: they are left alone.
 */
export class PendingCookieStorage implements Link, KnownStorage {
  readonly synchronous = true;
  readonly needs = "cookies";
  readonly name: string;
  readonly format: CookieFormat;
  readonly bursts: Bursts = new Bursts();
  readonly placeOf: (exchange: Exchange) => Place;
  #lastTime = 0;

  constructor(name: string, format: CookieFormat, placeOf: (exchange: Exchange) => Place) {
    this.name = name;
    this.format = format;
    this.placeOf = placeOf;
  }

  open(exchange: Exchange): PendingCookies {
    return new PendingCookies(this, exchange, undefined);
  }

  openLinked(exchange: Exchange, hasNext: () => boolean): PendingCookies {
    return new PendingCookies(this, exchange, hasNext);
  }

  /** A time in microseconds, later than this one and than every one before, also where another server's clock runs ahead. */
  timeAfter(time: number): number {
    this.#lastTime = Math.max(this.#lastTime + 1, Date.now() * 1000);
    return Math.max(this.#lastTime, time + 1);
  }
}

/** What a response adds. */
interface Fresh {
  /** A name that no other response has, for a group and for a cookie. */
  readonly id: string;
  readonly name: string;
  /** As they are named if all of it goes into one cookie. */
  readonly groups: readonly NamedGroup[];
}

/** What one visitor sent, and what becomes of it. */
class PendingCookies implements LinkedWaiting {
  readonly messages: readonly Message[];
  readonly hasMore: boolean;
  lost: readonly Message[] = [];
  readonly #storage: PendingCookieStorage;
  readonly #exchange: Exchange;
  /** Given in a chain: true if another storage takes what does not fit. */
  readonly #next: (() => boolean) | undefined;
  readonly #place: Place;
  readonly #sent: SentCookies;

  constructor(storage: PendingCookieStorage, exchange: Exchange, next: (() => boolean) | undefined) {
    const place = storage.placeOf(exchange);
    this.#storage = storage;
    this.#exchange = exchange;
    this.#next = next;
    this.#place = place;
    this.#sent = new SentCookies(exchange, storage.name, place.marks, storage.format);
    this.messages = messagesOf(this.#sent.groups);
    this.hasMore = this.#sent.hasMore;
  }

  /** Its group, which it keeps wherever it is folded to. */
  keyOf(message: Message): string | undefined {
    return this.#sent.groups.find(({ messages }) => messages.includes(message))?.id;
  }

  commit({ kept, added, consumed, moved = [] }: LinkedChanges): Unstored {
    if (added.length === 0 && consumed.length === 0) {
      this.#deleteDebris();
      return [];
    }
    const left = only(this.#sent.groups, kept);
    const cookies = this.#remaining(left);
    const burst = this.#storage.bursts.of(this.#exchange, this.#sent.list, added.length > 0);
    const unstored = added.length === 0 ? [] : this.#add(this.#freshOf(added, moved, burst), left, cookies, burst);
    this.#write(cookies);
    this.lost = burst.takeLost();
    // In a chain, what is returned goes to the next storage.
    return this.#next ? unstored : [...this.lost, ...unstored];
  }

  get #hasNext(): boolean {
    return this.#next?.() === true;
  }

  /** The cookies to be, by name, if each group stays where it is. */
  #remaining(left: readonly NamedGroup[]): Map<string, string> {
    const cookies = new Map<string, string>();
    if (left.length === 0) return cookies;
    const leftById = new Map(left.map((group) => [group.id, group]));
    for (const { name, value, groups, complete } of this.#sent.list) {
      const stays = groups.flatMap(({ id }) => leftById.get(id) ?? []);
      const [first] = stays;
      if (first === undefined) continue;
      // What waits in a storage that cannot be had now must be found later.
      const isMarked = !complete && !this.#hasNext;
      if ((complete || isMarked) && countOf(stays) === countOf(groups)) {
        cookies.set(name, value);
        continue;
      }
      // The plain cookie is Django's to write: what is left of it goes to one of ours.
      const place = name === this.#storage.name ? `${name}.${first.id}` : name;
      cookies.set(place, this.#storage.format.write(stays, value.length, isMarked));
    }
    return cookies;
  }

  /**
   * What was added. What is moved here from the next storage has the same name in each response that moves it: a page reads it
   * once, and where one is on its way with it, no other one takes it along.
   */
  #freshOf(added: readonly Message[], moved: readonly Message[], burst: Burst): Fresh {
    const [mark = ""] = this.#place.marks;
    const { newest } = this.#sent;
    const isMoved = moved.length > 0 && newest > 0;
    const id = groupId(mark, this.#storage.timeAfter(isMoved ? newest + 1 : newest));
    const name = `${this.#storage.name}.${id}`;
    if (!isMoved) return { id, name, groups: [{ id, messages: added }] };
    const first = { id: groupId(mark, newest + 1, sameFor(moved)), messages: moved };
    const rest = { id, messages: added.slice(moved.length) };
    const isNew = (group: NamedGroup) => group.messages.length > 0 && !burst.carries(group.id);
    return { id, name, groups: [first, rest].filter(isNew) };
  }

  /** Puts what was added into a cookie of its own; where that is one too many, or too large, makes room for it. */
  #add(fresh: Fresh, left: readonly NamedGroup[], cookies: Map<string, string>, burst: Burst): Unstored {
    if (fresh.groups.length === 0) return [];
    const folds = mayFold(left, burst);
    if (burst.count < MAX_AT_ONCE && (!folds || cookies.size < MAX_PENDING)) {
      if (this.#putApart(fresh, cookies, burst)) return [];
    }
    if (folds) return this.#fold(left, fresh, cookies, burst);
    // Of two responses that change a session at once, the last one wins; and who only looks the same may have none yet.
    const passesOn = this.#hasNext && burst.count < MAX_AT_ONCE && !burst.passesOn;
    return passesOn ? this.#passOn(fresh, cookies, burst) : this.#displace(left, fresh, cookies, burst);
  }

  /** @returns false if there is no room for it. */
  #putApart({ name, groups }: Fresh, cookies: Map<string, string>, burst: Burst): boolean {
    let room = this.#storage.format.limit - lengthOf(name, "") - burst.length;
    for (const [sent, value] of cookies) if (!burst.isReplaced(sent)) room -= lengthOf(sent, value);
    const value = this.#storage.format.encode(groups, room);
    if (value === undefined) return false;
    cookies.set(name, value);
    burst.wrote(name, lengthOf(name, value), groups);
    return true;
  }

  /** Writes all groups into one cookie, as far as they fit, under a name that no other response has. */
  #fold(left: readonly NamedGroup[], fresh: Fresh, cookies: Map<string, string>, burst: Burst): Unstored {
    const { id, name } = fresh;
    // A name that others give as well is for all of its messages: those that do not fit would be taken for displayed ones.
    const groups = [...left, { id, messages: messagesOf(fresh.groups) }];
    const { value, stored } = this.#folded(groups, this.#storage.format.limit - lengthOf(name, ""));
    const replaced = [...cookies.keys()];
    cookies.clear();
    if (!this.#hasNext) this.#keepMarks(cookies);
    if (stored.length > 0 || this.#hasNext) {
      cookies.set(name, value);
      burst.wrote(name, lengthOf(name, value), only(groups, stored), replaced);
    }
    const isStored = new Set(stored);
    return messagesOf(groups).filter((message) => !isStored.has(message));
  }

  #keepMarks(cookies: Map<string, string>): void {
    for (const { name, complete } of this.#sent.list)
      if (!complete) cookies.set(name, this.#storage.format.write([], 0, true));
  }

  #folded(groups: readonly NamedGroup[], room: number): Pick<Fitted, "value" | "stored"> {
    const { format } = this.#storage;
    // Compressed, it may leave room for responses that come at the same time.
    const small = format.encode(groups, Math.floor(room / 2));
    if (small !== undefined) return { value: small, stored: messagesOf(groups) };
    if (this.#hasNext) return format.fit(groups, { room, drop: "newest", mark: true });
    // Where nothing comes next, a message that is too large by itself must not drive out all others.
    const candidates = groups.map((group) => format.eachFittingAlone(group, room));
    return format.fit(candidates, { room, drop: "oldest", mark: false });
  }

  /** In a burst, leaves what was added to the next storage. A cookie says that more waits there. */
  #passOn({ name, groups }: Fresh, cookies: Map<string, string>, burst: Burst): Unstored {
    const value = this.#storage.format.write([], 0, true);
    cookies.set(name, value);
    burst.wrote(name, lengthOf(name, value), []);
    return messagesOf(groups);
  }

  /**
   * In a burst, drops the oldest cookies that are on their way. What is added takes the name of the first of them: so the names
   * are no more than before, whoever of those who look the same gets them.
   *
   * @returns what did not fit otherwise.
   */
  #displace(left: readonly NamedGroup[], fresh: Fresh, cookies: Map<string, string>, burst: Burst): Unstored {
    const isLeft = new Set(left.map(({ id }) => id));
    let name: string | undefined;
    for (let oldest = burst.giveWay(); oldest !== undefined; oldest = burst.giveWay()) {
      const { groups } = oldest;
      if (name === undefined) name = oldest.name;
      else this.#place.delete(this.#exchange, oldest.name);
      burst.lost(messagesOf(groups.filter(({ id }) => !isLeft.has(id))));
      // What came with both requests is folded once more.
      if (groups.some(({ id }) => isLeft.has(id))) break;
      if (this.#putApart({ ...fresh, name }, cookies, burst)) return [];
    }
    return this.#fold(left, { ...fresh, name: name ?? fresh.name }, cookies, burst);
  }

  /** Sets what is new or other than before, and deletes what is not to be. */
  #write(cookies: ReadonlyMap<string, string>): void {
    for (const [name, value] of cookies) {
      if (this.#exchange.cookie(name) !== value) this.#place.set(this.#exchange, name, value);
    }
    for (const { name } of this.#sent.list) if (!cookies.has(name)) this.#place.delete(this.#exchange, name);
    this.#deleteDebris();
  }

  #deleteDebris(): void {
    for (const name of this.#sent.debris) this.#place.delete(this.#exchange, name);
  }
}

/** True if nothing is on its way; or what waits is not, as other responses do not take it along: so it is folded once. */
function mayFold(left: readonly NamedGroup[], burst: Burst): boolean {
  return burst.count === 0 || (left.length > 0 && !left.some(({ id }) => burst.carries(id)));
}

/** Characters that a cookie takes of a header. */
function lengthOf(name: string, value: string): number {
  return name.length + 1 + value.length;
}
