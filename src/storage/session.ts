import { andThen, type MaybePromise } from "../core/async.ts";
import { MessagesError } from "../core/errors.ts";
import type { Exchange, Session } from "../core/exchange.ts";
import type { Message } from "../core/message.ts";
import { decodeMessages, encodeMessages } from "../wire/json.ts";
import type { Link, LinkedWaiting } from "./chain.ts";
import type { KnownStorage } from "./needs.ts";
import type { Changes, Storage, Unstored } from "./storage.ts";

/** Django's key: a Django app on the same session store finds the messages (`SessionStorage.session_key`). */
const SESSION_KEY = "_messages";

/**
 * Keeps messages in the framework's session. On the server everything fits; a session that is kept in a cookie holds what
 * browsers keep of one cookie, 4096 bytes. Beyond that, the oldest messages are dropped, or the newest go to the next storage of a
 * {@link fallbackStorage}.
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
  const storage: KnownStorage & Link = {
    synchronous: true,
    needs: "session",
    open: (exchange) => open(exchange, false),
    openLinked: (exchange) => open(exchange, true),
  };
  return storage;
}

function open(exchange: Exchange, isLinked: boolean): MaybePromise<LinkedWaiting> {
  return andThen(sessionOf(exchange).get(SESSION_KEY), (json) => ({
    messages: json === undefined || json === null ? [] : decode(json),
    hasMore: true,
    commit: (changes) => commit(changes, exchange, isLinked),
  }));
}

/** The session is asked for anew: an app may have replaced it since it was read. */
function commit({ kept, added, consumed }: Changes, exchange: Exchange, isLinked: boolean): MaybePromise<Unstored> {
  // What cannot be read is left alone: it may be another library's.
  if (added.length + consumed.length === 0) return [];
  const session = sessionOf(exchange);
  const waiting = kept.length === 0 ? added : [...kept, ...added];
  if (waiting.length > 0) return store(session, waiting, isLinked);
  return andThen(session.get(SESSION_KEY), (left) => {
    if (left === undefined) return [];
    session.delete(SESSION_KEY);
    return andThen(session.save?.(), () => []);
  });
}

/** Stores all, or as many as the session takes. @returns the others. */
function store(session: Session, messages: readonly Message[], isLinked: boolean): MaybePromise<Unstored> {
  return andThen(put(session, messages), (isStored) => (isStored ? [] : storeSome(session, messages, isLinked)));
}

/** Stores the newest; or the oldest, where the newest can wait in the next storage. @returns the others. */
function storeSome(session: Session, messages: readonly Message[], isLinked: boolean): MaybePromise<Unstored> {
  const { length } = messages;
  const most = mostThatFit(length, (count) =>
    put(session, isLinked ? messages.slice(0, count) : messages.slice(length - count)),
  );
  return andThen(most, (count) => {
    if (isLinked) return messages.slice(count);
    if (count > 0 || length === 0) return messages.slice(0, length - count);
    // The newest is too large by itself, and takes no other with it.
    const unstored = storeSome(session, messages.slice(0, -1), isLinked);
    return andThen(unstored, (others) => [...others, ...messages.slice(-1)]);
  });
}

/** Tries more and more, and then bisects: so the work depends on how many fit, and not on how many there are. */
function mostThatFit(
  all: number,
  fits: (count: number) => MaybePromise<boolean>,
  fitting = 0,
  tooMany: number = all + 1,
): MaybePromise<number> {
  if (fitting + 1 >= tooMany) return fitting;
  const count = Math.min(fitting * 2 || 1, (fitting + tooMany) >> 1);
  return andThen(fits(count), (does) =>
    does ? mostThatFit(all, fits, count, tooMany) : mostThatFit(all, fits, fitting, count),
  );
}

/** @returns false if the session does not take these; then it is as it was. */
function put(session: Session, messages: readonly Message[]): MaybePromise<boolean> {
  const json = encodeMessages(messages, ", ");
  if (!session.save) {
    session.set(SESSION_KEY, json);
    return true;
  }
  return andThen(session.get(SESSION_KEY), (before) => {
    session.set(SESSION_KEY, json);
    return andThen(session.save?.() ?? true, (isTaken) => {
      if (isTaken) return true;
      if (typeof before === "string") session.set(SESSION_KEY, before);
      else session.delete(SESSION_KEY);
      return false;
    });
  });
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
