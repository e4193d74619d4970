/**
 * Messages for Fastify 5.
 *
 * @module
 */
import type { FastifyPluginAsync } from "fastify";
import type { DEFAULT_LEVELS, Levels } from "../core/levels.ts";
import type { MessagesView } from "../core/messages-view.ts";
import type { Mount } from "../core/mount.ts";
import type { AppMessages, RegisteredLevels } from "../core/request.ts";
import { fastifyPlugin } from "../http/node/fastify-plugin.ts";
import { type Config, defineMessages, type Settings } from "../settings/settings.ts";

declare module "fastify" {
  interface FastifyRequest {
    /** The messages of this request. */
    messages: AppMessages;
  }
  interface FastifyReply {
    /** What @fastify/view gives to every template. */
    locals: ReplyLocals;
  }
  /** Declare here what else your hooks put into `reply.locals`. */
  interface ReplyLocals {
    /** For templates: the messages of this request (Django: the context processor's `messages`). */
    messages: MessagesView;
    /** For templates: `DEFAULT_MESSAGE_LEVELS.ERROR` and the others. */
    DEFAULT_MESSAGE_LEVELS: typeof DEFAULT_LEVELS;
  }
}

/**
 * Puts `request.messages` on each request, and `messages` and `DEFAULT_MESSAGE_LEVELS` into `reply.locals`, for the
 * templates of @fastify/view.
 *
 * Register it on the root instance, and before the session, if there is one: hooks run in the order in which they were
 * registered, and the session is to be saved with the messages in it.
 *
 * @param settings see {@link Settings}; or what `defineMessages()` returned.
 * @returns a plugin, for the instance that it is registered on and all below.
 * @throws {MessagesError} `invalid-setting`, at once; from `app.ready()` and `app.listen()`, `mounted-twice`, or
 *   `no-session` if the session was registered before it.
 *
 * Django: `MessageMiddleware` and the context processor `messages`.
 *
 * @example
 * ```ts
 * import fastify from "fastify";
 * import { messages } from "onceover/fastify";
 *
 * export const app = fastify();
 * app.register(messages({ secret: process.env.SECRET }));
 *
 * app.post("/profile", async (request, reply) => {
 *   request.messages.success("Profile updated.");
 *   return reply.redirect("/profile", 303);
 * });
 * app.get("/profile", async (request) => [...request.messages].join("\n"));
 * ```
 */
export function messages<const L extends Levels = RegisteredLevels>(
  settings: Settings<L> | Config<L> = {},
): FastifyPluginAsync {
  return fastifyPlugin(defineMessages(settings), FASTIFY);
}

const FASTIFY: Mount = {
  messages: "`app.register(messages(…))` on the root instance, and before the session",
  session: "`app.register(session, …)` after `app.register(messages(…))`",
  deadline: "before `reply.send()`, `reply.view()` or `reply.redirect()`, or before the handler returns",
};
