import { MessagesError } from "../../core/errors.ts";
import type { Session } from "../../core/exchange.ts";
import type { Mount } from "../../core/mount.ts";
import { MAX_COOKIE } from "./cookie-limit.ts";
import { ENDED } from "./ended-session.ts";

/** What the sessions of @fastify/session and @fastify/secure-session have in common. */
interface PluginSession {
  get(key: string): unknown;
  set(key: string, value: unknown): void;
  /** True once @fastify/secure-session was told to delete it: then it saves nothing any more. */
  readonly deleted?: boolean;
}

/** A request as the session plugins leave it; of its server, what @fastify/secure-session adds. */
interface SessionRequest {
  readonly session?: PluginSession | Record<string, never> | null;
  readonly server: { encodeSecureSession?(session: object, name: string): string };
}

/**
 * Where the session plugins of Fastify have their session.
 *
 * @param isEarly true if it was there before the messages.
 * @throws {MessagesError} `no-session` if it was there before the messages, and so is saved before them; or if it came
 *   after they were read without it.
 */
export function sessionOn(request: object, mount: Mount, isEarly: boolean): () => Session | undefined {
  const host = request as SessionRequest;
  let wasMissing = false;
  return () => {
    const { session } = host;
    if (isEarly) throw sessionFirst(mount);
    // On a path that is not its cookie's, @fastify/session leaves an empty object, which nobody saves.
    if (!session?.get || session.deleted) {
      wasMissing = true;
      return session === null || session?.deleted ? ENDED : undefined;
    }
    if (wasMissing) throw sessionLate(mount);
    return {
      get: (key) => session.get(key),
      set: (key, value) => session.set(key, value),
      delete: (key) => session.set(key, undefined),
      save: session.deleted === undefined ? undefined : () => fitsSecurely(host, session),
    };
  };
}

/**
 * What the name of the cookie and its signature may take, and what URI-encoding adds: base64 has `+`, `/` and `=` in it, some
 * more or less each time.
 */
const ALLOWANCE = 256;

/** @fastify/secure-session writes a cookie of any size, and browsers drop it. */
function fitsSecurely({ server }: SessionRequest, session: object): boolean {
  const value = server.encodeSecureSession?.(session, "session") ?? "";
  return encodeURIComponent(value).length <= MAX_COOKIE - ALLOWANCE;
}

/** The error of an order in which the session is saved too early: Fastify runs hooks as they were registered. */
export function sessionFirst(mount: Mount): MessagesError {
  return new MessagesError(
    "no-session",
    `The session was registered before the messages, and would be saved without them. Mount ${mount.messages}.`,
  );
}

function sessionLate(mount: Mount): MessagesError {
  return new MessagesError(
    "no-session",
    "The messages were used before the request had its session, and what waits there was not read. " +
      `Mount ${mount.session}, and then whatever uses messages.`,
  );
}
