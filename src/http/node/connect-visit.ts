import { IncomingMessage, type ServerResponse } from "node:http";
import type { Session } from "../../core/exchange.ts";
import type { Mount } from "../../core/mount.ts";
import type { Config } from "../../settings/settings.ts";
import { sessionOnRequest } from "../sessions/request-session.ts";
import { defineGetter, enter } from "../visit.ts";
import { type NodeContext, NodeExchange } from "./node-exchange.ts";
import { NodeVisit } from "./node-visit.ts";

/** A request that goes from one middleware to the next: of plain `node:http`, of Connect, and of Express. */
export class ConnectVisit extends NodeVisit implements NodeContext {
  readonly request: IncomingMessage;
  readonly mount: Mount;
  readonly savesWithHeaders = false;

  constructor(config: Config, mount: Mount, request: IncomingMessage, response: ServerResponse) {
    super(config, response);
    this.request = request;
    this.mount = mount;
  }

  openSession(): () => Session | undefined {
    return sessionOnRequest(this.request as { session?: unknown }, this.mount);
  }

  protected get hasSession(): boolean {
    return "session" in this.request;
  }

  protected exchange(): NodeExchange {
    return new NodeExchange(this, this.request, this.response);
  }
}

/** Lets a request come through messages(), and goes on once what the handler cannot wait for is there. */
export function enterConnect(visit: ConnectVisit, next: (error?: unknown) => void): void {
  enter(visit.request, visit, visit.mount, isOfNode);
  let loading: Promise<void> | undefined;
  try {
    loading = visit.prepare();
  } catch (error) {
    // Plain `node:http` catches nothing: one request would end the process.
    next(error);
    return;
  }
  if (loading) loading.then(() => next(), next);
  else next();
}

/** Apps hand requests on to other apps, which give them prototypes of their own; but all of them inherit from Node's. */
function isOfNode(request: object): boolean {
  if (!(request instanceof IncomingMessage)) return false;
  defineGetter(IncomingMessage.prototype);
  return true;
}
