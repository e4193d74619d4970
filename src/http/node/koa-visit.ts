import type { IncomingMessage, ServerResponse } from "node:http";
import type { Session } from "../../core/exchange.ts";
import type { Mount } from "../../core/mount.ts";
import type { Config } from "../../settings/settings.ts";
import { type SessionContext, sessionOnContext } from "../sessions/koa-session.ts";
import { type NodeContext, NodeExchange } from "./node-exchange.ts";
import { NodeVisit } from "./node-visit.ts";

/** What a visit needs of Koa's context. */
interface Context extends SessionContext {
  readonly req: object;
  readonly res: object;
}

/** A request of Koa. */
export class KoaVisit extends NodeVisit implements NodeContext {
  readonly request: Context;
  readonly mount: Mount;
  readonly savesWithHeaders = true;
  /** A session that comes later saves before the messages are written: so it counts whether there was one on entering. */
  protected readonly hasSession: boolean;

  constructor(config: Config, mount: Mount, context: Context) {
    super(config, context.res as ServerResponse);
    this.request = context;
    this.mount = mount;
    this.hasSession = "session" in context;
  }

  openSession(): () => Session | undefined {
    return sessionOnContext(this.request, this.mount, this.hasSession);
  }

  protected exchange(): NodeExchange {
    return new NodeExchange(this, this.request.req as IncomingMessage, this.response);
  }
}
