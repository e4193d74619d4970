import type { Session, SetCookie } from "../core/exchange.ts";
import type { Mount } from "../core/mount.ts";
import type { LiveExchange } from "../delivery/visibility.ts";
import { readCookies } from "../wire/cookies.ts";

/** An exchange of HTTP, for any framework: what follows from its request's headers. */
export abstract class HttpExchange implements LiveExchange {
  abstract readonly request: object;
  abstract readonly mount: Mount;
  abstract readonly method: string;
  abstract readonly session: Session | undefined;
  abstract readonly isSecure: boolean;
  abstract readonly isAnswered: boolean;
  hasSetCookie = false;
  #cookies: ReadonlyMap<string, string> | undefined;

  abstract header(name: string): string | undefined;
  /** Adds a Set-Cookie to the response. */
  protected abstract addCookie(cookie: SetCookie): void;

  get address(): string | undefined {
    return this.header("x-forwarded-for");
  }

  setCookie(cookie: SetCookie): void {
    this.hasSetCookie = true;
    this.addCookie(cookie);
  }

  cookie(name: string): string | undefined {
    return this.#sent().get(name);
  }

  cookieNames(): Iterable<string> {
    return this.#sent().keys();
  }

  #sent(): ReadonlyMap<string, string> {
    this.#cookies ??= readCookies(this.header("cookie") ?? "");
    return this.#cookies;
  }
}
