import type { Session } from "../../core/exchange.ts";
import { ENDED } from "./ended-session.ts";

/** A session as h3 hands it out, `await useSession(event, …)`: read at once, written by a promise. */
export interface SessionManager {
  /** Undefined once the session was cleared. */
  readonly id: string | undefined;
  readonly data: object;
  update(data: object): Promise<unknown>;
}

/**
 * The session that a manager manages, if there is one.
 *
 * @param fits whether the browser will keep what the update has written.
 */
export function managedSession(manager: SessionManager | undefined, fits = () => true): Session | undefined {
  // What nobody awaited is a promise, and no session yet.
  if (!manager || !("id" in manager)) return undefined;
  // h3 would read a cleared session from the request's cookie again, and so undo a log-out.
  return manager.id === undefined ? ENDED : new ManagedSession(manager, fits);
}

class ManagedSession implements Session {
  readonly #manager: SessionManager;
  readonly #fits: () => boolean;
  readonly #changes = new Map<string, string | undefined>();

  constructor(manager: SessionManager, fits: () => boolean) {
    this.#manager = manager;
    this.#fits = fits;
  }

  get(key: string): unknown {
    return (this.#manager.data as Record<string, unknown>)[key];
  }

  set(key: string, value: string): void {
    this.#changes.set(key, value);
  }

  /** What is undefined is left out where the session is written as JSON. */
  delete(key: string): void {
    this.#changes.set(key, undefined);
  }

  async save(): Promise<boolean> {
    const before = [...this.#changes.keys()].map((key) => [key, this.get(key)] as const);
    await this.#manager.update(Object.fromEntries(this.#changes));
    if (this.#fits()) return true;
    await this.#manager.update(Object.fromEntries(before));
    return false;
  }
}
