/**
 * Messages for SvelteKit.
 *
 * @module
 */

import type { SetCookie } from "../core/exchange.ts";
import type { Levels } from "../core/levels.ts";
import type { MessageJson } from "../core/message.ts";
import { type Mount, rememberMount } from "../core/mount.ts";
import { type AppMessages, findMessages, noMiddleware, type RegisteredLevels } from "../core/request.ts";
import { FetchExchange } from "../http/fetch/fetch-exchange.ts";
import { type Config, defineMessages, type Settings } from "../settings/settings.ts";

declare global {
  namespace App {
    interface Locals {
      /** The messages of this request. */
      messages: AppMessages;
    }
  }
}

/** What is used of SvelteKit's `RequestEvent`, without the types of one version. */
export interface SvelteKitEvent {
  readonly request: Request;
  readonly locals: App.Locals;
  readonly cookies: { set(name: string, value: string, options: object): void };
  readonly isDataRequest: boolean;
  readonly isRemoteRequest: boolean;
  readonly isSubRequest: boolean;
}

/** What is used of the event of a server `load`. */
export interface SvelteKitLoadEvent {
  readonly url: { readonly href: string };
  depends(dependency: "onceover:messages"): void;
}

/** SvelteKit's `Handle`. */
export type SvelteKitHandle = <Event extends SvelteKitEvent>(input: {
  event: Event;
  resolve: (event: Event) => Response | Promise<Response>;
}) => Promise<Response>;

/**
 * Puts `event.locals.messages` on each request, and writes what became of them onto its response.
 *
 * Export it as `handle` from `src/hooks.server.ts`. With other handles, put it first: `sequence(messages(…), others)`.
 *
 * @param settings see {@link Settings}; or what `defineMessages()` returned.
 * @returns a `Handle`.
 * @throws {MessagesError} `invalid-setting`, when the app starts.
 *
 * Django: `MessageMiddleware`.
 *
 * @example
 * ```ts
 * // src/hooks.server.ts
 * import { messages } from "onceover/sveltekit";
 *
 * export const handle = messages({ secret: process.env.SECRET });
 * ```
 */
export function messages<const L extends Levels = RegisteredLevels>(
  settings: Settings<L> | Config<L> = {},
): SvelteKitHandle {
  const config = defineMessages(settings);
  rememberMount(SVELTEKIT);
  return async function onceover({ event, resolve }) {
    const exchange = new SvelteKitExchange(config, event);
    event.locals.messages = exchange.messages as unknown as AppMessages;
    await exchange.prepare();
    let response: Response;
    try {
      response = await resolve(event);
    } catch (thrown) {
      await exchange.finishWithoutResponse();
      throw thrown;
    }
    return exchange.finish(response);
  };
}

/**
 * Takes the messages for a page, in the `load` of its layout: `src/routes/+layout.server.ts`.
 *
 * SvelteKit's router in the browser asks for them again with each page it goes to, when data are refreshed, and at
 * `invalidate("onceover:messages")`. The layout hands to `shown()` of `onceover/shown` what it shows.
 *
 * @param event the event of a server `load`.
 * @returns the messages as JSON.
 * @throws {MessagesError} `no-middleware`.
 *
 * Django: the context processor `messages`.
 *
 * @example
 * ```ts
 * // src/routes/+layout.server.ts
 * import { loadMessages, type SvelteKitLoadEvent } from "onceover/sveltekit";
 *
 * export const load = async (event: SvelteKitLoadEvent) => ({ messages: await loadMessages(event) });
 * ```
 */
export async function loadMessages(event: SvelteKitLoadEvent): Promise<MessageJson[]> {
  // A layout's load runs again only when something that it has read changes: the address does with each page.
  void event.url.href;
  event.depends("onceover:messages");
  const messages = findMessages(event);
  if (!messages) throw noMiddleware(SVELTEKIT);
  return (await messages.load()).toJSON();
}

class SvelteKitExchange<L extends Levels> extends FetchExchange<L> {
  readonly #event: SvelteKitEvent;
  #hasResponse = true;

  constructor(config: Config<L>, event: SvelteKitEvent) {
    super(config, event.request, { mount: SVELTEKIT, native: event, needsReceipt: isForScript(event) });
    this.#event = event;
  }

  protected override addCookie(cookie: SetCookie): void {
    const { name, value, attributes } = cookie;
    if (this.#hasResponse) super.addCookie(cookie);
    else this.#event.cookies.set(name, value, { ...attributes, encode: (raw: string) => raw });
  }

  /** A handle after this one has thrown: SvelteKit itself answers a redirect, with the cookies of the event. */
  async finishWithoutResponse(): Promise<void> {
    this.#hasResponse = false;
    await this.finish(new Response(null, { status: 500 }));
  }
}

/**
 * True if a script gets the answer, and may never show it: a page's data, which SvelteKit asks for when a link is
 * hovered over; what a remote function or an enhanced form's action returns; what a `load` fetches from the app.
 */
function isForScript({ request, isDataRequest, isRemoteRequest, isSubRequest }: SvelteKitEvent): boolean {
  return isDataRequest || isRemoteRequest || isSubRequest || request.headers.has("x-sveltekit-action");
}

const SVELTEKIT: Mount = {
  messages: "`export const handle = sequence(messages(…), …)` in `src/hooks.server.ts`",
  session: "a storage of your own with `messages({ storage })`, as SvelteKit has no session",
  deadline: "in an action or a `load`, before it returns, and not in what a page streams",
};
