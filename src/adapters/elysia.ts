/**
 * Messages for Elysia 1.4, on Bun and, with `@elysiajs/node`, on Node.js.
 *
 * @module
 */
import { Elysia } from "elysia";
import { MessagesError } from "../core/errors.ts";
import type { Levels } from "../core/levels.ts";
import type { MessagesOf } from "../core/messages.ts";
import { type Mount, rememberMount } from "../core/mount.ts";
import { findMessages, type RegisteredLevels } from "../core/request.ts";
import { FetchExchange } from "../http/fetch/fetch-exchange.ts";
import { type Config, defineMessages, type Settings } from "../settings/settings.ts";
import type { FetchOptions } from "./fetch.ts";

/** A plugin that gives `messages` to the context of every route after it. */
export type MessagesPlugin<L extends Levels> = Elysia<
  "",
  {
    decorator: Record<never, never>;
    store: Record<never, never>;
    derive: { readonly messages: MessagesOf<L> };
    resolve: Record<never, never>;
  }
>;

/** Elysia takes plugins of one name and seed for one plugin: those of two calls are two, and mounting both is an error. */
let plugins = 0;

/**
 * Puts `messages` into the context of each route, and writes what became of them onto its response.
 *
 * Mount it before the routes. Instances that each `use` the same plugin, for its types, mount it once. The function form
 * takes `request`.
 *
 * @param settings see {@link Settings}; or what `defineMessages()` returned.
 * @param options where the session of a request is, if there is one.
 * @returns a plugin.
 * @throws {MessagesError} `invalid-setting`, when the app starts.
 *
 * Django: `MessageMiddleware`.
 *
 * @example
 * ```ts
 * import { Elysia, redirect } from "elysia";
 * import { messages } from "onceover/elysia";
 *
 * export const app = new Elysia()
 *   .use(messages({ secret: process.env.SECRET }))
 *   .post("/profile", ({ messages }) => {
 *     messages.success("Profile updated.");
 *     return redirect("/profile", 303);
 *   })
 *   .get("/profile", ({ messages }) => [...messages].join("\n"));
 * ```
 */
export function messages<const L extends Levels = RegisteredLevels>(
  settings: Settings<L> | Config<L> = {},
  options: FetchOptions = {},
): MessagesPlugin<L> {
  const config = defineMessages(settings);
  const { session } = options;
  rememberMount(ELYSIA);
  plugins += 1;
  const answer = async (request: Request, handler: (request: Request) => unknown) => {
    const exchange = new FetchExchange(config, request, {
      mount: ELYSIA,
      session: session && (() => session(request)),
    });
    await exchange.prepare();
    return exchange.finish((await handler(request)) as Response);
  };
  return (
    new Elysia({ name: "onceover", seed: plugins })
      // Hooks do not see every response (those of errors, HEAD and redirects): this goes around all of them.
      .wrap((handler, request) => () => answer(request, handler).catch(fail))
      .derive({ as: "global" }, ({ request }) => ({ messages: messagesOf<L>(request) }))
  );
}

const ELYSIA: Mount = {
  messages: "`app.use(messages(…))` before the routes that use messages",
  session: "a session with `messages(settings, { session: (request) => … })`",
  deadline: "before the handler returns",
};

/** @throws {MessagesError} `no-middleware` if Elysia called the routes without what is wrapped around them. */
function messagesOf<L extends Levels>(request: Request): MessagesOf<L> {
  const found = findMessages(request);
  if (found) return found as MessagesOf<L>;
  throw new MessagesError(
    "no-middleware",
    "This app was made with `new Elysia({ aot: false })`, where Elysia leaves out what plugins wrap around the handlers, " +
      "messages() too. Leave `aot` on.",
  );
}

/** Elysia catches errors inside of what is wrapped: out here, one would end the process on Node.js. */
function fail(error: unknown): Response {
  console.error(error);
  return new Response("Internal Server Error", { status: 500 });
}
