import type { MaybePromise } from "../core/async.ts";
import type { Exchange } from "../core/exchange.ts";
import type { Message } from "../core/message.ts";
import type { Changes, Storage, Unstored, Waiting } from "./storage.ts";

/** A storage that knows what it is to have another one behind it: cookies, which leave to it what does not fit. */
export interface Link extends Storage {
  /**
   * Opens it as one of a chain: it says whether more may wait in the next storage.
   *
   * @param hasNext true if that one can be had for this visitor: then nothing is dropped.
   */
  openLinked(exchange: Exchange, hasNext: () => boolean): MaybePromise<LinkedWaiting>;
}

/** What waits in one storage of a chain. */
export interface LinkedWaiting extends Waiting {
  /** True if more may wait in the next storage. */
  readonly hasMore: boolean;
  /** After {@link commit}: what was lost that other exchanges had added. It is reported, and not offered to the next storage. */
  readonly lost?: readonly Message[];
  commit(changes: LinkedChanges): MaybePromise<Unstored>;
}

/** What an exchange did to the messages of a chain. */
export interface LinkedChanges extends Changes {
  /** Those of `added` that waited in a later storage; they come first. An exchange at the same time may move them as well. */
  readonly moved?: readonly Message[];
}

/** Opens a storage as one of a chain. Of one that knows of no chain, it cannot be said that it has everything. */
export function openLinked(
  storage: Storage | Link,
  exchange: Exchange,
  hasNext: () => boolean,
): MaybePromise<Waiting | LinkedWaiting> {
  return "openLinked" in storage ? storage.openLinked(exchange, hasNext) : storage.open(exchange);
}

/** True if more may wait behind this. */
export function hasMore(waiting: Waiting | LinkedWaiting): boolean {
  return "hasMore" in waiting ? waiting.hasMore : true;
}
