import type { IncomingHttpHeaders, IncomingMessage, OutgoingHttpHeaders, ServerResponse } from "node:http";
import type { Session, SetCookie } from "../../core/exchange.ts";
import type { Mount } from "../../core/mount.ts";
import type { ResponseHead } from "../../delivery/response.ts";
import { CONDITIONS } from "../../delivery/visibility.ts";
import { writeSetCookie } from "../../wire/cookies.ts";
import { HttpExchange } from "../http-exchange.ts";
import { writeHeader } from "./frozen-response.ts";

/** What differs between frameworks on `node:http`. */
export interface NodeContext {
  readonly mount: Mount;
  /** The framework's own request. */
  readonly request: object;
  /** True if messages may be stored in a session. */
  readonly needsSession: boolean;
  /** Called when the messages are first used; what it returns gives the framework's session whenever it is asked for. */
  openSession(): () => Session | undefined;
  /** Called when the messages are first used, if the response is not answered yet. */
  watch(): void;
}

/** A request of `node:http` and its response. */
export class NodeExchange extends HttpExchange {
  /** True if a script gets the answer and may never show it. */
  readonly needsReceipt: boolean;
  readonly method: string;
  readonly #context: NodeContext;
  readonly #incoming: IncomingMessage;
  /** Asked for once: Express gives each request a shape of its own, on which every look takes V8 its time. */
  readonly #headers: IncomingHttpHeaders;
  readonly #response: ServerResponse;
  #session: (() => Session | undefined) | undefined;

  constructor(context: NodeContext, incoming: IncomingMessage, response: ServerResponse, needsReceipt = false) {
    super();
    this.needsReceipt = needsReceipt;
    this.method = incoming.method ?? "GET";
    this.#context = context;
    this.#incoming = incoming;
    this.#headers = incoming.headers;
    this.#response = response;
  }

  get request(): object {
    return this.#context.request;
  }

  get mount(): Mount {
    return this.#context.mount;
  }

  header(name: string): string | undefined {
    return headerValue(this.#headers, name);
  }

  protected addCookie(cookie: SetCookie): void {
    writeHeader(this.#response, "appendHeader", "Set-Cookie", writeSetCookie(cookie));
  }

  onTouch(): void {
    // From now on, a session that comes is too late.
    if (this.#context.needsSession) this.#session = this.#context.openSession();
    this.#context.watch();
  }

  get session(): Session | undefined {
    this.#session ??= this.#context.openSession();
    return this.#session();
  }

  ignoreConditions(): void {
    for (const name of CONDITIONS) delete this.#headers[name];
  }

  /** Express and Koa know what a trusted proxy says of it. */
  get isSecure(): boolean {
    return isSecure(this.request) ?? isEncrypted(this.#incoming);
  }

  override get address(): string {
    return addressOf(this.#incoming);
  }

  get isAnswered(): boolean {
    return this.#response.headersSent;
  }
}

/** The address of a connection, and of those for whom a proxy has made it. */
export function addressOf({ socket, headers }: IncomingMessage): string {
  return `${socket.remoteAddress} ${headerValue(headers, "x-forwarded-for") ?? ""}`;
}

/** The value of a request's header, by its name in lower case. */
export function headerValue(headers: IncomingHttpHeaders, name: string): string | undefined {
  const value = headers[name];
  return Array.isArray(value) ? value.join(", ") : value;
}

function isSecure(request: { readonly secure?: unknown }): boolean | undefined {
  return typeof request.secure === "boolean" ? request.secure : undefined;
}

function isEncrypted({ socket }: IncomingMessage): boolean {
  return "encrypted" in socket && socket.encrypted === true;
}

/** A response of `node:http` whose headers are about to go out with this status. */
export class NodeResponseHead implements ResponseHead {
  readonly status: number;
  readonly #response: ServerResponse;
  /** Asked for once, as the headers of a request are. */
  #headers: OutgoingHttpHeaders | undefined;

  constructor(response: ServerResponse, status: number) {
    this.#response = response;
    this.status = status;
  }

  /** The request says nothing of it: Node destroys one as soon as its body has been read. */
  get isConnected(): boolean {
    return !this.#response.destroyed;
  }

  header(name: string): string | undefined {
    this.#headers ??= this.#response.getHeaders();
    const value = this.#headers[name.toLowerCase()];
    return value === undefined ? undefined : Array.isArray(value) ? value.join(", ") : String(value);
  }

  setHeader(name: string, value: string): void {
    if (this.#headers) this.#headers[name.toLowerCase()] = value;
    writeHeader(this.#response, "setHeader", name, value);
  }
}
