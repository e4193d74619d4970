/**
 * Messages for Express 4 and 5.
 *
 * @module
 */

import type { DEFAULT_LEVELS, Levels } from "../core/levels.ts";
import type { MessagesView } from "../core/messages-view.ts";
import type { Mount } from "../core/mount.ts";
import type { AppMessages, RegisteredLevels } from "../core/request.ts";
import { type ExpressMiddleware, expressMiddleware } from "../http/node/express-middleware.ts";
import { type Config, defineMessages, type Settings } from "../settings/settings.ts";

export type { ExpressMiddleware } from "../http/node/express-middleware.ts";

declare global {
  namespace Express {
    // Also what `onceover/node` says of every IncomingMessage: an app that imports this module alone does not see that.
    interface Request {
      /** The messages of this request. */
      messages: AppMessages;
    }
    interface Locals {
      /** For templates: the messages of this request (Django: the context processor's `messages`). */
      messages: MessagesView;
      /** For templates: `DEFAULT_MESSAGE_LEVELS.ERROR` and the others. */
      DEFAULT_MESSAGE_LEVELS: typeof DEFAULT_LEVELS;
    }
  }
}

/**
 * Puts `req.messages` on each request, and `messages` and `DEFAULT_MESSAGE_LEVELS` into `res.locals` for templates.
 *
 * Mount it after the session, if there is one, and before the routes.
 *
 * @param settings see {@link Settings}; or what `defineMessages()` returned.
 * @returns a middleware.
 * @throws {MessagesError} `invalid-setting`, when the app starts.
 *
 * Django: `MessageMiddleware` and the context processor `messages`.
 *
 * @example
 * ```ts
 * import express from "express";
 * import { messages } from "onceover/express";
 *
 * export const app = express();
 * app.use(messages({ secret: process.env.SECRET }));
 *
 * app.post("/profile", (req, res) => {
 *   req.messages.success("Profile updated.");
 *   res.redirect("/profile");
 * });
 * app.get("/profile", (req, res) => {
 *   res.send([...req.messages].join("<br>"));
 * });
 * ```
 */
export function messages<const L extends Levels = RegisteredLevels>(
  settings: Settings<L> | Config<L> = {},
): ExpressMiddleware {
  return expressMiddleware(defineMessages(settings), EXPRESS);
}

const EXPRESS: Mount = {
  messages: "`app.use(messages(…))` before the routes that use messages",
  session: "`app.use(session(…))` before `app.use(messages(…))`",
  deadline: "before `res.send()`, `res.redirect()` or `res.render()`",
};
