/**
 * Messages for any handler that takes a `Request` and returns a `Response`.
 *
 * @module
 */

import type { Session } from "../core/exchange.ts";
import type { Levels } from "../core/levels.ts";
import type { MessagesOf } from "../core/messages.ts";
import { type Mount, rememberMount } from "../core/mount.ts";
import type { RegisteredLevels } from "../core/request.ts";
import { FetchExchange } from "../http/fetch/fetch-exchange.ts";
import { type Config, defineMessages, type Settings } from "../settings/settings.ts";

/** A request with its messages. */
export type MessagesRequest<L extends Levels = RegisteredLevels, R extends Request = Request> = R & {
  readonly messages: MessagesOf<L>;
};

/** What else a fetch handler's messages may need. */
export interface FetchOptions {
  /** The session of a request; by default there is none, and what does not fit into cookies is not stored. */
  readonly session?: (request: Request) => Session | undefined;
}

/** What `messages()` returns: it wraps a handler, and passes on whatever else the server gives it. */
export type WithMessages<L extends Levels = RegisteredLevels> = <Rest extends unknown[], R extends Request = Request>(
  handler: (request: MessagesRequest<L, R>, ...rest: Rest) => Response | Promise<Response>,
) => (request: R, ...rest: Rest) => Promise<Response>;

/**
 * Puts `request.messages` on each request of a fetch handler, and writes what became of them onto its response.
 *
 * @param settings see {@link Settings}; or what `defineMessages()` returned.
 * @param options where the session is, if there is one.
 * @returns a function that wraps a handler.
 * @throws {MessagesError} `invalid-setting`, when the app starts.
 *
 * @example
 * ```ts
 * import { messages } from "onceover/fetch";
 *
 * const withMessages = messages({ secret: process.env.SECRET });
 *
 * export default {
 *   fetch: withMessages((request) => {
 *     if (request.method === "GET") return new Response([...request.messages].join("\n"));
 *     request.messages.success("Saved.");
 *     return Response.redirect(request.url, 303);
 *   }),
 * };
 * ```
 */
export function messages<const L extends Levels = RegisteredLevels>(
  settings: Settings<L> | Config<L> = {},
  options: FetchOptions = {},
): WithMessages<L> {
  const config = defineMessages(settings);
  const { session } = options;
  rememberMount(FETCH);
  return (handler) =>
    async (request, ...rest) => {
      const exchange = new FetchExchange(config, request, {
        mount: FETCH,
        session: session && (() => session(request)),
      });
      const withMessages = Object.assign(request, { messages: exchange.messages });
      await exchange.prepare();
      return exchange.finish(await handler(withMessages, ...rest));
    };
}

const FETCH: Mount = {
  messages: "the whole handler in `withMessages(handler)`",
  session: "a session with `messages(settings, { session: (request) => … })`",
  deadline: "before the handler returns its response",
};
