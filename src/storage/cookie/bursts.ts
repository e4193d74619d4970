import type { Exchange } from "../../core/exchange.ts";
import type { Message } from "../../core/message.ts";
import type { NamedGroup } from "./group.ts";

/** How long a cookie is on its way to the browser at most, in milliseconds. */
const WINDOW = 2000;

/** How many lost messages are remembered for a warning. */
const MAX_LOST = 100;

/** How many visitors are remembered at once. */
const MAX_VISITORS = 10_000;

/** A cookie that was set, and that no request has brought back yet. */
export interface Written {
  readonly name: string;
  /** Characters of its name and value. */
  readonly length: number;
  /** What is in it: what the response added, and in a fold what came with its request. */
  readonly groups: readonly NamedGroup[];
}

/** What this process has set for one visitor while other requests of the same visitor were on their way. */
export class Burst {
  readonly #touch: () => void;
  #written: (Written & { readonly time: number })[] = [];
  #replaced = new Set<string>();
  #lost: Message[] = [];
  #mark: string | undefined;
  #hasReturned = false;
  /** True if it is one visitor's alone: otherwise, nothing may depend on it that somebody else could notice. */
  readonly isSure: boolean;

  /**
   * @param isSure false if others may look the same as this visitor.
   * @param touch called when a cookie is set.
   */
  constructor(isSure: boolean, touch: (burst: Burst) => void) {
    this.isSure = isSure;
    this.#touch = () => touch(this);
  }

  get count(): number {
    return this.#written.length;
  }

  /** Characters of all cookies that are on their way. */
  get length(): number {
    return this.#written.reduce((sum, { length }) => sum + length, 0);
  }

  /** True if another response has folded this cookie into one that is on its way. */
  isReplaced(name: string): boolean {
    return this.#replaced.has(name);
  }

  /** Notes that a request has brought these cookies. */
  arrived(names: readonly string[]): void {
    const left = this.#written.filter(({ name }) => !names.includes(name));
    // Of visitors who only look the same, none has two of its cookies.
    if (this.#written.length - left.length > 1) this.#hasReturned = true;
    this.#written = left.filter(({ time }) => Date.now() - time <= WINDOW);
    if (this.#written.length > 0) return;
    this.#replaced.clear();
    if (!this.#hasReturned) this.#lost = [];
  }

  wrote(written: Written): void {
    this.#written.push({ ...written, time: Date.now() });
    this.#touch();
  }

  replaces(names: Iterable<string>): void {
    for (const name of names) this.#replaced.add(name);
  }

  /** Notes messages that there was no room for. */
  lost(messages: readonly Message[]): void {
    this.#lost = [...this.#lost, ...messages].slice(-MAX_LOST);
  }

  /** What was lost, once it is known that this was one visitor; each message is returned once. */
  takeLost(): readonly Message[] {
    return this.isSure || this.#hasReturned ? this.#lost.splice(0) : [];
  }

  /** The cookie that says for the whole burst that more waits in the next storage. @param name of a new one. */
  markedBy(name: string): string {
    this.#mark ??= name;
    this.#touch();
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
  /** The one that was written to last comes last. */
  readonly #byVisitor = new Map<number, { readonly burst: Burst; readonly time: number }>();

  /** The burst of this exchange's visitor. @param sent our cookies that came with it; their names start with `prefix`. */
  of(exchange: Exchange, prefix: string, sent: readonly string[]): Burst {
    const others = [...exchange.cookieNames()].filter((name) => !name.startsWith(prefix));
    const address = exchange.header("x-forwarded-for");
    const visitor = hashOf([exchange.header("user-agent"), address, ...others.map((name) => exchange.cookie(name))]);
    const known = this.#byVisitor.get(visitor);
    if (known === undefined || Date.now() - known.time > WINDOW)
      return new Burst(others.length > 0 || address !== undefined, (burst) => this.#remember(visitor, burst));
    known.burst.arrived(sent);
    return known.burst;
  }

  #remember(visitor: number, burst: Burst): void {
    const time = Date.now();
    this.#byVisitor.delete(visitor);
    this.#byVisitor.set(visitor, { burst, time });
    for (const [other, oldest] of this.#byVisitor) {
      if (time - oldest.time <= WINDOW && this.#byVisitor.size <= MAX_VISITORS) break;
      this.#byVisitor.delete(other);
    }
  }
}

/** FNV-1a, 32 bits. */
function hashOf(texts: readonly (string | undefined)[]): number {
  let hash = 0x811c9dc5;
  for (const text of texts) {
    for (let index = 0; index < (text?.length ?? 0); index += 1)
      hash = Math.imul(hash ^ (text as string).charCodeAt(index), 0x01000193);
  }
  return hash;
}
