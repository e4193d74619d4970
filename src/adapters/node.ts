/**
 * Messages for plain `node:http`, Connect, and every framework on them.
 *
 * @module
 */

import type { Levels } from "../core/levels.ts";
import type { Mount } from "../core/mount.ts";
import type { AppMessages, RegisteredLevels } from "../core/request.ts";
import { type NodeMiddleware, nodeMiddleware } from "../http/node/node-middleware.ts";
import { type Config, defineMessages, type Settings } from "../settings/settings.ts";

export type { NodeMiddleware } from "../http/node/node-middleware.ts";

// Not "node:http", which is another name for it: some packages add to "http", and the compiler cannot join the two.
declare module "http" {
  interface IncomingMessage {
    /** The messages of this request; there once `messages()` of `onceover/node` or `onceover/express` has run. */
    messages: AppMessages;
  }
}

/**
 * Puts `request.messages` on each request, and writes what became of them before the response's headers go out.
 *
 * @param settings see {@link Settings}; or what `defineMessages()` returned.
 * @returns a middleware for Connect; with plain `node:http`, call it with your handler as `next`.
 * @throws {MessagesError} `invalid-setting`, when the app starts.
 *
 * @example
 * ```ts
 * import { createServer } from "node:http";
 * import { messages } from "onceover/node";
 *
 * const withMessages = messages({ secret: process.env.SECRET });
 *
 * export const server = createServer((request, response) =>
 *   withMessages(request, response, () => {
 *     if (request.method === "POST") {
 *       request.messages.success("Saved.");
 *       response.writeHead(303, { Location: "/" }).end();
 *     } else {
 *       response.end([...request.messages].join("\n"));
 *     }
 *   }),
 * );
 * ```
 */
export function messages<const L extends Levels = RegisteredLevels>(
  settings: Settings<L> | Config<L> = {},
): NodeMiddleware {
  return nodeMiddleware(defineMessages(settings), NODE);
}

const NODE: Mount = {
  messages: "`app.use(messages(…))` of Connect, or your handler as its `next`, before whatever uses messages",
  session: "`app.use(session(…))` before `app.use(messages(…))`",
  deadline: "before `response.writeHead()`, `write()` or `end()`",
};
