import type { Exchange } from "../../core/exchange.ts";
import type { Message } from "../../core/message.ts";
import type { NamedGroup } from "./group.ts";
import type { SentCookie } from "./sent.ts";

/** How long a cookie is on its way to the browser at most, in milliseconds: nginx waits no longer for an answer. */
const WINDOW = 60_000;

/** How many lost messages are remembered for a warning. */
const MAX_LOST = 100;

/** How many visitors are remembered at once, or twice as many. */
const MAX_VISITORS = 5000;

/** How much of an address and of a browser's name tells visitors apart: the end. */
const TELLING = 64;

/** A cookie that was set, and that no request has brought back yet. */
export interface Written {
  readonly name: string;
  /** Characters of its name and value. */
  readonly length: number;
  /** What is in it: what the response added, and in a fold what came with its request. Nothing is in a mark for more. */
  readonly groups: readonly NamedGroup[];
  /** The names of the cookies that were folded into it, and are deleted with it. */
  readonly replaces: readonly string[];
  /** When it was set, in milliseconds. */
  readonly time: number;
}

/** What this process has set for one visitor, or for several who look the same, and what is still on its way. */
export class Burst {
  #written: Written[] = [];
  #lost: readonly Message[] = [];
  #isOneVisitor = false;

  get count(): number {
    return this.#written.length;
  }

  /** Characters of all cookies that are on their way. */
  get length(): number {
    let sum = 0;
    for (const { length } of this.#written) sum += length;
    return sum;
  }

  /** True if a cookie that is on its way has this group. */
  carries(id: string): boolean {
    return this.#written.some(({ groups }) => hasGroup(groups, id));
  }

  /** True if a response is on its way that leaves what it added to the next storage. */
  get passesOn(): boolean {
    return this.#written.some(({ groups }) => groups.length === 0);
  }

  /** True if another response has folded this cookie into one that is on its way. */
  isReplaced(name: string): boolean {
    return this.#written.some(({ replaces }) => replaces.includes(name));
  }

  /** Notes that a request has brought these cookies. */
  arrived(sent: readonly SentCookie[]): void {
    const before = this.#written.length;
    if (before === 0) return;
    const left = this.#written.filter((written) => !sent.some((cookie) => isSame(cookie, written)));
    // Who brings all that is on its way is alone: of several who look the same, none does.
    if (before > 1 && left.length === 0) this.#isOneVisitor = true;
    const since = Date.now() - WINDOW;
    this.#written = left.filter(({ time }) => time >= since);
    if (this.#written.length === 0 && !this.#isOneVisitor) this.#lost = [];
  }

  wrote(name: string, length: number, groups: readonly NamedGroup[], replaces: readonly string[] = []): void {
    this.#written.push({ name, length, groups, replaces, time: Date.now() });
  }

  /** Forgets the oldest cookie with messages, which is to be dropped: one of a single response, if there is one. */
  giveWay(): Written | undefined {
    const single = this.#written.findIndex(({ groups }) => groups.length === 1);
    const index = single < 0 ? this.#written.findIndex(({ groups }) => groups.length > 0) : single;
    return index < 0 ? undefined : this.#written.splice(index, 1)[0];
  }

  /** Notes messages that there was no room for. */
  lost(messages: readonly Message[]): void {
    this.#lost = [...this.#lost, ...messages].slice(-MAX_LOST);
  }

  /** What was lost, once it is known that this was one visitor; each message is returned once. */
  takeLost(): readonly Message[] {
    if (!this.#isOneVisitor) return [];
    const lost = this.#lost;
    this.#lost = [];
    this.#isOneVisitor = false;
    return lost;
  }
}

/**
 * The bursts of all visitors. Responses to one visitor at the same time know nothing of each other's cookies: without this, each
 * would add one, and their sum would be too large for servers to accept.
 *
 * Visitors are told apart by address and browser; other cookies may change with each response, or be the same for all. If two
 * look the same, each counts the other's cookies as well: so nothing of one may ever be written for the other, and no message
 * may be lost to it.
 */
export class Bursts {
  /** By visitor: those of this period, and those of the one before. So what is older goes without being looked for. */
  #recent = new Map<number, Burst>();
  #earlier = new Map<number, Burst>();
  #since = 0;

  /**
   * The burst of this exchange's visitor.
   *
   * @param sent our cookies that came with the exchange.
   * @param adds true if the exchange is to write more.
   */
  of(exchange: Exchange, sent: readonly SentCookie[], adds: boolean): Burst {
    const visitor = visitorOf(exchange);
    this.#forget();
    const known = this.#recent.get(visitor) ?? this.#earlier.get(visitor);
    known?.arrived(sent);
    const burst = known ?? new Burst();
    if (adds) this.#recent.set(visitor, burst);
    return burst;
  }

  #forget(): void {
    const now = Date.now();
    if (now - this.#since <= WINDOW && this.#recent.size < MAX_VISITORS) return;
    this.#earlier = now - this.#since <= 2 * WINDOW ? this.#recent : new Map();
    this.#recent = new Map();
    this.#since = now;
  }
}

/** The same number for all that comes from one address and browser. */
function visitorOf(exchange: Exchange): number {
  const address = mixed(0x811c9dc5, exchange.address);
  return mixed(mixed(address, exchange.header("user-agent")), exchange.header("accept-language"));
}

/** Mixes the end of a text into a hash (FNV-1a, 32 bits). */
function mixed(hash: number, text = ""): number {
  let mix = hash;
  for (let index = Math.max(0, text.length - TELLING); index < text.length; index += 1)
    mix = Math.imul(mix ^ text.charCodeAt(index), 0x01000193);
  return mix;
}

function hasGroup(groups: readonly NamedGroup[], id: string): boolean {
  return groups.some((group) => group.id === id);
}

/** True for the cookie that was written: others who look the same may have one of the same name. */
function isSame(cookie: SentCookie, { name, groups }: Written): boolean {
  return cookie.name === name && (groups.length === 0 || cookie.groups.some(({ id }) => hasGroup(groups, id)));
}
