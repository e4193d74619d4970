/**
 * Messages for Hono 4, on Node.js, Bun, Deno and Cloudflare Workers.
 *
 * @module
 */
import type { Context, MiddlewareHandler } from "hono";
import { MessagesError } from "../core/errors.ts";
import type { Session } from "../core/exchange.ts";
import type { Levels } from "../core/levels.ts";
import type { MessagesOf } from "../core/messages.ts";
import { type Mount, rememberMount } from "../core/mount.ts";
import { type AppMessages, attachMessages, type RegisteredLevels } from "../core/request.ts";
import { FetchExchange } from "../http/fetch/fetch-exchange.ts";
import { honoSession, isHonoSession } from "../http/sessions/hono-session.ts";
import { type Config, defineMessages, type Settings } from "../settings/settings.ts";

declare module "hono" {
  interface ContextVariableMap {
    /** The messages of this request. */
    messages: AppMessages;
  }
}

/** What `messages()` adds to the types of an app whose middleware is chained: `new Hono().use(messages(…)).get(…)`. */
export interface MessagesEnv<L extends Levels> {
  Variables: { messages: MessagesOf<L> };
}

/**
 * Puts the messages of each request into `c.var.messages`, and writes what became of them onto its response.
 *
 * Mount it after the session, if there is one, and before the routes. A session is whatever is in `c.var.session` and has
 * `get`, `set` and `forget`, as that of hono-sessions. The function form takes `c`, `c.req` or `c.req.raw`.
 *
 * @param settings see {@link Settings}; or what `defineMessages()` returned. What is a function of the request gets `c`.
 * @returns a middleware.
 * @throws {MessagesError} `invalid-setting`, when the app starts.
 *
 * Django: `MessageMiddleware`.
 *
 * @example
 * ```ts
 * import { Hono } from "hono";
 * import { messages } from "onceover/hono";
 *
 * export const app = new Hono();
 * app.use(messages({ secret: process.env.SECRET }));
 *
 * app.post("/profile", (c) => {
 *   c.var.messages.success("Profile updated.");
 *   return c.redirect("/profile", 303);
 * });
 * app.get("/profile", (c) => c.text([...c.var.messages].join("\n")));
 * ```
 */
export function messages<const L extends Levels = RegisteredLevels>(
  settings: Settings<L> | Config<L> = {},
): MiddlewareHandler<MessagesEnv<L>> {
  const config = defineMessages(settings);
  rememberMount(HONO);
  return async function onceover(c, next) {
    const exchange = new HonoExchange(config, c);
    attachMessages(c.req, exchange);
    c.set("messages", exchange.messages as typeof exchange.messages & AppMessages);
    const preparing = exchange.prepare();
    if (preparing) await preparing;
    await next();
    if (!c.finalized) return; // No handler has answered: Hono says so.
    const { res } = c;
    const response = await exchange.finish(res);
    if (response === res) return;
    // Hono lays the headers of the response that is replaced over those of the new one, unless there is none.
    c.res = undefined;
    c.res = response;
  };
}

const HONO: Mount = {
  messages: "`app.use(messages(…))` before the routes that use messages",
  session: "`app.use(sessionMiddleware(…))` before `app.use(messages(…))`",
  deadline: "before the handler returns its response: `c.render()`, `c.html()`, `c.redirect()`",
};

/** A request as Hono knows it, and the session of hono-sessions, if there is one. */
class HonoExchange<L extends Levels> extends FetchExchange<L> {
  readonly #c: Context;
  readonly #hadSession: boolean;

  constructor(config: Config<L>, c: Context) {
    super(config, c.req.raw, { mount: HONO, native: c });
    this.#c = c;
    this.#hadSession = isHonoSession(c.get("session"));
  }

  /** Hono sets it before it asks the app for the page of the error. */
  get hasFailed(): boolean {
    return this.#c.error !== undefined;
  }

  /** @throws {MessagesError} `no-session` if the session was mounted inside: it is saved before the messages are written. */
  override get session(): Session | undefined {
    const session: unknown = this.#c.get("session");
    if (!isHonoSession(session)) return undefined;
    if (!this.#hadSession)
      throw new MessagesError(
        "no-session",
        `The session is mounted after the messages, so it is saved before they are. Mount ${HONO.session}.`,
      );
    return honoSession(session);
  }
}
