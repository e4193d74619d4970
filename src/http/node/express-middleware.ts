import type { IncomingMessage, ServerResponse } from "node:http";
import type { Levels } from "../../core/levels.ts";
import { type Mount, rememberMount } from "../../core/mount.ts";
import type { Delivery } from "../../delivery/delivery.ts";
import type { Config } from "../../settings/settings.ts";
import { localsOf } from "../template-locals.ts";
import { ConnectVisit, enterConnect } from "./connect-visit.ts";
import { hearFailures } from "./express-failures.ts";

/** An Express middleware, without the types of one version of Express. */
export type ExpressMiddleware = (
  request: IncomingMessage,
  response: ServerResponse & { locals?: Record<string, unknown> },
  next: (error?: unknown) => void,
) => void;

class ExpressVisit extends ConnectVisit {
  protected override deliver(): Delivery {
    hearFailures((this.request as { app?: object }).app);
    return super.deliver();
  }
}

/** The middleware of Express, and of every framework on it: what Node's does, and the locals for templates. */
export function expressMiddleware<L extends Levels>(config: Config<L>, mount: Mount): ExpressMiddleware {
  rememberMount(mount);
  const addLocals = localsOf(config.local);
  return function onceover(request, response, next) {
    const visit = new ExpressVisit(config, mount, request, response);
    response.locals ??= {};
    addLocals(response.locals, visit);
    enterConnect(visit, next);
  };
}
