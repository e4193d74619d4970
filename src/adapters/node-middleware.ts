import type { IncomingMessage, ServerResponse } from "node:http";
import type { AppMessages } from "../api.ts";
import { MessagesError } from "../errors.ts";
import type { Session } from "../exchange.ts";
import type { Levels } from "../levels.ts";
import { type Mount, rememberMount } from "../mount.ts";
import type { Config } from "../settings.ts";
import { NodeExchange } from "./exchanges/node-exchange.ts";
import { isObject, PropertySession } from "./sessions/property-session.ts";

/** A middleware in Connect's form. */
export type NodeMiddleware = (
  request: IncomingMessage,
  response: ServerResponse,
  next: (error?: unknown) => void,
) => void;

/** The middleware of all servers that pass on the request and the response of `node:http`. */
export function nodeMiddleware<L extends Levels>(config: Config<L>, mount: Mount): NodeMiddleware {
  rememberMount(mount);
  return function onceover(request, response, next) {
    // `response.end([...request.messages].join())` looks `end` up before it touches the messages. For a cookie that is early
    // enough, as `end` calls `writeHead`; a session's own `end`, or a promise, must find the wrapped one.
    const isWatchedEarly = !config.storage.synchronous || "session" in request;
    const openSession = () => sessionOnRequest(request, mount, isWatchedEarly);
    const exchange = new NodeExchange(config, request, response, { mount, openSession });
    request.messages = exchange.messages as unknown as AppMessages;
    if (isWatchedEarly) exchange.watch();
    const loading = exchange.preload();
    if (loading) loading.then(() => next(), next);
    else next();
  };
}

/**
 * Where Express and Connect have their session: on the request.
 *
 * @param canWait whether the response can be held back while the session is saved: express-session sends the headers
 *   before it has saved, and a browser follows a redirect at its headers.
 * @throws {MessagesError} `no-session` if it came after the messages were first used: it was saved without them.
 */
function sessionOnRequest(
  request: IncomingMessage & { session?: unknown },
  mount: Mount,
  canWait: boolean,
): () => Session | undefined {
  const hadSession = isObject(request.session);
  return () => {
    const { session } = request;
    if (!isObject(session)) return undefined;
    if (hadSession) return new PropertySession(session, canWait && "sessionStore" in request);
    throw new MessagesError(
      "no-session",
      "The messages were used before the request had its session, so the session was saved without them. " +
        `Mount ${mount.session}, and then whatever uses messages.`,
    );
  };
}
