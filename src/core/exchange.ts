import type { MaybePromise } from "./async.ts";
import type { Mount } from "./mount.ts";

/** What is known of a request before it is handled. */
export interface RequestHead {
  readonly method: string;
  /** The value of a header, by its name in lower case. */
  header(name: string): string | undefined;
}

/**
 * One HTTP exchange, as delivery and storages see it. Each adapter makes one, at the first touch of its messages.
 *
 * @example
 * ```ts
 * import type { Exchange } from "onceover";
 *
 * const visitorOf = (exchange: Exchange) => exchange.cookie("visitor") ?? "anonymous";
 * ```
 */
export interface Exchange extends RequestHead {
  /** The value of a cookie as it was sent, not URI-decoded; undefined if it was not sent. */
  cookie(name: string): string | undefined;
  /** The names of the cookies that were sent. */
  cookieNames(): Iterable<string>;
  /** Adds a Set-Cookie to the response; it never replaces one that other code set. */
  setCookie(cookie: SetCookie): void;
  /** The visitor's session, or undefined if there is none. */
  readonly session: Session | undefined;
  /** The framework's own request, for settings that are functions of it. */
  readonly request: object;
  /** True over HTTPS, as the framework knows it behind its trusted proxy. */
  readonly isSecure: boolean;
  /** What is known of where the request comes from, the connection's and proxies' word together; to tell visitors apart, not to trust. */
  readonly address?: string | undefined;
  /** How the framework's developers mount things, for the texts of errors. */
  readonly mount?: Mount;
}

/** One key at a time of whatever session the framework has. */
export interface Session {
  /** The value, or a promise of it: then messages are read as those of an asynchronous storage are. */
  get(key: string): unknown;
  set(key: string, value: string): void;
  delete(key: string): void;
  /**
   * Called after each change: where the response would be sent before the session is saved, or where the session may refuse.
   *
   * @returns `false` if the session does not take the change, such as one in a cookie that would be larger than browsers keep.
   *   Then nothing is saved.
   */
  readonly save?: (() => MaybePromise<boolean>) | undefined;
  /** True once the app has ended it, as in a log-out: nothing more is kept in it. */
  readonly hasEnded?: boolean;
}

/** A cookie to set (RFC 6265 §4.1); its value is written as it is, not URI-encoded. */
export interface SetCookie {
  readonly name: string;
  readonly value: string;
  readonly attributes: CookieAttributes;
}

/**
 * Where a cookie is sent, and for how long it is kept. Frozen, and one object for many cookies: its text is written once.
 */
export interface CookieAttributes {
  readonly domain?: string | undefined;
  readonly path: string;
  readonly secure: boolean;
  readonly httpOnly: boolean;
  readonly sameSite?: SameSite | undefined;
  /** Seconds; 0 deletes the cookie; undefined keeps it until the browser closes. */
  readonly maxAge?: number | undefined;
  /** True keeps a cookie of an embedded page apart for each site that embeds it (CHIPS). */
  readonly partitioned?: boolean | undefined;
  /** True also writes the epoch as `Expires`, as Django does where it deletes a cookie. */
  readonly epoch?: boolean | undefined;
}

/** When a browser sends a cookie along on requests from other sites (RFC 6265bis §5.4.7). */
export type SameSite = "lax" | "strict" | "none";
