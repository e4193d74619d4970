import type { Exchange } from "../../core/exchange.ts";
import type { Message } from "../../core/message.ts";
import type { NamedGroup } from "./group.ts";

/** How long a cookie is on its way to the browser at most, in milliseconds. */
const WINDOW = 2000;

/** How many lost messages are remembered for a warning. */
const MAX_LOST = 100;

/** How many visitors are remembered at once, or twice as many. */
const MAX_VISITORS = 1000;

/** How much of a cookie tells visitors apart: its end, where signatures and random ids are. */
const TELLING = 64;

/** A cookie that was set, and that no request has brought back yet. */
export interface Written {
  readonly name: string;
  /** Characters of its name and value. */
  readonly length: number;
  /** What is in it: what the response added, and in a fold what came with its request. */
  readonly groups: readonly NamedGroup[];
  /** The names of the cookies that were folded into it, and are deleted with it. */
  readonly replaces: readonly string[];
  /** When it was set, in milliseconds. */
  readonly time: number;
}

/** What this process has set for one visitor while other requests of the same visitor were on their way. */
export class Burst {
  /** True if it is one visitor's alone: otherwise, nothing may depend on it that somebody else could notice. */
  readonly isSure: boolean;
  #written: Written[] = [];
  #lost: readonly Message[] = [];
  #mark: string | undefined;
  #hasReturned = false;

  /** @param isSure false if others may look the same as this visitor. */
  constructor(isSure: boolean) {
    this.isSure = isSure;
  }

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
    return this.#written.some(({ groups }) => groups.some((group) => group.id === id));
  }

  /** True if another response has folded this cookie into one that is on its way. */
  isReplaced(name: string): boolean {
    return this.#written.some(({ replaces }) => replaces.includes(name));
  }

  /** Notes that a request has brought these cookies. */
  arrived(names: readonly string[]): void {
    const left = this.#written.filter(({ name }) => !names.includes(name));
    // Of visitors who only look the same, none has two of its cookies.
    if (this.#written.length - left.length > 1) this.#hasReturned = true;
    const since = Date.now() - WINDOW;
    this.#written = left.filter(({ time }) => time >= since);
    if (this.#written.length === 0 && !this.#hasReturned) this.#lost = [];
  }

  wrote(name: string, length: number, groups: readonly NamedGroup[], replaces: readonly string[] = []): void {
    this.#written.push({ name, length, groups, replaces, time: Date.now() });
  }

  /** Notes messages that there was no room for. */
  lost(messages: readonly Message[]): void {
    this.#lost = [...this.#lost, ...messages].slice(-MAX_LOST);
  }

  /** What was lost, once it is known that this was one visitor; each message is returned once. */
  takeLost(): readonly Message[] {
    if (!this.isSure && !this.#hasReturned) return [];
    const lost = this.#lost;
    this.#lost = [];
    return lost;
  }

  /** The cookie that says for the whole burst that more waits in the next storage. @param name of a new one. */
  markedBy(name: string): string {
    this.#mark ??= name;
    return this.#mark;
  }

  /** Forgets the oldest cookie, which is to be dropped: one with a single response's messages, if there is one. */
  giveWay(): Written | undefined {
    const single = this.#written.findIndex(({ groups }) => groups.length === 1);
    return this.#written.splice(Math.max(single, 0), 1)[0];
  }
}

/**
 * The bursts of all visitors. Responses to one visitor at the same time know nothing of each other's cookies: without this, each
 * would add one, and their sum would be too large for servers to accept.
 *
 * Visitors are told apart by their other cookies, address and browser. If two look the same, each counts the other's cookies as
 * well: so nothing of one may ever be written for the other.
 */
export class Bursts {
  /** By visitor: those of this period, and those of the one before. So what is older goes without being looked for. */
  #recent = new Map<number, Burst>();
  #earlier = new Map<number, Burst>();
  #since = 0;

  /**
   * The burst of this exchange's visitor.
   *
   * @param prefix of the names of our cookies.
   * @param sent those that came with the exchange.
   * @param adds true if the exchange is to write more.
   */
  of(exchange: Exchange, prefix: string, sent: readonly string[], adds: boolean): Burst {
    const address = exchange.header("x-forwarded-for");
    const alike = mixed(mixed(FNV_OFFSET, exchange.header("user-agent")), address);
    let visitor = alike;
    for (const name of exchange.cookieNames())
      if (!name.startsWith(prefix)) visitor = mixed(visitor, exchange.cookie(name));
    this.#forget();
    const known = this.#recent.get(visitor) ?? this.#earlier.get(visitor);
    known?.arrived(sent);
    const burst = known ?? new Burst(address !== undefined || visitor !== alike);
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

const FNV_OFFSET = 0x811c9dc5;

/** Mixes the end of a text into a hash (FNV-1a, 32 bits). */
function mixed(hash: number, text = ""): number {
  let mix = hash;
  for (let index = Math.max(0, text.length - TELLING); index < text.length; index += 1)
    mix = Math.imul(mix ^ text.charCodeAt(index), 0x01000193);
  return mix;
}
