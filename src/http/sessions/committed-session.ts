import type { Session } from "../../core/exchange.ts";
import { isTooLarge, MAX_COOKIE } from "./cookie-limit.ts";

/** What is used of React Router's `SessionStorage`: `createCookieSessionStorage()`, `createMemorySessionStorage()`… */
export interface SessionStorage {
  getSession(cookies: string | null): Promise<StoredSession>;
  /** @returns a Set-Cookie. */
  commitSession(session: StoredSession): Promise<string>;
}

/** What is used of React Router's `Session`. */
interface StoredSession {
  get(key: string): unknown;
  set(key: string, value: unknown): void;
  unset(key: string): void;
}

/**
 * A session that is read from the request's cookies, and committed as a cookie of the response.
 *
 * Whoever handles the request may read and commit the same session by itself. So nothing of it is held until it is written:
 * then it is read once more, from the cookies that the visitor will have after this response.
 */
export class CommittedSession implements Session {
  readonly #storage: SessionStorage;
  readonly #cookies: string;
  readonly #changes = new Map<string, string | undefined>();
  #response: Response | undefined;
  #setCookie: string | undefined;

  constructor(storage: SessionStorage, request: Request) {
    this.#storage = storage;
    this.#cookies = request.headers.get("cookie") ?? "";
  }

  async get(key: string): Promise<unknown> {
    const session = await this.#storage.getSession(this.#cookies);
    return session.get(key);
  }

  set(key: string, value: string): void {
    this.#changes.set(key, value);
  }

  delete(key: string): void {
    this.#changes.set(key, undefined);
  }

  async save(): Promise<boolean> {
    const cookies = this.#cookiesToCome();
    const session = await this.#storage.getSession(cookies.join("; "));
    const changes = [...this.#changes].filter(([key, value]) => session.get(key) !== value);
    if (changes.length === 0) {
      this.#setCookie = undefined;
      return true;
    }
    for (const [key, value] of changes) {
      if (value === undefined) session.unset(key);
      else session.set(key, value);
    }
    const setCookie = await this.#commit(session);
    if (setCookie === undefined) return false;
    const [pair, name] = [pairOf(setCookie), setCookie.slice(0, setCookie.indexOf("=") + 1)];
    // The cookie of a session on the server stays as it is, and so does the time that the app lets it live.
    const isSame = pair === cookies.find((cookie) => cookie.startsWith(name));
    this.#setCookie = isSame ? undefined : setCookie;
    return true;
  }

  /** @returns undefined if browsers would not keep the cookie. */
  async #commit(session: StoredSession): Promise<string | undefined> {
    try {
      const setCookie = await this.#storage.commitSession(session);
      return pairOf(setCookie).length <= MAX_COOKIE ? setCookie : undefined;
    } catch (error) {
      if (isTooLarge(error)) return undefined;
      throw error;
    }
  }

  /**
   * Lets `finish` change the session.
   *
   * @returns what `finish` made of the response, with the session's cookie, if there is a new one.
   */
  async commitTo(response: Response, finish: (response: Response) => Promise<Response>): Promise<Response> {
    this.#response = response;
    const finished = await finish(response);
    if (this.#setCookie === undefined) return finished;
    const committed = new Response(finished.body, finished);
    committed.headers.append("Set-Cookie", this.#setCookie);
    return committed;
  }

  /** What the visitor will send next time. Of two cookies with one name, parsers take the first, and browsers keep the last. */
  #cookiesToCome(): string[] {
    const added = this.#response?.headers.getSetCookie().map(pairOf).reverse() ?? [];
    return [...added, ...this.#cookies.split("; ")];
  }
}

function pairOf(setCookie: string): string {
  return setCookie.split(";", 1)[0] ?? "";
}
