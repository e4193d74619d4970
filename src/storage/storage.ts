import type { MaybePromise } from "../async.ts";
import type { Exchange } from "../exchange.ts";
import type { Message } from "../message.ts";

/**
 * Where messages wait between two exchanges. Two methods are all there is to a storage; each may answer at once or with
 * a promise.
 *
 * `load` comes before `commit` in every exchange that touches its messages, and both come once at most.
 *
 * @example
 * ```ts
 * import type { Message, Storage } from "onceover";
 *
 * const visitors = new Map<string, Message[]>();
 *
 * export const memory: Storage = {
 *   load(exchange) {
 *     return { messages: visitors.get(exchange.cookie("visitor") ?? ""), complete: true };
 *   },
 *   commit({ kept, added }, exchange) {
 *     visitors.set(exchange.cookie("visitor") ?? "", [...kept, ...added]);
 *     return [];
 *   },
 * };
 * ```
 */
export interface Storage {
  /** The messages that wait for this visitor, oldest first. */
  load(exchange: Exchange): MaybePromise<Loaded>;
  /**
   * Writes what changed. Nothing was added and nothing consumed: then there is nothing to write, save to clean up what
   * `load` could not read.
   *
   * @returns what did not fit, in order.
   */
  commit(changes: Changes, exchange: Exchange): MaybePromise<Unstored>;
  /**
   * True if `load` always answers at once. Then nothing is loaded before it is asked for; otherwise adapters load before
   * the handler runs, where a page is asked for.
   */
  readonly synchronous?: boolean;
}

/** What a storage holds for a visitor. */
export interface Loaded {
  /** Oldest first; undefined if this storage was not used at all. */
  readonly messages: readonly Message[] | undefined;
  /** False if more may wait in the next storage of a chain. */
  readonly complete: boolean;
}

/** What an exchange did to the messages: a difference, so that two exchanges at once lose nothing. */
export interface Changes {
  /** Those that this storage gave and that still wait, in order. */
  readonly kept: readonly Message[];
  /** Those that are new to this storage, in order; they come after all that are kept. */
  readonly added: readonly Message[];
  /** Those that were displayed or discarded; some may have come from another storage of a chain. */
  readonly consumed: readonly Message[];
  /** True if another storage takes what does not fit here; false if that is lost. */
  readonly hasNext: boolean;
}

/** What did not fit, in order. */
export type Unstored = readonly Message[];
