import type { Exchange, Session, SetCookie } from "../core/exchange.ts";

let visitors = 0;

/**
 * A visitor as a storage sees one: cookies and a session, without a server.
 *
 * @example
 * ```ts
 * import { Visitor } from "onceover/testing";
 *
 * const visitor = new Visitor();
 * const attributes = { path: "/", secure: false, httpOnly: true, sameSite: "lax" } as const;
 * visitor.exchange().setCookie({ name: "a", value: "1", attributes });
 * console.log(visitor.exchange().cookie("a")); // "1"
 * ```
 */
export class Visitor {
  /** What the browser would send next, by name. */
  readonly cookies: Map<string, string> = new Map();
  /** What the server keeps for this visitor. */
  readonly session: Map<string, unknown> = new Map();
  /** Every Set-Cookie so far. */
  readonly setCookies: SetCookie[] = [];
  /** How often the session was written. */
  sessionWrites = 0;
  /** By which servers tell visitors apart. */
  readonly #address = `visitor-${++visitors}`;

  /** Starts an exchange: it sees the cookies as they are now, whatever other exchanges set until it ends. */
  exchange(): Exchange {
    const sent = new Map(this.cookies);
    return {
      cookie: (name) => sent.get(name),
      cookieNames: () => sent.keys(),
      setCookie: (cookie) => this.#receive(cookie),
      session: this.#session(),
      request: {},
      method: "GET",
      header: () => undefined,
      isSecure: false,
      address: this.#address,
    };
  }

  #receive(cookie: SetCookie): void {
    this.setCookies.push(cookie);
    if (cookie.attributes.maxAge === 0) this.cookies.delete(cookie.name);
    else this.cookies.set(cookie.name, cookie.value);
  }

  #session(): Session {
    return {
      get: (key) => this.session.get(key),
      set: (key, value) => {
        this.sessionWrites += 1;
        this.session.set(key, value);
      },
      delete: (key) => {
        this.sessionWrites += 1;
        this.session.delete(key);
      },
    };
  }
}
