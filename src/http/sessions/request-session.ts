import type { MaybePromise } from "../../core/async.ts";
import { MessagesError } from "../../core/errors.ts";
import type { Session } from "../../core/exchange.ts";
import type { Mount } from "../../core/mount.ts";
import { base64Length, fitsIntoCookie } from "./cookie-limit.ts";
import { ENDED } from "./ended-session.ts";
import { isObject, PropertySession } from "./property-session.ts";

/** A request as the session's middleware leaves it: `sessionStore` is of express-session, `sessionOptions` of cookie-session. */
interface SessionRequest {
  readonly session?: unknown;
  readonly sessionStore?: unknown;
  readonly sessionOptions?: { readonly name?: string };
}

/**
 * Where Express and Connect have their session: on the request.
 *
 * @throws {MessagesError} `no-session` if it came after the messages were first used: it was saved without them.
 */
export function sessionOnRequest(request: SessionRequest, mount: Mount): () => Session | undefined {
  // A destroyed session leaves its store behind, and cookie-session a property that is null.
  const hadSession = "session" in request || "sessionStore" in request;
  return () => {
    const { session } = request;
    if (!isObject(session)) return hadSession ? ENDED : undefined;
    if (hadSession) return new PropertySession(session, saveOf(request, session));
    throw new MessagesError(
      "no-session",
      "The messages were used before the request had its session, so the session was saved without them. " +
        `Mount ${mount.session}, and then whatever uses messages.`,
    );
  };
}

/**
 * express-session sends the headers before it has saved, and a browser follows a redirect at its headers: so what messages
 * changed is saved before. cookie-session writes a cookie of any size when the headers are sent, and browsers drop it.
 */
function saveOf(request: SessionRequest, session: Record<string, unknown>): Session["save"] {
  if ("sessionStore" in request) return () => saved(session);
  const { sessionOptions } = request;
  if (!sessionOptions) return undefined;
  return () => fitsIntoCookie(sessionOptions.name ?? "session", base64Length(JSON.stringify(session)));
}

function saved(session: Record<string, unknown>): MaybePromise<boolean> {
  const { save } = session;
  if (typeof save !== "function") return true;
  return new Promise((resolve, reject) => {
    save.call(session, (error: unknown) => (error ? reject(error) : resolve(true)));
  });
}
