import { andThen, type MaybePromise } from "../../core/async.ts";
import type { Session, SetCookie } from "../../core/exchange.ts";
import type { Levels } from "../../core/levels.ts";
import type { MessagesOf } from "../../core/messages.ts";
import type { Mount } from "../../core/mount.ts";
import { attachMessages } from "../../core/request.ts";
import { Delivery } from "../../delivery/delivery.ts";
import type { ResponseHead } from "../../delivery/response.ts";
import { CONDITIONS } from "../../delivery/visibility.ts";
import type { Config } from "../../settings/settings.ts";
import { writeSetCookie } from "../../wire/cookies.ts";
import { HttpExchange } from "../http-exchange.ts";

/** What differs between frameworks that turn a `Request` into a `Response`. */
export interface FetchExchangeOptions {
  readonly mount: Mount;
  /** The framework's own request, if it wraps the `Request`. */
  readonly native?: object;
  /** Where the framework has its session. */
  readonly session?: (() => Session | undefined) | undefined;
  /** True if the session's values come as promises; `false` by default. */
  readonly hasAsyncSession?: boolean;
  /** True if a script gets the answer and may never show it; `false` by default. */
  readonly needsReceipt?: boolean;
}

/** A `Request` and its `Response`, and the delivery of its messages: from before the handler until the response goes out. */
export class FetchExchange<L extends Levels> extends HttpExchange {
  readonly request: object;
  readonly mount: Mount;
  readonly needsReceipt: boolean;
  readonly hasAsyncSession: boolean;
  readonly delivery: Delivery<MessagesOf<L>>;
  readonly #request: Request;
  readonly #session: (() => Session | undefined) | undefined;
  #setCookies: string[] | undefined;
  #isConditional = false;
  #isAnswered = false;

  /** Hangs the messages on the request, and on the framework's own. */
  constructor(
    config: Config<L>,
    request: Request,
    { mount, native = request, session, hasAsyncSession = false, needsReceipt = false }: FetchExchangeOptions,
  ) {
    super();
    this.request = native;
    this.mount = mount;
    this.needsReceipt = needsReceipt;
    this.hasAsyncSession = hasAsyncSession;
    this.#request = request;
    this.#session = session;
    this.delivery = new Delivery(config, this);
    attachMessages(native, this);
    if (native !== request) attachMessages(request, this);
  }

  get messages(): MessagesOf<L> {
    return this.delivery.messages;
  }

  /** Does what cannot wait for the handler. @returns a promise, if there is something to wait for. */
  prepare(isPage?: boolean): Promise<void> | undefined {
    return this.delivery.prepare(isPage);
  }

  /** True if there is something to show: messages that wait, in any storage, or that were added. It shows none. */
  async hasMessages(): Promise<boolean> {
    return (await this.delivery.hasWaiting()) || (this.delivery.isPending && this.messages.length > 0);
  }

  /**
   * Writes what became of the messages.
   *
   * @returns the response, or a copy with what was written: the headers of redirects and of fetched responses are immutable,
   *   and an app may return one response to several visitors.
   */
  finish(response: Response): MaybePromise<Response> {
    const { isPending } = this.delivery;
    this.#isAnswered = true;
    // A response that is not HTTP any more (an error, a WebSocket, for which Bun has none at all) has no headers to write to.
    if (!isPending || !(response?.status >= 200)) return response;
    const head = new FetchResponseHead(response, this.#request);
    return andThen(this.delivery.commit(head), () => {
      // One that no browser has.
      if (this.#isConditional && response.ok) head.setHeader("ETag", `W/"${crypto.randomUUID()}"`);
      return head.apply(this.#setCookies);
    });
  }

  get method(): string {
    return this.#request.method;
  }

  header(name: string): string | undefined {
    try {
      return this.#request.headers.get(name) ?? undefined;
    } catch (error) {
      // Deno lets go of a request once it has been answered: what comes then is too late, and no failure.
      if (this.#isAnswered) return undefined;
      throw error;
    }
  }

  /** What is mounted outside may have read the headers already, and some runtimes let none be deleted: the ETag says it too. */
  ignoreConditions(): void {
    if (!CONDITIONS.some((name) => this.header(name) !== undefined)) return;
    this.#isConditional = true;
    try {
      for (const name of CONDITIONS) this.#request.headers.delete(name);
    } catch {}
  }

  get session(): Session | undefined {
    return this.#session?.();
  }

  get isSecure(): boolean {
    return this.#request.url.startsWith("https:");
  }

  get isAnswered(): boolean {
    return this.#isAnswered;
  }

  protected addCookie(cookie: SetCookie): void {
    this.#setCookies ??= [];
    this.#setCookies.push(writeSetCookie(cookie));
  }
}

/** True unless the request says that it wants something else than a page: scripts and some tools say nothing. */
export function mayShowPage({ headers }: Request): boolean {
  return /text\/html|\*\/\*/.test(headers.get("accept") ?? "*/*");
}

class FetchResponseHead implements ResponseHead {
  readonly #response: Response;
  readonly #request: Request;
  readonly #written = new Map<string, string>();

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
    return this.#written.get(name.toLowerCase()) ?? this.#response.headers.get(name) ?? undefined;
  }

  setHeader(name: string, value: string): void {
    this.#written.set(name.toLowerCase(), value);
  }

  apply(setCookies: readonly string[] = []): Response {
    if (this.#written.size === 0 && setCookies.length === 0) return this.#response;
    const response = new Response(this.#response.body, this.#response);
    for (const [name, value] of this.#written) response.headers.set(name, value);
    for (const cookie of setCookies) response.headers.append("Set-Cookie", cookie);
    return response;
  }
}
