import type { Session } from "../../core/exchange.ts";

/** A session that is an object whose properties are saved: that of express-session, cookie-session and their like. */
export class PropertySession implements Session {
  readonly #session: Record<string, unknown>;
  readonly save: Session["save"];

  constructor(session: Record<string, unknown>, save?: Session["save"]) {
    this.#session = session;
    this.save = save;
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
}

/** True for what can be a session. */
export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
}
