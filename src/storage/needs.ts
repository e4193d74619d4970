import type { Storage } from "./storage.ts";

/** What a storage of ours writes to. */
export type Needs = "cookies" | "session";

/** A storage of which it is known what it writes to. */
export interface KnownStorage extends Storage {
  readonly needs: Needs | undefined;
}

/** What a storage writes to; undefined for one that is an app's own, and may write to anything. */
export function needsOf(storage: Storage | KnownStorage): Needs | undefined {
  return "needs" in storage ? storage.needs : undefined;
}
