import type { IncomingMessage, ServerResponse } from "node:http";
import type { Levels } from "../../core/levels.ts";
import { type Mount, rememberMount } from "../../core/mount.ts";
import type { Config } from "../../settings/settings.ts";
import { ConnectVisit, enterConnect } from "./connect-visit.ts";

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
    enterConnect(new ConnectVisit(config, mount, request, response), next);
  };
}
