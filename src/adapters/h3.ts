/**
 * Messages for h3 2.
 *
 * @module
 */
import { type H3Event, type Middleware, toResponse } from "h3";
import type { Levels } from "../core/levels.ts";
import { type Mount, rememberMount } from "../core/mount.ts";
import type { AppMessages, RegisteredLevels } from "../core/request.ts";
import { FetchExchange } from "../http/fetch/fetch-exchange.ts";
import { managedSession, type SessionManager } from "../http/sessions/managed-session.ts";
import { type Config, defineMessages, type Settings } from "../settings/settings.ts";

declare module "h3" {
  interface H3EventContext {
    /** The messages of this request; there once `messages()` of `onceover/h3` has run. */
    messages: AppMessages;
  }
}

/** What else h3's messages may need. */
export interface H3Options {
  /**
   * The session of a request, which a middleware before this one has opened; by default there is none, and what does not fit
   * into cookies is not stored.
   */
  readonly session?: (event: H3Event) => SessionManager | undefined;
}

/**
 * Puts `event.context.messages` on each request, and writes what became of them onto its response.
 *
 * Mount it after the session, if there is one, and before whatever uses messages.
 *
 * @param settings see {@link Settings}; or what `defineMessages()` returned.
 * @param options where the session is, if there is one.
 * @returns a middleware.
 * @throws {MessagesError} `invalid-setting`, when the app starts.
 *
 * Django: `MessageMiddleware`.
 *
 * @example
 * ```ts
 * import { H3, redirect } from "h3";
 * import { messages } from "onceover/h3";
 *
 * export const app = new H3();
 * app.use(messages({ secret: process.env.SECRET }));
 *
 * app.post("/profile", (event) => {
 *   event.context.messages.success("Profile updated.");
 *   return redirect("/profile", 303);
 * });
 * app.get("/profile", (event) => [...event.context.messages].join("\n"));
 * ```
 */
export function messages<const L extends Levels = RegisteredLevels>(
  settings: Settings<L> | Config<L> = {},
  options: H3Options = {},
): Middleware {
  const config = defineMessages(settings);
  const { session } = options;
  rememberMount(MOUNT);
  return async function onceover(event, next) {
    const exchange = new FetchExchange(config, event.req as unknown as Request, {
      mount: MOUNT,
      native: event,
      session: session && (() => managedSession(session(event))),
    });
    event.context.messages = exchange.messages as unknown as AppMessages;
    await exchange.prepare();

    const outcome = await settle(next);
    if (outcome.isFailure) exchange.delivery.fail();
    // The app's own hook for responses is h3's to call, once.
    const { onResponse: _, ...appConfig } = event.app?.config ?? {};
    const isPrinted = holds(outcome.value, exchange.messages);
    if (exchange.delivery.isTouched || isPrinted || (outcome.isFailure && appConfig.onError)) {
      // An error becomes a response here, so that the page which the app makes of it in `onError` can show messages; and so do
      // the messages themselves, which h3 makes JSON of after all middleware.
      return exchange.finish(await toResponse(outcome.value, event, appConfig));
    }
    // Untouched, it is passed on as it is, whatever it is; but from now on it is too late.
    await exchange.finish(outcome.value as Response);
    if (outcome.isThrown) throw outcome.value;
    return outcome.value;
  };
}

/** How h3 says that no route matches. */
const NOT_FOUND = Symbol.for("h3.notFound");

interface Outcome {
  readonly value: unknown;
  readonly isThrown: boolean;
  /** True for whatever h3 hands to the app's `onError`. */
  readonly isFailure: boolean;
}

/** True for the messages, and for an object or an array with them in it. */
function holds(value: unknown, messages: object): boolean {
  if (typeof value !== "object" || value === null) return false;
  return value === messages || Object.values(value).includes(messages);
}

async function settle(next: () => unknown): Promise<Outcome> {
  try {
    const value = await next();
    return { value, isThrown: false, isFailure: value instanceof Error || value === NOT_FOUND };
  } catch (value) {
    return { value, isThrown: true, isFailure: true };
  }
}

const MOUNT: Mount = {
  messages: "`app.use(messages(…))` before the middleware and the routes that use messages",
  session:
    "a middleware that sets `event.context.session = await useSession(event, …)`, and after it " +
    "`app.use(messages(settings, { session: (event) => event.context.session }))`",
  deadline: "before the handler returns",
};
