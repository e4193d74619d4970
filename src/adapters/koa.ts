/**
 * Messages for Koa.
 *
 * @module
 */
import type { IncomingMessage, ServerResponse } from "node:http";
import type {} from "koa";
import type { DEFAULT_LEVELS, Levels } from "../core/levels.ts";
import { type Mount, rememberMount } from "../core/mount.ts";
import { type AppMessages, linkMessages, type RegisteredLevels } from "../core/request.ts";
import { Delivery } from "../delivery/delivery.ts";
import { deliveryOf, enter, getters, openDelivery, propertiesOf } from "../http/lazy-messages.ts";
import { watch, watchEarly } from "../http/node/node-delivery.ts";
import { NodeExchange, NodeResponseHead } from "../http/node/node-exchange.ts";
import { isSavedOnReturn, type SessionContext, sessionOnContext } from "../http/sessions/koa-session.ts";
import { addLocals } from "../http/template-locals.ts";
import { type Config, defineMessages, type Settings } from "../settings/settings.ts";

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
  const properties = propertiesOf(getters(deliver));
  // A session that comes later saves before the messages are written: so it counts whether there was one on entering.
  const [withSession, withoutSession] = [
    { config, hadSession: true },
    { config, hadSession: false },
  ] as const;
  return async function onceover(ctx, next) {
    const entered = "session" in ctx ? withSession : withoutSession;
    enter(ctx, entered, properties, KOA);
    linkMessages(ctx.request, ctx);
    linkMessages(ctx.req, ctx);
    addLocals(ctx.state, ctx);
    watchEarly(config, ctx, ctx.res as ServerResponse, entered.hadSession);
    if (!config.isLazy && !config.isLazyFor(exchangeOf(ctx))) await openDelivery(ctx).prepare();
    try {
      await next();
    } catch (error) {
      deliveryOf(ctx)?.fail();
      throw error;
    }
    const delivery = deliveryOf(ctx);
    if (!delivery?.isPending || !isSavedOnReturn(ctx)) return;
    const response = ctx.res as ServerResponse;
    await delivery.commit(new NodeResponseHead(response, response.statusCode));
  };
}

/** What a request's delivery is made of. */
interface Entered {
  readonly config: Config;
  readonly hadSession: boolean;
}

function deliver(ctx: KoaContext, { config, hadSession }: Entered): Delivery {
  const exchange = exchangeOf(ctx, hadSession);
  if (!exchange.isAnswered) watch(config, ctx, ctx.res as ServerResponse, hadSession);
  return new Delivery(config, exchange);
}

function exchangeOf(ctx: KoaContext, hadSession = false): NodeExchange {
  return new NodeExchange(ctx.req as IncomingMessage, ctx.res as ServerResponse, {
    mount: KOA,
    request: ctx,
    openSession: () => sessionOnContext(ctx, KOA, hadSession),
  });
}

const KOA: Mount = {
  messages: "`app.use(messages(…))` before the routes that use messages",
  session: "`app.use(session(app))` before `app.use(messages(…))`",
  deadline: "before Koa sends `ctx.body`, or before you write to `ctx.res` yourself",
};
