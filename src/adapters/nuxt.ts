/**
 * Messages for the server of Nuxt 4 and for Nitro 2. `onceover/nuxt-app` shows them in Nuxt's pages.
 *
 * @module
 */
import { AsyncLocalStorage } from "node:async_hooks";
import type { H3Event } from "h3";
import type { Levels } from "../core/levels.ts";
import type { Messages } from "../core/messages.ts";
import { type Mount, rememberMount } from "../core/mount.ts";
import { type AppMessages, attachMessages, type RegisteredLevels } from "../core/request.ts";
import { type NitroEvent, NitroVisit } from "../http/node/nitro-visit.ts";
import type { SessionManager } from "../http/sessions/managed-session.ts";
import { type Config, defineMessages, type Settings } from "../settings/settings.ts";

declare module "h3" {
  interface H3EventContext {
    /** The messages of this request; there once the plugin of `onceover/nuxt` (or `onceover/h3`) has run. */
    messages: AppMessages;
  }
}

/** What else Nuxt's messages may need. */
export interface NuxtOptions {
  /** The session of a request; by default there is none, and what does not fit into cookies is not stored. */
  readonly session?: (event: H3Event) => SessionManager | undefined;
}

/** A plugin of Nitro, without the types of one version of it. */
export type NitroPlugin = (nitroApp: NitroApp) => void;

/** What messages need of Nitro's app. */
export interface NitroApp {
  readonly h3App: {
    handler(event: NitroEvent): unknown;
    readonly stack: { handler(event: NitroEvent): unknown }[];
    readonly options: { onError?(error: Error, event: NitroEvent): unknown };
  };
  readonly router: { handler(event: NitroEvent): unknown };
  readonly hooks: { hook(name: "render:before", listener: (context: { event: NitroEvent }) => unknown): unknown };
}

/**
 * Puts `event.context.messages` on each request to the server, and writes what became of them before the response's headers
 * go out.
 *
 * @param settings see {@link Settings}; or what `defineMessages()` returned.
 * @param options where the session is, if there is one.
 * @returns a plugin for Nitro: the default export of `server/plugins/messages.ts`.
 * @throws {MessagesError} `invalid-setting`, when the app starts.
 *
 * Django: `MessageMiddleware`.
 *
 * @example
 * ```ts
 * import { messages } from "onceover/nuxt";
 *
 * // server/plugins/messages.ts, where Nuxt has `defineNitroPlugin()` at hand.
 * export const plugin = messages({ secret: process.env.SECRET });
 * ```
 */
export function messages<const L extends Levels = RegisteredLevels>(
  settings: Settings<L> | Config<L> = {},
  { session }: NuxtOptions = {},
): NitroPlugin {
  const config = defineMessages(settings);
  rememberMount(NUXT);
  return function onceover({ h3App, router, hooks }) {
    const { handler, options, stack } = h3App;
    const { onError } = options;
    const visits = new WeakMap<NitroEvent, NitroVisit>();
    /** Whose error a page is rendered for. */
    const failed = new AsyncLocalStorage<Outer>();

    h3App.handler = async (event) => {
      // Nitro calls itself for a route that a page fetches while it is rendered, and for the page of an error: no browser sees
      // what cookies these set. They share the messages of the request that they are called for.
      const caller = event.node.req.__unenv__ as Outer | Record<string, never> | undefined;
      const outer = caller?.messages ? caller : failed.getStore();
      if (outer) {
        attachMessages(event, outer);
        event.context.messages = outer.messages;
        await handler(event);
        return;
      }
      const visit = new NitroVisit(config, event, NUXT, session && (() => session(event as unknown as H3Event)));
      void visit.prepare(false);
      defineOn(event.context, visit);
      visits.set(event, visit);
      try {
        await handler(event);
      } finally {
        await visit.sent();
      }
    };
    options.onError = async (error, event) => {
      const visit = visits.get(event);
      visit?.delivery?.fail();
      const answer = async () => onError?.(error, event);
      await (visit ? failed.run(visit, answer) : answer());
      await visit?.sent();
    };
    // Behind all middleware, one of which may open the session.
    for (const layer of stack.filter((layer) => layer.handler === router.handler)) {
      layer.handler = async (event) => {
        await visits.get(event)?.prepare();
        return router.handler(event);
      };
    }
    hooks.hook("render:before", ({ event }) => visits.get(event)?.prepare(true));
  };
}

/** The request that Nitro calls itself for. */
interface Outer {
  readonly messages: Messages;
}

/** Puts `messages` on the context of an event: they are made when they are first read. */
function defineOn(context: object, visit: Outer): void {
  Object.defineProperty(context, "messages", { configurable: true, enumerable: true, get: () => visit.messages });
}

const NUXT: Mount = {
  messages: "`defineNitroPlugin(messages(…))` once, in `server/plugins/messages.ts`",
  session:
    "a server middleware that sets `event.context.session`, with its data on the server as a cookie holds little, and " +
    "`messages(settings, { session: (event) => event.context.session })`",
  deadline: "before the handler returns, or while the page is rendered",
};
