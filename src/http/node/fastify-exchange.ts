import type { FastifyReply, FastifyRequest } from "fastify";
import type { Session, SetCookie } from "../../core/exchange.ts";
import type { Mount } from "../../core/mount.ts";
import type { ResponseHead } from "../../delivery/response.ts";
import { writeSetCookie } from "../../wire/cookies.ts";
import { HttpExchange } from "../http-exchange.ts";
import { headerValue } from "./node-exchange.ts";

/** A request of Fastify, and its reply. */
export class FastifyExchange extends HttpExchange {
  readonly request: FastifyRequest;
  readonly mount: Mount;
  readonly #session: () => Session | undefined;
  readonly #reply: FastifyReply | undefined;

  /**
   * @param reply undefined once it was sent.
   * @param session where the session is, if messages may need it.
   */
  constructor(
    request: FastifyRequest,
    reply: FastifyReply | undefined,
    mount: Mount,
    session: () => Session | undefined = () => undefined,
  ) {
    super();
    this.request = request;
    this.mount = mount;
    this.#reply = reply;
    this.#session = session;
  }

  get method(): string {
    return this.request.method;
  }

  header(name: string): string | undefined {
    return headerValue(this.request.raw.headers, name);
  }

  get session(): Session | undefined {
    return this.#session();
  }

  get isSecure(): boolean {
    return this.request.protocol === "https";
  }

  get isAnswered(): boolean {
    return this.#reply === undefined || this.#reply.raw.headersSent;
  }

  /** Fastify's headers replace those of a middleware on the raw response: so these are taken over. */
  setCookie(cookie: SetCookie): void {
    const line = writeSetCookie(cookie);
    const others = this.#reply?.getHeader("set-cookie");
    if (others === undefined) this.#reply?.header("set-cookie", line);
    else this.#reply?.removeHeader("set-cookie").header("set-cookie", [...[others].flat(), line]);
  }
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
