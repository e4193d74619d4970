/**
 * Messages for Koa.
 *
 * @module
 */
import type { IncomingMessage, ServerResponse } from "node:http";
import type {} from "koa";
import { type AppMessages, attachMessages, type RegisteredLevels } from "../api.ts";
import { DEFAULT_LEVELS, type Levels } from "../levels.ts";
import { type Mount, rememberMount } from "../mount.ts";
import { type Config, defineMessages, type Settings } from "../settings.ts";
import { NodeExchange } from "./exchanges/node-exchange.ts";
import { isSavedOnReturn, type SessionContext, sessionOnContext } from "./sessions/koa-session.ts";

declare module "koa" {
  // Not DefaultContext, which an app that has a context type of its own puts that in the place of.
  interface ExtendableContext {
    /** The messages of this request. */
    messages: AppMessages;
  }
  interface DefaultState {
    /** For templates: the messages of this request (Django: the context processor's `messages`). */
    messages: AppMessages;
    /** For templates: `DEFAULT_MESSAGE_LEVELS.ERROR` and the others. */
    DEFAULT_MESSAGE_LEVELS: typeof DEFAULT_LEVELS;
  }
}

/** A Koa middleware, without the types of one version of Koa. */
export type KoaMiddleware = (ctx: KoaContext, next: () => Promise<unknown>) => Promise<void>;

/** What messages need of Koa's context. */
export interface KoaContext extends SessionContext {
  /** An `IncomingMessage`. @koa/bodyparser and others give it types that are not those of `node:http`. */
  readonly req: object;
  /** A `ServerResponse`. */
  readonly res: object;
  readonly request: object;
  readonly state: Record<string, unknown>;
}

/**
 * Puts `ctx.messages` on each request, and `messages` and `DEFAULT_MESSAGE_LEVELS` into `ctx.state` for templates.
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
 * import Koa from "koa";
 * import { messages } from "onceover/koa";
 *
 * export const app = new Koa();
 * app.use(messages({ secret: "a long random text that only the server knows" }));
 *
 * app.use((ctx) => {
 *   if (ctx.method === "POST") {
 *     ctx.messages.success("Profile updated.");
 *     ctx.redirect("/profile");
 *   } else {
 *     ctx.body = [...ctx.messages].join("\n");
 *   }
 * });
 * ```
 */
export function messages<const L extends Levels = RegisteredLevels>(settings: Settings<L> | Config<L>): KoaMiddleware {
  const config = defineMessages(settings);
  rememberMount(KOA);
  return async function onceover(ctx, next) {
    const session = sessionOnContext(ctx, KOA);
    const [req, res] = [ctx.req as IncomingMessage, ctx.res as ServerResponse];
    const exchange = new NodeExchange(config, req, res, {
      mount: KOA,
      request: ctx,
      openSession: () => session,
    });
    const { messages } = exchange;
    attachMessages(ctx.request, messages);
    Object.assign(ctx, { messages });
    Object.assign(ctx.state, { messages, DEFAULT_MESSAGE_LEVELS: DEFAULT_LEVELS });
    // `ctx.res.end([...ctx.messages].join())` looks `end` up before it touches the messages: see node-middleware.ts.
    if (!config.storage.synchronous || "session" in ctx) exchange.watch();
    await exchange.preload();
    try {
      await next();
    } catch (error) {
      // The page that iterated them is not sent; a page for errors, of a middleware before this one, may show them yet.
      if (config.compat !== "django") messages.keep();
      throw error;
    }
    if (exchange.isPending && isSavedOnReturn(ctx)) await exchange.commit(res.statusCode);
  };
}

const KOA: Mount = {
  messages: "`app.use(messages(…))` before the routes that use messages",
  session: "`app.use(session(app))` before `app.use(messages(…))`",
  deadline: "before Koa sends `ctx.body`, or before you write to `ctx.res` yourself",
};
