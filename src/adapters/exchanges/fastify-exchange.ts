import type { FastifyReply, FastifyRequest } from "fastify";
import { andThen, attempt, type MaybePromise } from "../../async.ts";
import type { SetCookie } from "../../exchange.ts";
import type { ResponseHead } from "../../heads.ts";
import type { Levels } from "../../levels.ts";
import type { Mount } from "../../mount.ts";
import type { Config } from "../../settings.ts";
import { writeSetCookie } from "../../wire/cookies.ts";
import { sessionOn } from "../sessions/fastify-session.ts";
import { NodeExchange } from "./node-exchange.ts";

/** The messages of one Fastify request, and what becomes of them on its reply. */
export class FastifyExchange<L extends Levels> extends NodeExchange<L> {
  readonly #reply: FastifyReply;
  #isFinished = false;
  /** What has to be waited for until it is written what became of the messages. */
  #writing: MaybePromise<void> | undefined;

  /** Hangs the messages on the request, and on the raw one, which is all that a Connect middleware gets to see. */
  constructor(config: Config<L>, request: FastifyRequest, reply: FastifyReply, mount: Mount) {
    const session = sessionOn(request, mount);
    super(config, request.raw, reply.raw, { mount, request, openSession: () => session });
    this.#reply = reply;
  }

  /**
   * Writes what became of the messages, at once if the storage can.
   *
   * @returns the payload that is left to send.
   */
  finish(payload: unknown): MaybePromise<unknown> {
    // Where sending fails after this, the error page comes through here as well: a storage writes once.
    if (this.#isFinished) return andThen(this.#writing, () => payload);
    this.#isFinished = true;
    if (!this.isPending) return payload;
    const body = isWebResponse(payload) ? unpack(payload, this.#reply) : payload;
    const written = this.commitTo(new ReplyHead(this.#reply));
    this.#writing = attempt(
      () => written,
      () => {},
    );
    return andThen(written, () => body);
  }

  /** Fastify's headers replace those of a middleware on the raw response: so these are taken over. */
  override setCookie(cookie: SetCookie): void {
    const others = [this.#reply.getHeader("set-cookie") ?? []].flat();
    this.#reply.removeHeader("set-cookie").header("set-cookie", [...others, writeSetCookie(cookie)]);
  }

  protected override get isOver(): boolean {
    return this.#isFinished || super.isOver;
  }

  /** There is nothing to watch: Fastify's own hook tells when the headers are about to go out. */
  override watch(): void {}
}

class ReplyHead implements ResponseHead {
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

/** As Fastify does it: a `Response` may come from another copy of undici. */
function isWebResponse(payload: unknown): payload is Response {
  return Object.prototype.toString.call(payload) === "[object Response]";
}

/** What Fastify does with a `Response` after all hooks: then its headers would replace what was written here. */
function unpack(response: Response, reply: FastifyReply): unknown {
  if (response.bodyUsed) return response; // Fastify's own error says so.
  reply.code(response.status);
  for (const [name, value] of response.headers) reply.header(name, value);
  return response.body;
}
