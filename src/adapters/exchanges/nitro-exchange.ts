import type { IncomingMessage, ServerResponse } from "node:http";
import { isPromise, type MaybePromise } from "../../async.ts";
import type { Levels } from "../../levels.ts";
import type { Mount } from "../../mount.ts";
import type { Config } from "../../settings.ts";
import { RECEIPTS_HEADER } from "../nuxt-app.ts";
import { managedSession, type SessionManager } from "../sessions/managed-session.ts";
import { NodeExchange } from "./node-exchange.ts";

/** What messages need of an event of h3 1, on which Nitro 2 runs. */
export interface NitroEvent {
  readonly node: { readonly req: IncomingMessage & { readonly __unenv__?: unknown }; readonly res: ServerResponse };
  readonly context: Record<string, unknown>;
  /** Set where somebody has taken over the response, though its headers are not out yet. */
  _handled: boolean;
}

/** More than this, as name and value of one cookie, browsers do not keep (RFC 6265 §6.1). */
const MAX_COOKIE = 4096;

/** The messages of one event of Nitro, and what becomes of them before its headers go out. */
export class NitroExchange<L extends Levels> extends NodeExchange<L> {
  readonly asksForData: boolean;
  readonly #event: NitroEvent;
  #committing: Promise<void> | undefined;

  /** @param session the session of the event, if the app has one. */
  constructor(config: Config<L>, event: NitroEvent, mount: Mount, session?: () => SessionManager | undefined) {
    const { req, res } = event.node;
    super(config, req, res, {
      mount,
      request: event,
      openSession: () => () => managedSession(session?.(), () => hasWritableCookies(res)),
    });
    this.asksForData = this.header(RECEIPTS_HEADER) !== undefined;
    this.#event = event;
    // `res.end([...messages].join())` looks `end` up before it touches the messages: see node-middleware.ts.
    if (!config.storage.synchronous || session !== undefined) this.watch();
  }

  /** Waits for a response that is held back: where Nitro calls itself, nobody waits for the end of the response. */
  async sent(): Promise<void> {
    await this.#committing?.catch(() => {});
  }

  override commit(status: number): MaybePromise<void> {
    const committing = super.commit(status);
    if (isPromise(committing)) {
      this.#committing = committing;
      // While the response is held back, h3 must not take it for one that nobody sends, and answer 404.
      this.#event._handled = true;
    }
    return committing;
  }
}

function hasWritableCookies(response: ServerResponse): boolean {
  const cookies = [response.getHeader("Set-Cookie") ?? []].flat();
  return cookies.every((cookie) => (String(cookie).split(";", 1)[0] ?? "").length <= MAX_COOKIE);
}
