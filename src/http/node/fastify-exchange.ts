import type { FastifyReply, FastifyRequest } from "fastify";
import { MessagesError } from "../../core/errors.ts";
import type { Session, SetCookie } from "../../core/exchange.ts";
import type { Mount } from "../../core/mount.ts";
import type { ResponseHead } from "../../delivery/response.ts";
import { CONDITIONS } from "../../delivery/visibility.ts";
import { writeSetCookie } from "../../wire/cookies.ts";
import { HttpExchange } from "../http-exchange.ts";
import { writeHeader } from "./frozen-response.ts";
import { addressOf, headerValue } from "./node-exchange.ts";

/** What leads an exchange of Fastify. */
export interface FastifyContext {
  readonly request: FastifyRequest;
  readonly mount: Mount;
  /** True if the reply is written to the raw response, past Fastify. */
  readonly isRaw: boolean;
  openSession(): () => Session | undefined;
  /** Called when the messages are first used, if the reply is not sent yet. */
  watch(): void;
}

/** A request of Fastify, and its reply. */
export class FastifyExchange extends HttpExchange {
  readonly #context: FastifyContext;
  readonly #reply: FastifyReply | undefined;
  #session: (() => Session | undefined) | undefined;

  /** @param reply undefined once it was sent. */
  constructor(context: FastifyContext, reply: FastifyReply | undefined) {
    super();
    this.#context = context;
    this.#reply = reply;
  }

  get request(): FastifyRequest {
    return this.#context.request;
  }

  get mount(): Mount {
    return this.#context.mount;
  }

  get method(): string {
    return this.request.method;
  }

  header(name: string): string | undefined {
    return headerValue(this.request.raw.headers, name);
  }

  onTouch(): void {
    this.#context.watch();
  }

  get session(): Session | undefined {
    this.#session ??= this.#context.openSession();
    const session = this.#session();
    return session && this.#context.isRaw ? { ...session, save: refuseToSave } : session;
  }

  override get address(): string {
    return addressOf(this.request.raw);
  }

  get isSecure(): boolean {
    return this.request.protocol === "https";
  }

  ignoreConditions(): void {
    for (const name of CONDITIONS) delete this.request.raw.headers[name];
  }

  get isAnswered(): boolean {
    return this.#reply === undefined || this.#reply.raw.headersSent;
  }

  /** Fastify's headers replace those of a middleware on the raw response: so these are taken over. */
  protected addCookie(cookie: SetCookie): void {
    const [reply, line] = [this.#reply, writeSetCookie(cookie)];
    if (reply === undefined) return;
    const others = reply.getHeader("set-cookie");
    if (this.#context.isRaw) writeHeader(reply.raw, "appendHeader", "Set-Cookie", line);
    else if (others === undefined) reply.header("set-cookie", line);
    else reply.removeHeader("set-cookie").header("set-cookie", [...[others].flat(), line]);
  }
}

function refuseToSave(): never {
  throw new MessagesError(
    "too-late",
    "The reply was hijacked, or written to `reply.raw`: there Fastify saves no session, and neither what was shown nor what " +
      'was added is written to it. Send with `reply.send()`, or keep messages in cookies alone: `storage: "cookie"`.',
  );
}

/** A reply that is about to be sent. */
export class ReplyHead implements ResponseHead {
  readonly #reply: FastifyReply;

  constructor(reply: FastifyReply) {
    this.#reply = reply;
  }

  get status(): number {
    return this.#reply.statusCode;
  }

  get isConnected(): boolean {
    return !this.#reply.raw.destroyed;
  }

  header(name: string): string | undefined {
    const value = this.#reply.getHeader(name);
    return value === undefined ? undefined : [value].flat().join(", ");
  }

  setHeader(name: string, value: string): void {
    this.#reply.header(name, value);
  }
}
