import type { ServerResponse } from "node:http";
import { isPromise, type MaybePromise } from "../../core/async.ts";
import { adoptHeaders } from "./adopt-headers.ts";

/** Runs before the headers go out. @param status that is about to be sent. */
export type BeforeHeaders = (status: number) => MaybePromise<void>;

/** How much of a body is held back before a stream that is piped here is asked to wait, in bytes. */
const MAX_HELD = 1 << 16;

type Sender = "writeHead" | "write" | "end" | "flushHeaders";
type AnyFunction = (...args: unknown[]) => unknown;

/**
 * Runs `listener` once, before anything of the response goes out, and lets nothing out until it is done.
 *
 * express-session saves inside its own `end`, before `writeHead`: so all four senders are wrapped. What was wrapped last
 * runs first.
 *
 * @param listener if it fails, the response becomes a 500 that tells why: the sender may have been called from where no
 *   caller catches an error.
 */
export function beforeSending(response: ServerResponse, listener: BeforeHeaders): void {
  const { writeHead, write, end, flushHeaders } = response;
  const senders = { writeHead, write, end, flushHeaders } as unknown as Readonly<Record<Sender, AnyFunction>>;
  const held: { name: Sender; args: unknown[] }[] = [];
  let heldBytes = 0;
  /** "replaced": the listener has failed, and what the app sends is no longer wanted. */
  let state: "armed" | "waiting" | "open" | "replaced" = "armed";

  response.writeHead = ((...args: unknown[]) => {
    if (state === "open" || state === "replaced") return senders.writeHead.apply(response, args);
    // While the headers are held back, others may ask for them again (compression does): the first call has asked.
    if (state === "waiting") return response;
    const rest = adoptHeaders(response, args);
    start(args[0] as number);
    if (is("open")) return senders.writeHead.apply(response, rest);
    if (is("waiting")) held.push({ name: "writeHead", args: rest });
    return response;
  }) as never;

  for (const name of ["write", "end", "flushHeaders"] as const) {
    response[name] = ((...args: unknown[]) => {
      // Those that were looked up before they were wrapped may have sent the headers.
      if (state === "armed" && response.headersSent) state = "open";
      if (state === "armed") start(response.statusCode);
      if (is("open")) return senders[name].apply(response, args);
      if (is("waiting")) held.push({ name, args });
      if (name !== "write") return response;
      heldBytes += sizeOf(args[0]);
      return heldBytes < MAX_HELD;
    }) as never;
  }

  /** Asked where TypeScript cannot see that `start` has changed it. */
  function is(expected: typeof state): boolean {
    return state === expected;
  }

  function start(status: number): void {
    state = "waiting";
    try {
      const done = listener(status);
      if (!isPromise(done)) {
        state = "open";
        return;
      }
      // What Node refuses now, it would have refused in the face of its caller.
      done.then(sendHeld, fail).catch((error: Error) => response.destroy(error));
    } catch (error) {
      fail(error);
    }
  }

  /** A stream that was asked to wait is waiting for "drain", which comes by itself only if the last write was not taken at once. */
  function sendHeld(): void {
    state = "open";
    let returned: unknown;
    for (const { name, args } of held.splice(0)) returned = senders[name].apply(response, args);
    if (returned === true && heldBytes >= MAX_HELD) response.emit("drain");
  }

  function fail(error: unknown): void {
    state = "replaced";
    held.length = 0;
    if (response.headersSent) throw error;
    for (const name of response.getHeaderNames()) response.removeHeader(name);
    response.statusCode = 500;
    response.setHeader("Content-Type", "text/plain; charset=utf-8");
    senders.end.call(response, String(error));
  }
}

function sizeOf(chunk: unknown): number {
  if (typeof chunk === "string") return chunk.length;
  return chunk instanceof Uint8Array ? chunk.byteLength : 0;
}
