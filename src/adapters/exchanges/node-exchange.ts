import type { IncomingMessage, ServerResponse } from "node:http";
import { attachMessages } from "../../api.ts";
import type { MaybePromise } from "../../async.ts";
import { Delivery, wantsPage } from "../../delivery.ts";
import type { Session, SetCookie } from "../../exchange.ts";
import type { ResponseHead } from "../../heads.ts";
import type { Levels } from "../../levels.ts";
import type { Messages, Shortcuts } from "../../messages.ts";
import type { Mount } from "../../mount.ts";
import type { Config } from "../../settings.ts";
import { writeSetCookie } from "../../wire/cookies.ts";
import { beforeHeaders } from "./before-headers.ts";
import { HttpExchange } from "./http-exchange.ts";

/** What differs between frameworks on `node:http`. */
export interface NodeExchangeOptions {
  readonly mount: Mount;
  /** The framework's own request, if it wraps that of Node. */
  readonly request?: object;
  /** Called when the messages are first used; what it returns gives the framework's session whenever it is asked for. */
  readonly openSession: () => () => Session | undefined;
}

/** The messages of one request of `node:http`, and what becomes of them before the headers of its response go out. */
export class NodeExchange<L extends Levels> extends HttpExchange {
  readonly messages: Messages & Shortcuts<L>;
  readonly request: object;
  readonly mount: Mount;
  protected readonly response: ServerResponse;
  readonly #config: Config<L>;
  readonly #incoming: IncomingMessage;
  readonly #openSession: () => () => Session | undefined;
  #session: (() => Session | undefined) | undefined;
  #lazyDelivery: Delivery | undefined;
  #isWatched = false;
  #isTouched = false;
  #isCommitted = false;

  /** Hangs the messages on the request, and on the framework's own. */
  constructor(
    config: Config<L>,
    incoming: IncomingMessage,
    response: ServerResponse,
    { mount, request = incoming, openSession }: NodeExchangeOptions,
  ) {
    super();
    this.request = request;
    this.mount = mount;
    this.response = response;
    this.#config = config;
    this.#incoming = incoming;
    this.#openSession = openSession;
    this.messages = config.messages(() => {
      if (!this.isOver) this.watch();
      else if (!this.#isTouched) this.#delivery.miss(this.messages);
      this.#isTouched = true;
      return this.#delivery;
    });
    attachMessages(request, this.messages);
    if (request !== incoming) attachMessages(incoming, this.messages);
    if (config.outlet?.serves(this)) {
      // Then the response may carry messages that the handler never asks for.
      this.#isTouched = true;
      this.watch();
    }
  }

  /** True if the app has used the messages, and nothing of that is written yet. */
  get isPending(): boolean {
    return this.#isTouched && !this.#isCommitted && !this.response.headersSent;
  }

  /** Reads an asynchronous storage, where a page is asked for; undefined if there is nothing to wait for. */
  preload(isPage: boolean = wantsPage(this)): Promise<void> | undefined {
    return isPage && !this.#config.storage.synchronous ? this.#delivery.preload() : undefined;
  }

  /** Has what became of the messages written before the headers go out. */
  watch(): void {
    if (this.#isWatched) return;
    this.#isWatched = true;
    beforeHeaders(
      this.response,
      () => this.isPending,
      (status) => this.commit(status),
    );
  }

  /** Writes what became of the messages, for a response with this status. */
  commit(status: number): MaybePromise<void> {
    return this.commitTo(new NodeResponseHead(this.response, status));
  }

  get method(): string {
    return this.#incoming.method ?? "GET";
  }

  header(name: string): string | undefined {
    const value = this.#incoming.headers[name];
    return Array.isArray(value) ? value.join(", ") : value;
  }

  setCookie(cookie: SetCookie): void {
    this.response.appendHeader("Set-Cookie", writeSetCookie(cookie));
  }

  get session(): Session | undefined {
    return this.#session?.();
  }

  /** True once nothing can be written any more. */
  protected get isOver(): boolean {
    return this.#isCommitted || this.response.headersSent || this.response.writableEnded;
  }

  protected commitTo(head: ResponseHead): MaybePromise<void> {
    this.#isCommitted = true;
    return this.#delivery.commit(this.messages, head);
  }

  get #delivery(): Delivery {
    if (!this.#lazyDelivery) {
      this.#session = this.#openSession();
      this.#lazyDelivery = new Delivery(this.#config, this, this);
    }
    return this.#lazyDelivery;
  }
}

/** A response of `node:http` whose headers are about to go out with this status. */
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
