import type { IncomingMessage, ServerResponse } from "node:http";
import { isPromise, type MaybePromise } from "../../core/async.ts";
import type { Session } from "../../core/exchange.ts";
import type { Mount } from "../../core/mount.ts";
import { attachMessages } from "../../core/request.ts";
import type { Config } from "../../settings/settings.ts";
import { RECEIPTS_HEADER } from "../../wire/receipts.ts";
import { MAX_COOKIE } from "../sessions/cookie-limit.ts";
import { managedSession, type SessionManager } from "../sessions/managed-session.ts";
import { type NodeContext, NodeExchange } from "./node-exchange.ts";
import { NodeVisit } from "./node-visit.ts";

/** What messages need of an event of h3 1, on which Nitro 2 runs. */
export interface NitroEvent {
  readonly node: { readonly req: IncomingMessage & { readonly __unenv__?: unknown }; readonly res: ServerResponse };
  readonly context: Record<string, unknown>;
  /** Set where somebody has taken over the response, though its headers are not out yet. */
  _handled: boolean;
}

/** One event of Nitro. */
export class NitroVisit extends NodeVisit implements NodeContext {
  readonly request: NitroEvent;
  readonly mount: Mount;
  readonly savesWithHeaders = true;
  readonly #session: (() => SessionManager | undefined) | undefined;
  #committing: Promise<void> | undefined;

  /** @param session the session of the event, if the app has one. */
  constructor(config: Config, event: NitroEvent, mount: Mount, session?: () => SessionManager | undefined) {
    super(config, event.node.res);
    this.request = event;
    this.mount = mount;
    this.#session = session;
    attachMessages(event, this);
    attachMessages(event.node.req, this);
  }

  /** Waits for a response that is held back: where Nitro calls itself, no client waits for the end of the response. */
  async sent(): Promise<void> {
    await this.#committing?.catch(() => {});
  }

  override commit(status: number): MaybePromise<void> {
    const done = super.commit(status);
    if (isPromise(done)) {
      this.#committing = done;
      // While the response is held back, h3 must not take it for one that is not sent, and answer 404.
      this.request._handled = true;
    }
    return done;
  }

  openSession(): () => Session | undefined {
    return () => managedSession(this.#session?.(), () => hasWritableCookies(this.response));
  }

  protected get hasSession(): boolean {
    return this.#session !== undefined;
  }

  protected exchange(): NodeExchange {
    const { req } = this.request.node;
    return new NodeExchange(this, req, this.response, req.headers[RECEIPTS_HEADER] !== undefined);
  }
}

function hasWritableCookies(response: ServerResponse): boolean {
  const cookies = [response.getHeader("Set-Cookie") ?? []].flat();
  return cookies.every((cookie) => (String(cookie).split(";", 1)[0] ?? "").length <= MAX_COOKIE);
}
