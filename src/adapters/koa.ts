/**
 * Messages for Koa.
 *
 * @module
 */
import type {} from "koa";
import type { DEFAULT_LEVELS, Levels } from "../core/levels.ts";
import type { MessagesView } from "../core/messages-view.ts";
import { type Mount, rememberMount } from "../core/mount.ts";
import { type AppMessages, attachMessages, type RegisteredLevels } from "../core/request.ts";
import { KoaVisit } from "../http/node/koa-visit.ts";
import { isSavedOnReturn, type SessionContext } from "../http/sessions/koa-session.ts";
import { localsOf } from "../http/template-locals.ts";
import { enter } from "../http/visit.ts";
import { type Config, defineMessages, type Settings } from "../settings/settings.ts";

declare module "koa" {
  // Not DefaultContext, which an app that has a context type of its own puts that in the place of.
  interface ExtendableContext {
    /** The messages of this request. */
    messages: AppMessages;
  }
  interface DefaultState {
    /** For templates: the messages of this request (Django: the context processor's `messages`). */
    messages: MessagesView;
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
  /** Contexts inherit from `app.context`. */
  readonly app?: { readonly context: object };
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
 * app.use(messages({ secret: process.env.SECRET }));
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
export function messages<const L extends Levels = RegisteredLevels>(
  settings: Settings<L> | Config<L> = {},
): KoaMiddleware {
  const config = defineMessages(settings);
  rememberMount(KOA);
  const addLocals = localsOf(config.local);
  return async function onceover(ctx, next) {
    const visit = new KoaVisit(config, KOA, ctx);
    enter(ctx, visit, KOA, isOfApp);
    attachMessages(ctx.request, ctx);
    attachMessages(ctx.req, ctx);
    addLocals(ctx.state, visit);
    const preparing = visit.prepare();
    if (preparing) await preparing;
    try {
      await next();
    } catch (error) {
      visit.delivery?.fail();
      throw error;
    }
    if (visit.delivery?.isPending && isSavedOnReturn(ctx)) await visit.commit(visit.response.statusCode);
  };
}

/** Koa's own way to give contexts more: https://koajs.com/#app-context */
function isOfApp(ctx: object): boolean {
  return Object.getPrototypeOf(ctx) === (ctx as KoaContext).app?.context;
}

const KOA: Mount = {
  messages: "`app.use(messages(…))` before the routes that use messages",
  session: "`app.use(session(app))` before `app.use(messages(…))`",
  deadline: "before Koa sends `ctx.body`, or before you write to `ctx.res` yourself",
};
