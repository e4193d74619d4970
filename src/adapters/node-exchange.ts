import type { IncomingMessage, ServerResponse } from "node:http";
import type { RequestHead, ResponseHead } from "../delivery.ts";
import { MessagesError } from "../errors.ts";
import type { Exchange, Session, SetCookie } from "../exchange.ts";
import type { Mount } from "../mount.ts";
import { type Cookies, readCookies, writeSetCookie } from "../wire/cookies.ts";
import { isObject, PropertySession } from "./property-session.ts";

/** A response of `node:http` whose headers are about to go out with this status. */
export class NodeResponseHead implements ResponseHead {
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

/** What differs between frameworks on `node:http`. */
export interface NodeExchangeOptions {
  readonly mount: Mount;
  /** The framework's own request, if it wraps that of Node. */
  readonly request?: object;
  /** Where the framework has its session. */
  readonly session: () => Session | undefined;
}

/** A request and a response of `node:http`, as a storage sees them. */
export class NodeExchange implements Exchange, RequestHead {
  readonly request: object;
  readonly mount: Mount;
  readonly #request: IncomingMessage;
  readonly #response: ServerResponse;
  readonly #session: () => Session | undefined;
  #cookies: Cookies | undefined;

  constructor(
    incoming: IncomingMessage,
    response: ServerResponse,
    { mount, request = incoming, session }: NodeExchangeOptions,
  ) {
    this.request = request;
    this.mount = mount;
    this.#request = incoming;
    this.#response = response;
    this.#session = session;
  }

  get method(): string {
    return this.#request.method ?? "GET";
  }

  header(name: string): string | undefined {
    const value = this.#request.headers[name];
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
    return this.#session();
  }
}

/**
 * Where Express and Connect have their session: on the request.
 *
 * @param canWait whether the response can still be held back while the session is saved: express-session sends the headers
 *   before it has saved, and a browser follows a redirect at its headers.
 * @throws {MessagesError} `no-session` if it came after the messages were first used: it was saved without them.
 */
export function sessionOnRequest(
  request: IncomingMessage & { session?: unknown },
  mount: Mount,
  canWait: boolean,
): () => Session | undefined {
  const hadSession = isObject(request.session);
  return () => {
    const { session } = request;
    if (!isObject(session)) return undefined;
    if (hadSession) return new PropertySession(session, canWait && "sessionStore" in request);
    throw new MessagesError(
      "no-session",
      "The messages were used before the request had its session, so the session was saved without them. " +
        `Mount ${mount.session}, and then whatever uses messages.`,
    );
  };
}
