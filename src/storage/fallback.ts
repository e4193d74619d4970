import { andThen, type MaybePromise } from "../async.ts";
import { invalidSetting } from "../checks.ts";
import { MessagesError } from "../errors.ts";
import type { Exchange } from "../exchange.ts";
import type { Message } from "../message.ts";
import type { Changes, Loaded, Storage, Unstored } from "./storage.ts";

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
 * const secret = "a long random text that only the server knows";
 * export const storage = fallbackStorage(cookieStorage({ secret }), sessionStorage());
 * ```
 */
export function fallbackStorage(...storages: readonly Storage[]): Storage {
  if (storages.length < 2) throw invalidSetting("storage", "at least two storages for a fallback", storages);
  return new FallbackStorage(storages);
}

class FallbackStorage implements Storage {
  readonly synchronous: boolean;
  readonly #storages: readonly Storage[];
  /** What each storage gave in an exchange; shorter than the chain if the last ones were not asked. */
  readonly #given = new WeakMap<Exchange, readonly (readonly Message[])[]>();

  constructor(storages: readonly Storage[]) {
    this.#storages = storages;
    this.synchronous = storages.every((storage) => storage.synchronous);
  }

  load(exchange: Exchange): MaybePromise<Loaded> {
    return andThen(this.#loadFrom(0, exchange), (given) => {
      this.#given.set(exchange, given);
      return { messages: given.length === 0 ? undefined : given.flat(), complete: true };
    });
  }

  /** Stops at the first storage that was not used at all, or that says it has everything. */
  #loadFrom(index: number, exchange: Exchange): MaybePromise<(readonly Message[])[]> {
    const storage = this.#storages[index];
    if (storage === undefined) return [];
    const loaded = unlessSessionless(() => storage.load(exchange), { messages: undefined, complete: true });
    return andThen(loaded, ({ messages, complete }) => {
      if (messages === undefined) return [];
      if (complete) return [messages];
      return andThen(this.#loadFrom(index + 1, exchange), (rest) => [messages, ...rest]);
    });
  }

  commit(changes: Changes, exchange: Exchange): MaybePromise<Unstored> {
    const given = this.#given.get(exchange) ?? [];
    if (changes.added.length === 0 && changes.consumed.length === 0) return this.#tidy(0, given, exchange);
    return this.#commitTo(0, [...changes.kept, ...changes.added], changes, given, exchange);
  }

  /** Nothing changed: lets each storage that was read clean up what it could not read. */
  #tidy(index: number, given: readonly (readonly Message[])[], exchange: Exchange): MaybePromise<Unstored> {
    const [storage, kept] = [this.#storages[index], given[index]];
    if (storage === undefined || kept === undefined) return [];
    // What cannot be read here still says that the next storages are to be read: it stays as long as they hold messages.
    if (given.slice(index + 1).some((messages) => messages.length > 0)) return this.#tidy(index + 1, given, exchange);
    const done = storage.commit({ kept, added: [], consumed: [], hasNext: true }, exchange);
    return andThen(done, () => this.#tidy(index + 1, given, exchange));
  }

  /** Offers `waiting` to one storage, and what it did not take to the next. */
  #commitTo(
    index: number,
    waiting: readonly Message[],
    changes: Changes,
    given: readonly (readonly Message[])[],
    exchange: Exchange,
  ): MaybePromise<Unstored> {
    const [storage, own] = [this.#storages[index], new Set(given[index])];
    const isLast = index === this.#storages.length - 1;
    if (storage === undefined) return waiting;
    // A storage that holds nothing and gets nothing is not even asked: no session is touched without need.
    if (waiting.length === 0 && given[index] === undefined) return [];
    const change: Changes = {
      kept: waiting.filter((message) => own.has(message)),
      added: waiting.filter((message) => !own.has(message)),
      consumed: [...new Set([...changes.consumed, ...own])].filter((message) => !waiting.includes(message)),
      hasNext: !isLast || changes.hasNext,
    };
    const unstored = unlessSessionless(() => storage.commit(change, exchange), waiting);
    return andThen(unstored, (rest) => this.#commitTo(index + 1, rest, changes, given, exchange));
  }
}

/** A chain goes on without the session where there is none: what does not fit is then reported as unstored. */
function unlessSessionless<T>(attempt: () => T, otherwise: T): T {
  try {
    return attempt();
  } catch (error) {
    if (error instanceof MessagesError && error.code === "no-session") return otherwise;
    throw error;
  }
}
