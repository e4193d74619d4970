import type { Session } from "../../core/exchange.ts";

/** A session that is an object whose properties are saved: that of express-session, cookie-session and their like. */
export class PropertySession implements Session {
  readonly #session: Record<string, unknown>;
  readonly save: (() => Promise<void>) | undefined;

  /** @param isSavedLate whether the session goes on saving while the response is out, as express-session does. */
  constructor(session: Record<string, unknown>, isSavedLate: boolean) {
    this.#session = session;
    this.save = isSavedLate ? () => this.#save() : undefined;
  }

  get(key: string): unknown {
    return this.#session[key];
  }

  set(key: string, value: string): void {
    this.#session[key] = value;
  }

  delete(key: string): void {
    delete this.#session[key];
  }

  #save(): Promise<void> {
    const { save } = this.#session;
    if (typeof save !== "function") return Promise.resolve();
    return new Promise((resolve, reject) => {
      save.call(this.#session, (error: unknown) => (error ? reject(error) : resolve()));
    });
  }
}

/** True for what can be a session. */
export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
}
