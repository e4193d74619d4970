/**
 * Messages for React Router 8 in framework mode.
 *
 * @module
 */

import type { Levels } from "../core/levels.ts";
import { type Mount, rememberMount } from "../core/mount.ts";
import { type AppMessages, attachMessages, noMiddleware, type RegisteredLevels } from "../core/request.ts";
import { FetchExchange, mayShowPage } from "../http/fetch/fetch-exchange.ts";
import { CommittedSession, type SessionStorage } from "../http/sessions/committed-session.ts";
import { type Config, defineMessages, type Settings } from "../settings/settings.ts";

/** A key of React Router's context, as `createContext()` makes it. */
export interface RouterContext<T> {
  readonly defaultValue: T;
}

/** React Router's `RouterContextProvider`: the `context` of loaders, actions and middleware. */
export interface RouterContextProvider {
  get<T>(context: RouterContext<T>): T;
  set(context: RouterContext<AppMessages>, messages: AppMessages): void;
}

/** What loaders, actions and middleware get. */
export interface HandlerArgs {
  readonly request: Request;
  readonly context: RouterContextProvider;
}

/** A middleware of React Router, without the types of one version of it. */
export type ReactRouterMiddleware = (args: HandlerArgs, next: () => Promise<Response>) => Promise<Response>;

/** What else React Router's messages may need. */
export interface ReactRouterOptions {
  /** The app's session storage; by default there is none, and what does not fit into cookies is not stored. */
  readonly session?: SessionStorage;
}

/**
 * The key to the messages of a request: `context.get(messagesContext)`, in loaders, actions and middleware.
 *
 * Getting them from a request that did not go through {@link messages} is a {@link MessagesError} `no-middleware`.
 */
export const messagesContext: RouterContext<AppMessages> = {
  get defaultValue(): AppMessages {
    throw noMiddleware(REACT_ROUTER);
  },
};

/**
 * Gives loaders and actions the messages of each request, at {@link messagesContext}.
 *
 * Mount it in `app/root.tsx`, before a middleware that commits a session.
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
 * import { type HandlerArgs, messages, messagesContext } from "onceover/react-router";
 *
 * export const middleware = [messages({ secret: process.env.SECRET })];
 *
 * // In an app, loaders take `Route.LoaderArgs`, and actions `Route.ActionArgs`.
 * export function loader({ context }: HandlerArgs) {
 *   return { messages: context.get(messagesContext).toJSON() };
 * }
 *
 * export function action({ context }: HandlerArgs) {
 *   context.get(messagesContext).success("Profile updated.");
 *   return Response.redirect("https://example.com/profile", 303);
 * }
 * ```
 */
export function messages<const L extends Levels = RegisteredLevels>(
  settings: Settings<L> | Config<L> = {},
  { session: storage }: ReactRouterOptions = {},
): ReactRouterMiddleware {
  const config = defineMessages(settings);
  rememberMount(REACT_ROUTER);
  return async ({ request, context }, next) => {
    const session = storage && new CommittedSession(storage, request);
    const exchange = new FetchExchange(config, request, {
      mount: REACT_ROUTER,
      session: session && (() => session),
      hasAsyncSession: true,
      needsReceipt: isForData(request),
    });
    // For the function form: loaders that run after an action get a copy of the request, and the same context.
    attachMessages(context, exchange);
    context.set(messagesContext, exchange.messages as AppMessages);
    await exchange.prepare(mayShowPage(request));
    const finish = async (response: Response) => exchange.finish(response);
    const response = await next();
    return session ? session.commitTo(response, finish) : finish(response);
  };
}

/** The router in the browser asks for `/about.data`, and shows what it gets, or does not. */
function isForData(request: Request): boolean {
  return new URL(request.url).pathname.endsWith(".data");
}

const REACT_ROUTER: Mount = {
  messages: "`export const middleware = [messages(…)]` in app/root.tsx",
  session: "the app's session storage with `messages(settings, { session: sessionStorage })`",
  deadline: "before the loader or action returns: a promise that it returns is too late",
};
