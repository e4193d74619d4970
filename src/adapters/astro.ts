/**
 * Messages for Astro.
 *
 * @module
 */

import type { Session } from "../core/exchange.ts";
import type { Levels } from "../core/levels.ts";
import { type Mount, rememberMount } from "../core/mount.ts";
import { type AppMessages, attachMessages, findMessages, getMessages, type RegisteredLevels } from "../core/request.ts";
import { isPrivate } from "../delivery/caching.ts";
import { FetchExchange, mayShowPage } from "../http/fetch/fetch-exchange.ts";
import { heldPage } from "../http/fetch/held-page.ts";
import { type Config, defineMessages, type Settings } from "../settings/settings.ts";

declare global {
  namespace App {
    interface Locals {
      /** The messages of this request. */
      messages: AppMessages;
    }
  }
}

/** What is used of Astro's `APIContext`, without the types of one version. */
export interface AstroContext {
  readonly request: Request;
  readonly locals: App.Locals;
  readonly isPrerendered: boolean;
  /** Astro's own; its `get()` gives a promise. */
  readonly session?: Session | undefined;
  /** Astro's route caching. */
  readonly cache?: { readonly enabled: boolean; set(options: false): void };
}

/** Astro's `MiddlewareHandler`. */
export type AstroMiddleware = (context: AstroContext, next: () => Promise<Response>) => Promise<Response>;

/**
 * Puts `Astro.locals.messages` on each request, and writes what became of them before the page goes out.
 *
 * Export it as `onRequest` from `src/middleware.ts`. With other middleware, put it first: `sequence(messages(…), others)`.
 * A page streams, unless there are messages to show: then it goes out once it is rendered, or after three seconds or a megabyte.
 *
 * @param settings see {@link Settings}; or what `defineMessages()` returned.
 * @returns a middleware.
 * @throws {MessagesError} `invalid-setting`, when the app starts.
 *
 * Django: `MessageMiddleware`.
 *
 * @example
 * ```ts
 * // src/middleware.ts
 * import { messages } from "onceover/astro";
 *
 * export const onRequest = messages({ secret: process.env.SECRET });
 * ```
 */
export function messages<const L extends Levels = RegisteredLevels>(
  settings: Settings<L> | Config<L> = {},
): AstroMiddleware {
  const config = defineMessages(settings);
  const visits = new WeakMap<App.Locals, Visit<L>>();
  rememberMount(ASTRO);
  return async function onceover(context, next) {
    const { locals } = context;
    if (context.isPrerendered) {
      // Nobody is there yet: a layout finds no messages, and adding one is an error.
      locals.messages = getMessages(context);
      return next();
    }
    const visit = visits.get(locals) ?? new Visit(config);
    visits.set(locals, visit);
    return visit.run(context, next);
  };
}

/**
 * One request of a visitor. Astro may run its middleware several times for it: inside the first run for `Astro.rewrite()`, and
 * after it for an error page. Each run has a context of its own, and may have a request of its own; all have the same locals.
 */
class Visit<L extends Levels> {
  readonly #config: Config<L>;
  #context: AstroContext | undefined;
  #exchange: FetchExchange<L> | undefined;
  #response: Response | undefined;
  #isRunning = false;

  constructor(config: Config<L>) {
    this.#config = config;
  }

  async run(context: AstroContext, next: () => Promise<Response>): Promise<Response> {
    const exchange = this.#enter(context);
    if (this.#isRunning) return next();
    this.#isRunning = true;
    try {
      if (mayShowPage(context.request)) await exchange.hasMessages();
      const response = await next();
      if (!exchange.delivery.isTouched && isForErrorPage(response)) return response;
      const page = await heldPage(response, () => exchange.hasMessages(), context.request.signal);
      this.#response = await exchange.finish(page);
      // What a CDN is told by route caching counts for more than `Cache-Control` (RFC 9213 §2.2).
      if (
        exchange.delivery.isTouched &&
        isPrivate(this.#response.headers.get("cache-control")) &&
        context.cache?.enabled
      )
        context.cache.set(false);
      return this.#response;
    } finally {
      this.#isRunning = false;
    }
  }

  #enter(context: AstroContext): FetchExchange<L> {
    this.#context = context;
    const { request } = context;
    if (!this.#exchange) {
      this.#exchange = this.#exchangeOf(request, context);
    } else if (this.#response) {
      // An error page in the place of a response without a body keeps the headers of that.
      this.#exchange = this.#exchangeOf(afterwards(request, this.#response), context);
      this.#response = undefined;
    } else {
      attachMessages(context, this.#exchange);
      if (!findMessages(request)) attachMessages(request, this.#exchange);
    }
    context.locals.messages = this.#exchange.messages as unknown as AppMessages;
    return this.#exchange;
  }

  #exchangeOf(request: Request, native: AstroContext): FetchExchange<L> {
    const session = () => this.#context?.session;
    const exchange = new FetchExchange(this.#config, request, { mount: ASTRO, native, session });
    void exchange.prepare(false); // Whether a page may be shown is asked where Astro says it, in `run`.
    return exchange;
  }
}

/** True for what Astro may put an error page in the place of: then its middleware runs again. */
function isForErrorPage({ status, body }: Response): boolean {
  return body === null && (status === 404 || status === 500);
}

/** The request as the browser would send it after this response. */
function afterwards({ url, method, headers, signal }: Request, response: Response): Request {
  let cookies = headers.get("cookie")?.split("; ") ?? [];
  for (const line of response.headers.getSetCookie()) {
    const [pair = "", ...attributes] = line.split("; ");
    cookies = cookies.filter((cookie) => cookie.split("=")[0] !== pair.split("=")[0]);
    if (!attributes.includes("Max-Age=0")) cookies.push(pair);
  }
  const later = new Headers(headers);
  later.set("cookie", cookies.join("; "));
  return new Request(url, { method, headers: later, signal });
}

const ASTRO: Mount = {
  messages: "`export const onRequest = messages(…)` in `src/middleware.ts`, for pages that are rendered on demand",
  session: "a `session` driver in `astro.config`, or an adapter that brings one",
  deadline: "in middleware, an action, an endpoint, or the frontmatter of a page, and not while a page streams",
};
