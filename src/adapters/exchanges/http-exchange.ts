import type { Exchange, Session, SetCookie } from "../../exchange.ts";
import type { RequestHead } from "../../heads.ts";
import type { Mount } from "../../mount.ts";
import { type Cookies, readCookies } from "../../wire/cookies.ts";

/** An exchange of HTTP, whatever the framework: what follows from its request's headers. */
export abstract class HttpExchange implements Exchange, RequestHead {
  abstract readonly request: object;
  abstract readonly mount: Mount;
  abstract readonly method: string;
  abstract readonly session: Session | undefined;
  #cookies: Cookies | undefined;

  abstract header(name: string): string | undefined;
  abstract setCookie(cookie: SetCookie): void;

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
}
