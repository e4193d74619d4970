import type { ServerResponse } from "node:http";
import { isPromise, type MaybePromise } from "../../core/async.ts";
import { adoptHeaders } from "./adopt-headers.ts";
import { FrozenResponse } from "./frozen-response.ts";

/** Commits before the headers of a response go out. */
export interface Committer {
  /** True if saving the session sets headers, as that of koa-session does. */
  readonly savesWithHeaders: boolean;
  /** @param status that is about to be sent. */
  commit(status: number): MaybePromise<void>;
}

/** How much of a body is held back before a stream that is piped here is asked to wait, in bytes. */
const MAX_HELD = 1 << 16;

/** The methods by which a response goes out; `flush` is there where a middleware like compression has added it. */
type Sender = "writeHead" | "write" | "end" | "flushHeaders" | "flush";
type AnyFunction = (...args: unknown[]) => unknown;

/**
 * A response of which nothing goes out before its messages are committed, once.
 *
 * express-session saves inside its own `end`, before `writeHead`: so all four senders are wrapped. What was wrapped last
 * runs first. If committing fails, the response becomes a 500, and the log has the error: the sender may have been called from
 * where no caller catches one.
 */
export class HeldResponse {
  readonly #response: ServerResponse;
  readonly #committer: Committer;
  /** As they were. */
  readonly #senders: Readonly<Record<Sender, AnyFunction>>;
  readonly #calls: { readonly name: Sender; readonly args: readonly unknown[] }[] = [];
  #heldBytes = 0;
  #frozen: FrozenResponse | undefined;
  /** "replaced": committing has failed, and what the app sends is no longer wanted. */
  #state: "armed" | "waiting" | "open" | "replaced" = "armed";

  constructor(response: ServerResponse, committer: Committer) {
    const { writeHead, write, end, flushHeaders, flush } = response as ServerResponse & { flush?: AnyFunction };
    this.#response = response;
    this.#committer = committer;
    this.#senders = { writeHead, write, end, flushHeaders, flush } as Record<Sender, never>;
    this.#wrap();
    // What compression is to flush reaches it when it is let through, and so must the order to flush.
    if (flush) Object.assign(response, { flush: () => this.#flush() });
  }

  /** All four at once: those of compression, which may be mounted after this, call each other, and ours must not stand between. */
  #wrap(): void {
    const response = this.#response;
    response.writeHead = ((...args) => this.#writeHead(args)) as typeof response.writeHead;
    response.write = ((chunk, encoding, callback) =>
      this.#send("write", [chunk, encoding, callback])) as typeof response.write;
    response.end = ((chunk, encoding, callback) =>
      this.#send("end", [chunk, encoding, callback])) as typeof response.end;
    response.flushHeaders = () => void this.#send("flushHeaders", []);
  }

  /** Lets everything through, if nothing is held back yet. */
  open(): void {
    if (this.#state === "armed") this.#state = "open";
  }

  #writeHead(args: readonly unknown[]): unknown {
    if (this.#state === "open" || this.#state === "replaced") return this.#call("writeHead", args);
    // While the headers are held back, others may ask for them again (compression does): the first call has asked.
    if (this.#state === "waiting") return this.#response;
    const rest = adoptHeaders(this.#response, args);
    const state = this.#start(args[0] as number);
    if (state === "open") return this.#call("writeHead", rest);
    if (state === "waiting") this.#calls.push({ name: "writeHead", args: rest });
    return this.#response;
  }

  #send(name: Exclude<Sender, "writeHead">, args: readonly unknown[]): unknown {
    const state = this.#state === "armed" ? this.#arrive() : this.#state;
    if (state === "open") return this.#call(name, args);
    if (state === "waiting" && !this.#frozen?.isEnded) {
      this.#calls.push({ name, args });
      if (name === "end") this.#frozen?.end();
    }
    if (name !== "write") return this.#response;
    this.#heldBytes += sizeOf(args[0]);
    return this.#heldBytes < MAX_HELD;
  }

  #flush(): void {
    if (this.#state === "waiting") this.#calls.push({ name: "flush", args: [] });
    else if (this.#state !== "replaced") this.#call("flush", []);
  }

  #call(name: Sender, args: readonly unknown[]): unknown {
    return this.#senders[name].apply(this.#response, args as unknown[]);
  }

  #arrive(): "waiting" | "open" | "replaced" {
    // Senders that were looked up before they were wrapped may have sent the headers.
    if (!this.#response.headersSent) return this.#start(this.#response.statusCode);
    this.#state = "open";
    return "open";
  }

  #start(status: number): "waiting" | "open" | "replaced" {
    this.#state = "waiting";
    try {
      const done = this.#committer.commit(status);
      if (!isPromise(done)) {
        this.#state = "open";
        return "open";
      }
      this.#frozen = new FrozenResponse(this.#response, !this.#committer.savesWithHeaders);
      // What Node refuses now, it would have refused in the face of its caller.
      done
        .then(
          () => this.#release(),
          (error) => this.#fail(error),
        )
        .catch((error: Error) => this.#response.destroy(error));
      return "waiting";
    } catch (error) {
      this.#fail(error);
      return "replaced";
    }
  }

  /** A stream that was asked to wait is waiting for "drain", which comes by itself only if the last write was not taken at once. */
  #release(): void {
    this.#state = "open";
    const settle = this.#frozen?.thaw();
    let returned: unknown;
    for (const { name, args } of this.#calls.splice(0)) {
      const result = this.#call(name, args);
      if (name !== "flush") returned = result;
    }
    if (returned === true && this.#heldBytes >= MAX_HELD) this.#response.emit("drain");
    settle?.();
  }

  #fail(error: unknown): void {
    const response = this.#response;
    this.#state = "replaced";
    this.#frozen?.thaw();
    this.#calls.length = 0;
    if (response.headersSent) throw error;
    for (const name of response.getHeaderNames()) response.removeHeader(name);
    response.statusCode = 500;
    response.setHeader("Content-Type", "text/plain; charset=utf-8");
    this.#call("end", ["Internal Server Error"]);
    console.error(error);
  }
}

function sizeOf(chunk: unknown): number {
  if (typeof chunk === "string") return chunk.length;
  return chunk instanceof Uint8Array ? chunk.byteLength : 0;
}
