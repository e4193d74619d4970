/**
 * Messages for plain `node:http`, Connect, and every framework on them.
 *
 * @module
 */
import type { IncomingMessage, ServerResponse } from "node:http";
import { type AppMessages, attachMessages, type RegisteredLevels } from "../api.ts";
import { Delivery, type RequestHead, type ResponseHead, wantsPage } from "../delivery.ts";
import { MessagesError } from "../errors.ts";
import type { Exchange, Session, SetCookie } from "../exchange.ts";
import type { Levels } from "../levels.ts";
import { type Config, defineMessages, type Settings } from "../settings.ts";
import { type Cookies, readCookies, writeSetCookie } from "../wire/cookies.ts";
import { beforeHeaders } from "./before-headers.ts";

declare module "node:http" {
  interface IncomingMessage {
    /** The messages of this request; there once `messages()` of `onceover/node` or `onceover/express` has run. */
    messages: AppMessages;
  }
}

/** What `messages()` returns: a middleware in Connect's form. */
export type NodeMiddleware = (
  request: IncomingMessage,
  response: ServerResponse,
  next: (error?: unknown) => void,
) => void;

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
 * const withMessages = messages({ secret: "a long random text that only the server knows" });
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
export function messages<const L extends Levels = RegisteredLevels>(settings: Settings<L> | Config<L>): NodeMiddleware {
  const config = defineMessages(settings);
  return function onceover(request, response, next) {
    // `response.end([...request.messages].join())` looks `end` up before it touches the messages. For a cookie that is early
    // enough, as `end` calls `writeHead`; a session's own `end`, or a promise, must find the wrapped one.
    const isWatchedEarly = !config.storage.synchronous || "session" in request;
    let delivery: Delivery | undefined;
    let isTouched = false;
    const messages = config.messages(() => {
      isTouched = true;
      if (response.headersSent) deliver().miss(messages);
      else if (!isWatchedEarly) watch();
      return deliver();
    });
    const deliver = () => {
      delivery ??= deliveryOf(config, request, response, isWatchedEarly);
      return delivery;
    };
    const watch = () => {
      const commit = (status: number) => deliver().commit(messages, new NodeResponseHead(response, status));
      beforeHeaders(response, () => isTouched, commit);
    };
    attachMessages(request, messages);
    request.messages = messages as unknown as AppMessages;

    if (isWatchedEarly) watch();
    if (config.storage.synchronous || !wantsPage(new NodeExchange(request, response, true))) return next();
    deliver()
      .preload()
      .then(() => next(), next);
  };
}

function deliveryOf(config: Config, request: IncomingMessage, response: ServerResponse, canWait: boolean): Delivery {
  const exchange = new NodeExchange(request, response, canWait);
  return new Delivery(config, exchange, exchange);
}

class NodeResponseHead implements ResponseHead {
  readonly status: number;
  readonly #response: ServerResponse;

  constructor(response: ServerResponse, status: number) {
    this.#response = response;
    this.status = status;
  }

  /** The request says nothing of it: Node destroys one as soon as its body has been read. */
  get isConnected(): boolean {
    return !this.#response.destroyed;
  }

  header(name: string): string | undefined {
    const value = this.#response.getHeader(name);
    return value === undefined ? undefined : Array.isArray(value) ? value.join(", ") : String(value);
  }

  setHeader(name: string, value: string): void {
    this.#response.setHeader(name, value);
  }
}

class NodeExchange implements Exchange, RequestHead {
  readonly request: IncomingMessage & { session?: unknown };
  readonly hasSession: boolean;
  readonly #response: ServerResponse;
  readonly #canWait: boolean;
  #cookies: Cookies | undefined;

  /** @param canWait whether the response can still be held back while something is written elsewhere. */
  constructor(request: IncomingMessage, response: ServerResponse, canWait: boolean) {
    this.request = request;
    this.#response = response;
    this.#canWait = canWait;
    this.hasSession = isObject(this.request.session);
  }

  get method(): string {
    return this.request.method ?? "GET";
  }

  header(name: string): string | undefined {
    const value = this.request.headers[name];
    return Array.isArray(value) ? value.join(", ") : value;
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
    this.#response.appendHeader("Set-Cookie", writeSetCookie(cookie));
  }

  get session(): Session | undefined {
    const { session } = this.request;
    if (!isObject(session)) return undefined;
    if (this.hasSession) return new PropertySession(session, this.#canWait && "sessionStore" in this.request);
    throw new MessagesError(
      "no-session",
      "The messages were used before the request had its session, so the session was saved without them. " +
        "Mount the session middleware first: app.use(session(…)), then app.use(messages(…)), then whatever uses messages.",
    );
  }
}

/** express-session, cookie-session and their like: an object whose properties are saved. */
class PropertySession implements Session {
  readonly #session: Record<string, unknown>;
  /** express-session sends the headers before it has saved, and a browser follows a redirect at its headers. */
  readonly save: (() => Promise<void>) | undefined;

  constructor(session: Record<string, unknown>, isSavedLate: boolean) {
    this.#session = session;
    this.save = isSavedLate ? () => this.#save() : undefined;
  }

  get(key: string): unknown {
    return this.#session[key];
  }

  set(key: string, value: string): void {
    this.#session[key] = value;
  }

  delete(key: string): void {
    delete this.#session[key];
  }

  #save(): Promise<void> {
    const { save } = this.#session;
    if (typeof save !== "function") return Promise.resolve();
    return new Promise((resolve, reject) => {
      save.call(this.#session, (error: unknown) => (error ? reject(error) : resolve()));
    });
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
}
