/**
 * Messages in the pages of Nuxt 4, whether the server renders them or the browser.
 *
 * @module
 */
import { shown } from "../client/shown.ts";
import { MessagesError } from "../core/errors.ts";
import type { MessageJson } from "../core/message.ts";
import { RECEIPTS_HEADER } from "../wire/receipts.ts";

/** Nuxt's name for what `useState("messages")` returns: so the server's list is the one that the browser starts with. */
const STATE = "$smessages";

/** The messages of the page that is shown now. */
export interface PageMessages extends Iterable<MessageJson> {
  /** Fetches what waits, in the browser: after a script has posted something. */
  refresh(): Promise<void>;
}

/** Where the page finds messages. */
export interface NuxtAppOptions {
  /** The server route that answers with `event.context.messages.toJSON()`; `"/api/messages"` by default. */
  readonly route?: string;
}

/**
 * A plugin of Nuxt, without the types of one version of it. It takes any app, and TypeScript need not look into the type of
 * Nuxt's own: that has what the plugins provide, so this one would be defined by itself.
 */
export type NuxtPlugin = <App>(nuxtApp: App) => { provide: { messages: PageMessages } };

/** What messages need of Nuxt's app. */
interface NuxtApp {
  /** On the server alone. */
  readonly ssrContext?: { readonly event: { readonly context: EventContext } };
  readonly payload: { readonly state: State; readonly prerenderedAt?: number };
  readonly isHydrating?: boolean;
  readonly $config: { readonly app: { readonly baseURL: string } };
  readonly $router: Router;
}

/**
 * Gives pages `$messages`, to iterate over: `v-for="message in $messages"`. Iterating shows them. For `useMessages()`, an app
 * has a composable of one line: `export const useMessages = () => useNuxtApp().$messages`.
 *
 * The page that the server renders takes them with it. After that, each navigation in the browser fetches what waits, if any
 * component of the app shows messages, and confirms what it has shown.
 *
 * @param options which server route has the messages.
 * @returns a plugin for Nuxt: the default export of `app/plugins/messages.ts`, in `defineNuxtPlugin()`.
 *
 * Django: the context processor's `messages`.
 *
 * @example
 * ```ts
 * import { messages } from "onceover/nuxt-app";
 *
 * // app/plugins/messages.ts, where Nuxt has `defineNuxtPlugin()` at hand.
 * export const plugin = messages();
 * ```
 */
export function messages({ route = "/api/messages" }: NuxtAppOptions = {}): NuxtPlugin {
  return function onceover(nuxtApp) {
    const app = nuxtApp as NuxtApp;
    return { provide: { messages: app.ssrContext ? onServer(app, app.ssrContext.event) : inBrowser(app, route) } };
  };
}

interface EventContext {
  readonly messages?: { toJSON(): MessageJson[] };
  /** Set where Nitro will answer others with the same page. */
  readonly cache?: unknown;
}

interface State {
  [STATE]?: MessageJson[];
}

/** Taken from the request when the first component asks for them, and handed to the browser in the page's payload. */
function onServer(
  { payload: { state, prerenderedAt } }: NuxtApp,
  event: { readonly context: EventContext },
): PageMessages {
  const { messages, cache } = event.context;
  return {
    [Symbol.iterator]() {
      // A page that is rendered once for everybody: there the browser asks for its own.
      if (prerenderedAt !== undefined || cache !== undefined) return [].values();
      if (!messages)
        throw new MessagesError(
          "no-middleware",
          "This request has no messages. Mount `defineNitroPlugin(messages(…))` of onceover/nuxt in `server/plugins/messages.ts`.",
        );
      state[STATE] ??= messages.toJSON();
      return state[STATE].values();
    },
    refresh: async () => {},
  };
}

/** A place of Vue's router. */
interface Route {
  readonly fullPath: string;
  readonly hash: string;
}

interface Router {
  beforeResolve(guard: (to: Route, from: Route) => Promise<void>): unknown;
}

function inBrowser(nuxtApp: NuxtApp, route: string): PageMessages {
  const { state } = nuxtApp.payload;
  const url = nuxtApp.$config.app.baseURL.replace(/\/$/, "") + route;
  let isUsed = false;
  let latest = 0;
  let confirmed: MessageJson[] | undefined;

  /** @param otherwise what is shown if nobody answers: then what waits waits on. */
  const show = async (otherwise: MessageJson[] | undefined) => {
    latest += 1;
    const turn = latest;
    const list = (await fetchMessages(url)) ?? otherwise;
    if (list && turn === latest) state[STATE] = list;
  };
  const refresh = () => show(state[STATE]);
  // Before the page changes, so that it comes with its messages, and they do not come after it.
  nuxtApp.$router.beforeResolve(async (to, from) => {
    if (isUsed && !nuxtApp.isHydrating && pageOf(to) !== pageOf(from)) await show([]);
  });

  return {
    [Symbol.iterator]() {
      isUsed = true;
      const list = state[STATE];
      if (!list && latest === 0) void refresh();
      if (list && list !== confirmed) {
        confirmed = list;
        // Once the component that iterates has been rendered.
        queueMicrotask(() => shown(list));
      }
      return (list ?? []).values();
    },
    refresh,
  };
}

/** What waits; undefined if nobody answers. */
async function fetchMessages(url: string): Promise<MessageJson[] | undefined> {
  try {
    const response = await fetch(url, { headers: { [RECEIPTS_HEADER]: "yes" }, cache: "no-store" });
    return response.ok ? await response.json() : undefined;
  } catch {
    return undefined;
  }
}

function pageOf({ fullPath, hash }: Route): string {
  return fullPath.slice(0, fullPath.length - hash.length);
}
