import type { MaybePromise } from "../core/async.ts";
import type { Exchange } from "../core/exchange.ts";
import type { Message } from "../core/message.ts";

/**
 * Where messages wait between two exchanges. One method is all that a storage is; it may answer at once or with a promise.
 *
 * @example
 * ```ts
 * import type { Message, Storage } from "onceover";
 *
 * const visitors = new Map<string, readonly Message[]>();
 *
 * export const memory: Storage = {
 *   open(exchange) {
 *     const visitor = exchange.cookie("visitor") ?? "";
 *     return {
 *       messages: visitors.get(visitor) ?? [],
 *       commit({ kept, added }) {
 *         visitors.set(visitor, [...kept, ...added]);
 *         return [];
 *       },
 *     };
 *   },
 * };
 * ```
 */
export interface Storage {
  /** Reads what waits for the visitor of this exchange; called once at most, and only where messages are used. */
  open(exchange: Exchange): MaybePromise<Waiting>;
  /**
   * True if `open` always answers at once. Then nothing is opened before it is asked for; otherwise it is opened before the
   * handler runs, where a page is asked for. `false` by default.
   */
  readonly synchronous?: boolean;
}

/** What waits for one visitor, and the way to write back. What `open` learned stays in this object. */
export interface Waiting {
  /** Oldest first. */
  readonly messages: readonly Message[];
  /**
   * Tells apart messages that say the same: a name that a message keeps for as long as it waits. Without it, a message is known
   * by what it says.
   */
  keyOf?(message: Message): string | undefined;
  /**
   * Writes what changed; called once at most. If nothing was added and nothing consumed, there is nothing to write, save to
   * clean up what could not be read.
   *
   * @returns what did not fit, in order.
   */
  commit(changes: Changes): MaybePromise<Unstored>;
}

/** What an exchange did to the messages: a difference, so that two exchanges at once lose nothing. */
export interface Changes {
  /** Those that waited and still wait, in order. */
  readonly kept: readonly Message[];
  /** Those that are new, in order; they come after all that are kept. */
  readonly added: readonly Message[];
  /** Those that were displayed or discarded. */
  readonly consumed: readonly Message[];
}

/** What did not fit, in order. */
export type Unstored = readonly Message[];
