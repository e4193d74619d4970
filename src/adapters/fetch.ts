/**
 * Messages for any handler that takes a `Request` and returns a `Response`.
 *
 * @module
 */
import { attachMessages, type RegisteredLevels } from "../api.ts";
import { Delivery, type RequestHead, type ResponseHead, wantsPage } from "../delivery.ts";
import type { Exchange, Session, SetCookie } from "../exchange.ts";
import type { Levels } from "../levels.ts";
import type { Messages, Shortcuts } from "../messages.ts";
import { type Config, defineMessages, type Settings } from "../settings.ts";
import { type Cookies, readCookies, writeSetCookie } from "../wire/cookies.ts";

/** A request with its messages. */
export type MessagesRequest<L extends Levels> = Request & { readonly messages: Messages & Shortcuts<L> };

/** What else a fetch handler's messages may need. */
export interface FetchOptions {
  /** The session of a request; by default there is none, and what does not fit into cookies is not stored. */
  readonly session?: (request: Request) => Session | undefined;
}

/** What `messages()` returns: it wraps a handler, and passes on whatever else the server gives it. */
export type WithMessages<L extends Levels> = <Rest extends unknown[]>(
  handler: (request: MessagesRequest<L>, ...rest: Rest) => Response | Promise<Response>,
) => (request: Request, ...rest: Rest) => Promise<Response>;

/**
 * Puts `request.messages` on each request of a fetch handler, and writes what became of them onto its response.
 *
 * @param settings see {@link Settings}; or what `defineMessages()` returned.
 * @param options where the session is, if there is one.
 * @returns a function that wraps a handler.
 * @throws {MessagesError} `invalid-setting`, when the app starts.
 *
 * @example
 * ```ts
 * import { messages } from "onceover/fetch";
 *
 * const withMessages = messages({ secret: "a long random text that only the server knows" });
 *
 * export default {
 *   fetch: withMessages((request) => {
 *     if (request.method === "GET") return new Response([...request.messages].join("\n"));
 *     request.messages.success("Saved.");
 *     return Response.redirect(request.url, 303);
 *   }),
 * };
 * ```
 */
export function messages<const L extends Levels = RegisteredLevels>(
  settings: Settings<L> | Config<L>,
  options: FetchOptions = {},
): WithMessages<L> {
  const config = defineMessages(settings);
  return (handler) =>
    async (request, ...rest) => {
      const exchange = new FetchExchange(request, options.session);
      const delivery = new Delivery(config, exchange, exchange);
      let isTouched = false;
      const messages = config.messages(() => {
        isTouched = true;
        return delivery;
      });
      attachMessages(request, messages);
      const withMessages = Object.assign(request, { messages });
      if (!config.storage.synchronous && wantsPage(exchange)) await delivery.preload();
      const response = await handler(withMessages, ...rest);
      // A response that is not HTTP any more (an error, a WebSocket) has no headers to write to.
      if (!isTouched || response.status < 200) return response;
      const responseHead = new FetchResponseHead(response, request);
      await delivery.commit(messages, responseHead);
      return responseHead.apply(exchange.setCookies);
    };
}

class FetchResponseHead implements ResponseHead {
  readonly #response: Response;
  readonly #request: Request;
  readonly #headers = new Headers();

  constructor(response: Response, request: Request) {
    this.#response = response;
    this.#request = request;
  }

  get status(): number {
    return this.#response.status;
  }

  get isConnected(): boolean {
    return !this.#request.signal.aborted;
  }

  header(name: string): string | undefined {
    return this.#headers.get(name) ?? this.#response.headers.get(name) ?? undefined;
  }

  setHeader(name: string, value: string): void {
    this.#headers.set(name, value);
  }

  /** The response with what was written to it; a copy, as the headers of redirects and fetched responses are immutable. */
  apply(setCookies: readonly string[]): Response {
    const written = [...this.#headers];
    if (written.length === 0 && setCookies.length === 0) return this.#response;
    const response = new Response(this.#response.body, this.#response);
    for (const [name, value] of written) response.headers.set(name, value);
    for (const cookie of setCookies) response.headers.append("Set-Cookie", cookie);
    return response;
  }
}

class FetchExchange implements Exchange, RequestHead {
  readonly request: Request;
  readonly setCookies: string[] = [];
  readonly #sessionOf: FetchOptions["session"];
  #cookies: Cookies | undefined;

  constructor(request: Request, sessionOf: FetchOptions["session"]) {
    this.request = request;
    this.#sessionOf = sessionOf;
  }

  get method(): string {
    return this.request.method;
  }

  header(name: string): string | undefined {
    return this.request.headers.get(name) ?? undefined;
  }

  get session(): Session | undefined {
    return this.#sessionOf?.(this.request);
  }

  cookie(name: string): string | undefined {
    return this.#sent()[name];
  }

  cookieNames(): Iterable<string> {
    return Object.keys(this.#sent());
  }

  #sent(): Cookies {
    this.#cookies ??= readCookies(this.header("cookie") ?? "");
    return this.#cookies;
  }

  setCookie(cookie: SetCookie): void {
    this.setCookies.push(writeSetCookie(cookie));
  }
}
