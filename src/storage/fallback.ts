import { andThen, type MaybePromise } from "../core/async.ts";
import { invalidSetting } from "../core/checks.ts";
import { MessagesError } from "../core/errors.ts";
import type { Exchange } from "../core/exchange.ts";
import type { Message } from "../core/message.ts";
import { hasMore, type Link, type LinkedChanges, type LinkedWaiting, openLinked } from "./chain.ts";
import { type KnownStorage, type Needs, needsOf } from "./needs.ts";
import type { Storage, Unstored, Waiting } from "./storage.ts";

/**
 * Keeps messages in the first storage, and what does not fit there in the next.
 *
 * @param storages at least two, in order of preference.
 * @returns a storage; synchronous if all of them are.
 * @throws {MessagesError} `invalid-setting` for fewer than two storages.
 *
 * Django: `django.contrib.messages.storage.fallback.FallbackStorage`.
 *
 * @example
 * ```ts
 * import { cookieStorage, fallbackStorage, sessionStorage } from "onceover";
 *
 * const secret = process.env.SECRET;
 * export const storage = fallbackStorage(cookieStorage({ secret }), sessionStorage());
 * ```
 */
export function fallbackStorage(...storages: readonly Storage[]): Storage {
  if (storages.length < 2) throw invalidSetting("storage", "at least two storages for a fallback", storages);
  return new FallbackStorage(storages);
}

class FallbackStorage implements Link, KnownStorage {
  readonly synchronous: boolean;
  readonly needs: Needs | undefined;
  readonly #storages: readonly Storage[];

  constructor(storages: readonly Storage[]) {
    this.#storages = storages;
    this.synchronous = storages.every((storage) => storage.synchronous);
    this.needs = storages.every(needsOf) ? "session" : undefined;
  }

  open(exchange: Exchange): MaybePromise<Chain> {
    return new Chain(this.#storages, exchange).read();
  }

  openLinked(exchange: Exchange, hasNext: () => boolean): MaybePromise<Chain> {
    return new Chain(this.#storages, exchange, hasNext).read();
  }
}

/** What waits for one visitor in several storages. */
class Chain implements LinkedWaiting {
  readonly #storages: readonly Storage[];
  readonly #exchange: Exchange;
  /** Given if another storage comes after the last of these: true if that one can be had. */
  readonly #hasNext: (() => boolean) | undefined;
  /** Those that were read: the first ones, up to one that has everything. */
  readonly #opened: (Waiting | LinkedWaiting)[] = [];
  /** What waited in a storage behind this chain. */
  #moved: readonly Message[] = [];
  messages: readonly Message[] = [];
  hasMore = false;
  lost: readonly Message[] = [];

  constructor(storages: readonly Storage[], exchange: Exchange, hasNext?: () => boolean) {
    this.#storages = storages;
    this.#exchange = exchange;
    this.#hasNext = hasNext;
  }

  /** Reads one storage after the other, up to one that has everything. */
  read(): MaybePromise<this> {
    const index = this.#opened.length;
    if (index === this.#storages.length) return this;
    return andThen(this.#open(index), (waiting) => {
      this.hasMore = waiting !== undefined && hasMore(waiting);
      if (waiting === undefined) return this;
      this.#opened.push(waiting);
      this.messages = index === 0 ? waiting.messages : [...this.messages, ...waiting.messages];
      return this.hasMore ? this.read() : this;
    });
  }

  keyOf(message: Message): string | undefined {
    return this.#opened.find(({ messages }) => messages.includes(message))?.keyOf?.(message);
  }

  commit({ kept, added, consumed, moved = [] }: LinkedChanges): MaybePromise<Unstored> {
    if (added.length === 0 && consumed.length === 0) return this.#tidy(0);
    this.#moved = moved;
    return andThen(this.#commitTo(0, [...kept, ...added], consumed), (unstored) => {
      this.lost = this.#opened.flatMap(
        (waiting) => ("lost" in waiting ? (waiting as LinkedWaiting).lost : undefined) ?? [],
      );
      return this.#hasNext ? unstored : [...this.lost, ...unstored];
    });
  }

  /** Nothing changed: lets each storage that was read clean up what it could not read. */
  #tidy(index: number): MaybePromise<Unstored> {
    const waiting = this.#opened[index];
    if (waiting === undefined) return [];
    // What cannot be read here still says that the next storages are to be read: it stays as long as they hold messages.
    if (this.#opened.slice(index + 1).some(({ messages }) => messages.length > 0)) return this.#tidy(index + 1);
    return andThen(waiting.commit({ kept: waiting.messages, added: [], consumed: [] }), () => this.#tidy(index + 1));
  }

  /** Offers `offered` to one storage, and what it did not take to the next. */
  #commitTo(index: number, offered: readonly Message[], consumed: readonly Message[]): MaybePromise<Unstored> {
    if (index === this.#storages.length) return offered;
    const read = this.#opened[index];
    // A storage that holds nothing and gets nothing is not even asked: no session is touched without need.
    if (offered.length === 0 && read === undefined) return [];
    return andThen(read ?? this.#open(index), (waiting) => {
      const unstored = waiting ? this.#write(waiting, offered, consumed, index) : offered;
      return andThen(unstored, (rest) => this.#commitTo(index + 1, rest, consumed));
    });
  }

  #write(
    waiting: Waiting | LinkedWaiting,
    offered: readonly Message[],
    consumed: readonly Message[],
    index: number,
  ): MaybePromise<Unstored> {
    const [own, wanted] = [new Set(waiting.messages), new Set(offered)];
    const added = offered.filter((message) => !own.has(message));
    const changes: LinkedChanges = {
      kept: offered.filter((message) => own.has(message)),
      added,
      consumed: [...new Set([...consumed, ...own])].filter((message) => !wanted.has(message)),
      moved: this.#movedFrom(index + 1, added),
    };
    return withoutSession(() => waiting.commit(changes), offered);
  }

  /** The first ones of these, as far as they waited in one of the storages from `index` on, or behind the chain. */
  #movedFrom(index: number, messages: readonly Message[]): readonly Message[] {
    const later = new Set(this.#moved);
    for (const waiting of this.#opened.slice(index)) for (const message of waiting.messages) later.add(message);
    const rest = later.size === 0 ? 0 : messages.findIndex((message) => !later.has(message));
    return rest < 0 ? messages : messages.slice(0, rest);
  }

  /** Undefined where it needs a session, and there is none. */
  #open(index: number): MaybePromise<Waiting | undefined> {
    const storage = this.#storages[index] as Storage;
    const next = this.#storages.slice(index + 1);
    const isLast = next.length === 0 && this.#hasNext === undefined;
    const hasNext = () => next.some((one) => this.#canBeHad(one)) || this.#hasNext?.() === true;
    const open = () => (isLast ? storage.open(this.#exchange) : openLinked(storage, this.#exchange, hasNext));
    return withoutSession<MaybePromise<Waiting | undefined>>(open, undefined);
  }

  #canBeHad(storage: Storage): boolean {
    if (needsOf(storage) !== "session") return true;
    const session = withoutSession(() => this.#exchange.session, undefined);
    return session !== undefined && session.hasEnded !== true;
  }
}

/** A chain goes on without the session where there is none: what does not fit is then reported as unstored. */
function withoutSession<T>(attempt: () => T, otherwise: T): T {
  try {
    return attempt();
  } catch (error) {
    if (error instanceof MessagesError && error.code === "no-session") return otherwise;
    throw error;
  }
}
