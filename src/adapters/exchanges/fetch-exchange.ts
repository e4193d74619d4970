import { attachMessages } from "../../api.ts";
import { Delivery, wantsPage } from "../../delivery.ts";
import type { Session, SetCookie } from "../../exchange.ts";
import type { ResponseHead } from "../../heads.ts";
import type { Levels } from "../../levels.ts";
import type { Messages, Shortcuts } from "../../messages.ts";
import type { Mount } from "../../mount.ts";
import type { Config } from "../../settings.ts";
import { writeSetCookie } from "../../wire/cookies.ts";
import { HttpExchange } from "./http-exchange.ts";

/** What differs between frameworks that turn a `Request` into a `Response`. */
export interface FetchExchangeOptions {
  readonly mount: Mount;
  /** The framework's own request, if it wraps the `Request`. */
  readonly native?: object;
  /** Where the framework has its session. */
  readonly session?: (() => Session | undefined) | undefined;
  /** True if the session's values come as promises; `false` by default. */
  readonly isSessionAsync?: boolean;
  /** True if a client-side router asks for the data of a page, which it may never show; `false` by default. */
  readonly asksForData?: boolean;
}

/** The messages of one `Request`, and what becomes of them on its `Response`. */
export class FetchExchange<L extends Levels> extends HttpExchange {
  readonly messages: Messages & Shortcuts<L>;
  readonly request: object;
  readonly mount: Mount;
  readonly asksForData: boolean;
  readonly #request: Request;
  readonly #session: (() => Session | undefined) | undefined;
  readonly #delivery: Delivery;
  readonly #isSynchronous: boolean;
  readonly #setCookies: string[] = [];
  #isTouched = false;
  #isFinished = false;

  /** Hangs the messages on the request, and on the framework's own. */
  constructor(
    config: Config<L>,
    request: Request,
    { mount, native = request, session, isSessionAsync = false, asksForData = false }: FetchExchangeOptions,
  ) {
    super();
    this.request = native;
    this.mount = mount;
    this.asksForData = asksForData;
    this.#request = request;
    this.#session = session;
    this.#isSynchronous = Boolean(config.storage.synchronous) && !isSessionAsync;
    this.#delivery = new Delivery(config, this, this);
    this.messages = config.messages(() => {
      if (this.#isFinished && !this.#isTouched) this.#delivery.miss(this.messages);
      this.#isTouched = true;
      return this.#delivery;
    });
    attachMessages(native, this.messages);
    if (native !== request) attachMessages(request, this.messages);
    // Then the response may carry messages that the handler never asks for.
    this.#isTouched = config.outlet?.serves(this) ?? false;
  }

  /** True once the app has used the messages. */
  get isTouched(): boolean {
    return this.#isTouched;
  }

  /** Reads what is asynchronous, where a page or its data is asked for. */
  async preload(isPage: boolean = wantsPage(this)): Promise<void> {
    if (isPage && !this.#isSynchronous) await this.#delivery.preload();
  }

  /** True if there is something to show: messages that wait, in whatever storage, or that were added. It shows none. */
  async hasMessages(): Promise<boolean> {
    return (await this.#delivery.hasWaiting()) || (this.#isTouched && this.messages.length > 0);
  }

  /**
   * Writes what became of the messages.
   *
   * @returns the response, or a copy with what was written: the headers of redirects and of fetched responses are immutable.
   */
  async finish(response: Response): Promise<Response> {
    this.#isFinished = true;
    // A response that is not HTTP any more (an error, a WebSocket, for which Bun has none at all) has no headers to write to.
    if (!this.#isTouched || !(response?.status >= 200)) return response;
    const head = new FetchResponseHead(response, this.#request);
    await this.#delivery.commit(this.messages, head);
    return head.apply(this.#setCookies);
  }

  get method(): string {
    return this.#request.method;
  }

  header(name: string): string | undefined {
    try {
      return this.#request.headers.get(name) ?? undefined;
    } catch (error) {
      // Deno lets go of a request once it has been answered: what comes then is too late, and no failure.
      if (this.#isFinished) return undefined;
      throw error;
    }
  }

  get session(): Session | undefined {
    return this.#session?.();
  }

  setCookie(cookie: SetCookie): void {
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

  apply(setCookies: readonly string[]): Response {
    const written = [...this.#headers];
    if (written.length === 0 && setCookies.length === 0) return this.#response;
    const response = new Response(this.#response.body, this.#response);
    for (const [name, value] of written) response.headers.set(name, value);
    for (const cookie of setCookies) response.headers.append("Set-Cookie", cookie);
    return response;
  }
}
