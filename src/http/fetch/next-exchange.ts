import { cookies, headers } from "next/headers.js";
import { MessagesError } from "../../core/errors.ts";
import type { CookieAttributes, SetCookie } from "../../core/exchange.ts";
import type { Levels } from "../../core/levels.ts";
import type { Config } from "../../settings/settings.ts";
import { joinReceipts, RECEIPTS_COOKIE } from "../../wire/receipts.ts";
import { isTooLarge } from "../sessions/cookie-limit.ts";
import { PropertySession } from "../sessions/property-session.ts";
import { FetchExchange, type FetchExchangeOptions } from "./fetch-exchange.ts";

/** A session whose properties are kept by `save()`, such as iron-session's. */
export interface SavedSession {
  save(): Promise<void>;
}

/** Where Next.js takes cookies: what `cookies()` resolves to, and a `NextResponse` has. */
export interface CookieJar {
  set(cookie: CookieAttributes & { readonly name: string; readonly value: string }): unknown;
}

/** What differs between the uses of an exchange. */
export interface NextExchangeOptions extends FetchExchangeOptions {
  readonly openSession?: (() => SavedSession | Promise<SavedSession>) | undefined;
  /** What the browser has shown, where it says so in the address and not by a cookie. */
  readonly receipts?: string;
}

/** The messages of one request to Next.js; its cookies go onto a response, or into a jar. */
export class NextExchange<L extends Levels> extends FetchExchange<L> {
  readonly #openSession: NextExchangeOptions["openSession"];
  readonly #receipts: string;
  #opened: NextSession | undefined;
  #jar: CookieJar | undefined;

  constructor(config: Config<L>, request: Request, { openSession, receipts = "", ...options }: NextExchangeOptions) {
    super(config, request, options);
    this.#openSession = openSession;
    this.#receipts = receipts;
  }

  /** Opens the session, which is asynchronous, for a storage that may not be. */
  async open(): Promise<this> {
    if (this.#openSession) this.#opened = new NextSession(await this.#openSession());
    return this;
  }

  override get session(): NextSession | undefined {
    return this.#opened;
  }

  /** @param jar takes the cookies; by default they are written on the response. */
  async finishIn(response: Response, jar?: CookieJar): Promise<Response> {
    this.#jar = jar;
    // What the app has saved meanwhile in the same session must not be written over.
    if (this.delivery.isTouched) await this.open();
    return this.finish(response);
  }

  protected override addCookie(cookie: SetCookie): void {
    if (this.#jar) setIn(this.#jar, cookie);
    else super.addCookie(cookie);
  }

  /** Next.js encodes what is set through a jar: a colon comes back as `%3A`. */
  override cookie(name: string): string | undefined {
    const value = decode(super.cookie(name));
    return name === RECEIPTS_COOKIE && this.#receipts ? joinReceipts([this.#receipts, value ?? ""]) : value;
  }
}

function setIn(jar: CookieJar, { name, value, attributes }: SetCookie): void {
  try {
    jar.set({ name, value, ...attributes });
  } catch (cause) {
    throw new MessagesError("storage-failed", NOT_FOR_PAGES, { cause });
  }
}

const NOT_FOR_PAGES =
  "Next.js lets no cookies be set here: withMessages() is for Server Functions, Route Handlers and the proxy. " +
  "In a page, use getMessages() alone, and show the messages in <Shown> of onceover/next-client.";

class NextSession extends PropertySession {
  constructor(session: SavedSession) {
    super(session as SavedSession & Record<string, unknown>, async () => {
      try {
        await session.save();
        return true;
      } catch (error) {
        if (isTooLarge(error)) return false;
        throw error;
      }
    });
  }
}

/**
 * The request that a Server Function or a page answers, without its address, as Next.js does not tell it.
 *
 * @param method "POST" for a Server Function, "GET" for a page.
 */
export async function incoming(method: "GET" | "POST"): Promise<Request> {
  const [head, jar] = [new Headers(await headers()), await cookies()];
  // The header is as it was sent; a page sees also what was set before it was rendered, by the proxy or a Server Function.
  head.set(
    "cookie",
    jar
      .getAll()
      .map(({ name, value }) => `${name}=${encodeURIComponent(value ?? "")}`)
      .join("; "),
  );
  return new Request("http://localhost", { method, headers: head });
}

/** The status of what `notFound()`, `forbidden()` and `unauthorized()` throw; undefined for anything else. */
export function fallbackStatus(thrown: unknown): number | undefined {
  const digest = typeof thrown === "object" && thrown !== null && "digest" in thrown ? `${thrown.digest}` : "";
  const [, status] = /^NEXT_HTTP_ERROR_FALLBACK;(4\d\d)$/.exec(digest) ?? [];
  return status === undefined ? undefined : Number(status);
}

function decode(value: string | undefined): string | undefined {
  try {
    return value && decodeURIComponent(value);
  } catch {
    return value;
  }
}
