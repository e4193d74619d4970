import type { IncomingMessage, ServerResponse } from "node:http";
import { isPromise, type MaybePromise } from "../../core/async.ts";
import type { Mount } from "../../core/mount.ts";
import { type AppMessages, linkMessages, MESSAGES } from "../../core/request.ts";
import { Delivery } from "../../delivery/delivery.ts";
import type { Config } from "../../settings/settings.ts";
import { RECEIPTS_HEADER } from "../../wire/receipts.ts";
import { setState } from "../lazy-messages.ts";
import { managedSession, type SessionManager } from "../sessions/managed-session.ts";
import { watch, watchEarly } from "./node-delivery.ts";
import { headerOf, NodeExchange } from "./node-exchange.ts";

/** What messages need of an event of h3 1, on which Nitro 2 runs. */
export interface NitroEvent {
  readonly node: { readonly req: IncomingMessage & { readonly __unenv__?: unknown }; readonly res: ServerResponse };
  readonly context: Record<string, unknown>;
  /** Set where somebody has taken over the response, though its headers are not out yet. */
  _handled: boolean;
}

/** More than this, as name and value of one cookie, browsers do not keep (RFC 6265 §6.1). */
const MAX_COOKIE = 4096;

/** One event of Nitro, and the delivery of its messages, which commits before the headers of its response go out. */
export class NitroVisit {
  readonly #config: Config;
  readonly #event: NitroEvent;
  readonly #mount: Mount;
  readonly #session: (() => SessionManager | undefined) | undefined;
  #delivery: Delivery | undefined;
  #committing: Promise<void> | undefined;

  /** @param session the session of the event, if the app has one. */
  constructor(config: Config, event: NitroEvent, mount: Mount, session?: () => SessionManager | undefined) {
    this.#config = config;
    this.#event = event;
    this.#mount = mount;
    this.#session = session;
    linkMessages(event, this);
    linkMessages(event.node.req, this);
    watchEarly(config, event, event.node.res, session !== undefined, (done) => this.#onCommit(done));
    if (!config.isLazy) void this.#deliver().prepare(false);
  }

  get messages(): AppMessages {
    return this.#deliver().messages as AppMessages;
  }

  /** What the function form looks for. */
  get [MESSAGES](): AppMessages {
    return this.messages;
  }

  /** Opens an asynchronous storage. */
  prepare(isPage?: boolean): Promise<void> | undefined {
    return this.#config.isLazy ? undefined : this.#deliver().prepare(isPage);
  }

  /** Waits for a response that is held back: where Nitro calls itself, no client waits for the end of the response. */
  async sent(): Promise<void> {
    await this.#committing?.catch(() => {});
  }

  #deliver(): Delivery {
    if (this.#delivery) return this.#delivery;
    const { req, res } = this.#event.node;
    const exchange = new NodeExchange(req, res, {
      mount: this.#mount,
      request: this.#event,
      openSession: () => () => managedSession(this.#session?.(), () => hasWritableCookies(res)),
      needsReceipt: headerOf(req, RECEIPTS_HEADER) !== undefined,
    });
    this.#delivery = new Delivery(this.#config, exchange);
    setState(this.#event, this.#delivery);
    const hasSession = this.#session !== undefined;
    if (!exchange.isAnswered) watch(this.#config, this.#event, res, hasSession, (done) => this.#onCommit(done));
    return this.#delivery;
  }

  #onCommit(done: MaybePromise<void>): void {
    if (!isPromise(done)) return;
    this.#committing = done;
    // While the response is held back, h3 must not take it for one that is not sent, and answer 404.
    this.#event._handled = true;
  }
}

function hasWritableCookies(response: ServerResponse): boolean {
  const cookies = [response.getHeader("Set-Cookie") ?? []].flat();
  return cookies.every((cookie) => (String(cookie).split(";", 1)[0] ?? "").length <= MAX_COOKIE);
}
