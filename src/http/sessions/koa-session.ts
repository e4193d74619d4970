import type { MaybePromise } from "../../core/async.ts";
import { MessagesError } from "../../core/errors.ts";
import type { Session } from "../../core/exchange.ts";
import type { Mount } from "../../core/mount.ts";
import { fitsIntoCookie } from "./cookie-limit.ts";
import { ENDED } from "./ended-session.ts";
import { isObject, PropertySession } from "./property-session.ts";

/** A context as a session's middleware leaves it. All that is known here of koa-session is in its documentation. */
export interface SessionContext {
  readonly session?: unknown;
  readonly sessionOptions?: SessionOptions;
  readonly cookies: { get(name: string, options: { readonly signed: boolean }): string | undefined };
}

interface SessionOptions {
  readonly key: string;
  encode(data: object): string;
}

/**
 * Where Koa's sessions are: on the context.
 *
 * @param hadSession true if there was a session when the request came to messages().
 * @returns the session as it is when it is asked for, as an app may replace it.
 * @throws {MessagesError} `no-session` if the session came after the messages were first used: it was read without them,
 *   or saved without them.
 */
export function sessionOnContext(ctx: SessionContext, mount: Mount, hadSession: boolean): () => Session | undefined {
  let firstKey: unknown;
  return () => {
    const { session } = ctx;
    if (!isObject(session)) return hadSession ? ENDED : undefined;
    // Before koa-session has asked its store, it has an empty session with a key of its own.
    firstKey ??= session.externalKey;
    if (!hadSession || session.externalKey !== firstKey) {
      throw new MessagesError(
        "no-session",
        "The messages were used before the request had its session, so they are not in what was saved. " +
          `Mount ${mount.session}, and then whatever uses messages.`,
      );
    }
    if (!isKoaSession(session)) return new PropertySession(session);
    return new KoaSession(session, ctx.sessionOptions, !isSavedOnReturn(ctx));
  };
}

/**
 * True if the session is saved once its middleware gets control back, and then no more; koa-session also saves on demand.
 *
 * It is left to its middleware, too, where it gives a new session to a visitor who sent the key of one: either its store
 * has forgotten that one, or it was not mounted on this route, and saving would overwrite a good session.
 */
export function isSavedOnReturn(ctx: SessionContext): boolean {
  const { session, sessionOptions, cookies } = ctx;
  if (!isObject(session)) return false;
  if (!isKoaSession(session) || !sessionOptions) return true;
  const isInStore = session.externalKey !== undefined;
  return isInStore && session.isNew === true && cookies.get(sessionOptions.key, { signed: false }) !== undefined;
}

interface OnDemand extends Record<string, unknown> {
  manuallyCommit(): Promise<void>;
  save(): Promise<void>;
  toJSON(): object;
}

function isKoaSession(session: Record<string, unknown>): session is OnDemand {
  return typeof session.manuallyCommit === "function";
}

/** The session of koa-session, which does not save what begins with an underscore, as the storage's key does. */
class KoaSession implements Session {
  readonly #session: OnDemand;
  readonly #options: SessionOptions | undefined;
  readonly #hasReturned: boolean;

  /** @param hasReturned whether it has been saved already, and must be saved again if it has changed. */
  constructor(session: OnDemand, options: SessionOptions | undefined, hasReturned: boolean) {
    this.#session = session;
    this.#options = options;
    this.#hasReturned = hasReturned;
  }

  save(): MaybePromise<boolean> {
    if (!this.#fits()) return false;
    if (!this.#hasReturned) return true;
    // In a cookie, several sizes may be tried: also what is as it came replaces what was written before.
    const saving = this.#isInCookie ? this.#session.save() : this.#session.manuallyCommit();
    return saving.then(() => true);
  }

  get(key: string): unknown {
    return this.#session[`onceover${key}`];
  }

  set(key: string, value: string): void {
    (this.#session as Record<string, unknown>)[`onceover${key}`] = value;
  }

  delete(key: string): void {
    delete this.#session[`onceover${key}`];
  }

  get #isInCookie(): boolean {
    return this.#session.externalKey === undefined;
  }

  /** koa-session writes a cookie of any size, with the time in it, and browsers drop it. */
  #fits(): boolean {
    if (!this.#isInCookie || !this.#options) return true;
    const [data, now] = [this.#session.toJSON(), Date.now()];
    const { key, encode } = this.#options;
    return fitsIntoCookie(key, encode({ ...data, _expire: now * 10, _maxAge: now }).length);
  }
}
