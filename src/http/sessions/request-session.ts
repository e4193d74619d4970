import { MessagesError } from "../../core/errors.ts";
import type { Session } from "../../core/exchange.ts";
import type { Mount } from "../../core/mount.ts";
import { isObject, PropertySession } from "./property-session.ts";

/**
 * Where Express and Connect have their session: on the request.
 *
 * express-session sends the headers before it has saved, and a browser follows a redirect at its headers: so what messages
 * changed is saved before.
 *
 * @throws {MessagesError} `no-session` if it came after the messages were first used: it was saved without them.
 */
export function sessionOnRequest(request: { session?: unknown }, mount: Mount): () => Session | undefined {
  const hadSession = isObject(request.session);
  return () => {
    const { session } = request;
    if (!isObject(session)) return undefined;
    if (hadSession) return new PropertySession(session, "sessionStore" in request);
    throw new MessagesError(
      "no-session",
      "The messages were used before the request had its session, so the session was saved without them. " +
        `Mount ${mount.session}, and then whatever uses messages.`,
    );
  };
}
