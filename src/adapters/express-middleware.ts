import type { IncomingMessage, ServerResponse } from "node:http";
import { DEFAULT_LEVELS, type Levels } from "../levels.ts";
import type { Mount } from "../mount.ts";
import type { Config } from "../settings.ts";
import { nodeMiddleware } from "./node-middleware.ts";

/** An Express middleware, without the types of one version of Express. */
export type ExpressMiddleware = (
  request: IncomingMessage,
  response: ServerResponse & { locals?: Record<string, unknown> },
  next: (error?: unknown) => void,
) => void;

/** The middleware of Express, and of every framework on it: what Node's does, and the locals for templates. */
export function expressMiddleware<L extends Levels>(config: Config<L>, mount: Mount): ExpressMiddleware {
  const middleware = nodeMiddleware(config, mount);
  return function onceover(request, response, next) {
    middleware(request, response, (error) => {
      if (error !== undefined) return next(error);
      response.locals ??= {};
      response.locals.messages = request.messages;
      response.locals.DEFAULT_MESSAGE_LEVELS = DEFAULT_LEVELS;
      next();
    });
  };
}
