import { andThen, type MaybePromise } from "../core/async.ts";
import { MessagesError } from "../core/errors.ts";
import type { Exchange, Session } from "../core/exchange.ts";
import type { Message } from "../core/message.ts";
import { decodeMessages, encodeMessages } from "../wire/json.ts";
import type { KnownStorage } from "./needs.ts";
import type { Changes, Storage, Unstored, Waiting } from "./storage.ts";

/** Django's key: a Django app on the same session store finds the messages (`SessionStorage.session_key`). */
const SESSION_KEY = "_messages";

/**
 * Keeps messages in the framework's session. Everything fits.
 *
 * @returns a storage that is read at once, unless the framework's session gives promises. Reading or writing it without a session
 *   is a {@link MessagesError} `no-session`.
 *
 * Django: `django.contrib.messages.storage.session.SessionStorage`.
 *
 * @example
 * ```ts
 * import { defineMessages, sessionStorage } from "onceover";
 *
 * export const config = defineMessages({ storage: sessionStorage() });
 * ```
 */
export function sessionStorage(): Storage {
  const storage: KnownStorage = { synchronous: true, needs: "session", open };
  return storage;
}

function open(exchange: Exchange): MaybePromise<Waiting> {
  return andThen(sessionOf(exchange).get(SESSION_KEY), (json) => ({
    messages: json === undefined || json === null ? [] : decode(json),
    commit: (changes) => commit(changes, exchange),
  }));
}

/** The session is asked for anew: an app may have replaced it since it was read. */
function commit({ kept, added, consumed }: Changes, exchange: Exchange): MaybePromise<Unstored> {
  const session = sessionOf(exchange);
  const waiting = kept.length === 0 ? added : [...kept, ...added];
  if (waiting.length > 0) {
    if (added.length + consumed.length === 0) return [];
    session.set(SESSION_KEY, encodeMessages(waiting, ", "));
    return saved(session);
  }
  return andThen(session.get(SESSION_KEY), (left) => {
    // Also where nothing was consumed: then what stands there could not be read.
    if (left === undefined) return [];
    session.delete(SESSION_KEY);
    return saved(session);
  });
}

function saved(session: Session): MaybePromise<Unstored> {
  return session.save ? session.save().then(() => []) : [];
}

function decode(json: unknown): Message[] {
  const items = typeof json === "string" ? decodeMessages(json) : undefined;
  return (items ?? []).filter((item) => typeof item !== "string");
}

function sessionOf(exchange: Exchange): Session {
  if (exchange.session) return exchange.session;
  const mend = exchange.mount?.session ?? "the session before the messages";
  throw new MessagesError(
    "no-session",
    `The session storage needs a session, and this request has none, or none any more. Mount ${mend}; or choose the cookie storage.`,
  );
}
