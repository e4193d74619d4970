import type { OutgoingHttpHeader, OutgoingHttpHeaders, ServerResponse } from "node:http";
import { isPromise, type MaybePromise } from "../../async.ts";

/** The methods of a response that send its headers. */
const SENDERS = ["writeHead", "write", "end", "flushHeaders"] as const;

/** How much of a body is held back before a stream that is piped here is asked to wait, in bytes. */
const MAX_HELD = 1 << 16;

type Sender = (typeof SENDERS)[number];
type AnyFunction = (...args: unknown[]) => unknown;

/**
 * Runs `listener` once, before the response's headers go out, and lets nothing out until it is done.
 *
 * express-session saves inside its own `end`, before `writeHead`; so all four senders are wrapped. What was wrapped last
 * runs first.
 *
 * @param isWanted is asked when the headers are about to go out; if not, the response goes out as if it were not wrapped.
 * @param listener is told the status that is about to be sent. If it fails, the response becomes a 500 that tells why: the
 *   sender may have been called from where nobody catches an error.
 */
export function beforeHeaders(
  response: ServerResponse,
  isWanted: () => boolean,
  listener: (status: number) => MaybePromise<void>,
): void {
  const { writeHead, write, end, flushHeaders } = response;
  const senders = { writeHead, write, end, flushHeaders } as unknown as Readonly<Record<Sender, AnyFunction>>;
  const held: { name: Sender; args: unknown[] }[] = [];
  let heldBytes = 0;
  let state: "armed" | "waiting" | "open" = "armed";

  for (const name of SENDERS) {
    response[name] = ((...args: unknown[]) => {
      if (state === "armed" && !isWanted()) state = "open";
      if (state === "open") return senders[name].apply(response, args);
      // Whoever finds the headers unsent asks for them again (compression does): the first call has asked.
      if (state === "waiting" && name !== "writeHead") held.push({ name, args });
      if (state === "armed" && start(name, args)) return sendHeld();
      if (name !== "write") return response;
      heldBytes += sizeOf(args[0]);
      return heldBytes < MAX_HELD;
    }) as never;
  }

  /** @returns true if the listener was done at once. */
  function start(name: Sender, args: unknown[]): boolean {
    held.push({ name, args: name === "writeHead" ? adoptHeaders(response, args) : args });
    state = "waiting";
    try {
      const done = listener(name === "writeHead" ? (args[0] as number) : response.statusCode);
      if (!isPromise(done)) return true;
      // What Node refuses now, it would have refused in the face of whoever called.
      done.then(sendLate, fail).catch((error: Error) => response.destroy(error));
    } catch (error) {
      fail(error);
    }
    return false;
  }

  /** @returns what the last of the held calls returned. */
  function sendHeld(): unknown {
    state = "open";
    return held.splice(0).reduce((_: unknown, { name, args }) => senders[name].apply(response, args), undefined);
  }

  /** Whoever was asked to wait is waiting for "drain": it comes by itself if the last of so many bytes was not taken at once. */
  function sendLate(): void {
    if (sendHeld() === true && heldBytes >= MAX_HELD) response.emit("drain");
  }

  function fail(error: unknown): void {
    state = "open";
    held.length = 0;
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

/**
 * Moves the headers given to `writeHead(status, [reason], [headers])` onto the response, as Node merges them: what is
 * given here replaces what was set before. Otherwise they would replace the Set-Cookie that is about to be added.
 *
 * @returns the arguments that are left.
 */
function adoptHeaders(response: ServerResponse, args: readonly unknown[]): unknown[] {
  const [status, second, third] = args;
  const reason = typeof second === "string" ? [second] : [];
  const headers = (typeof second === "string" ? third : (third ?? second)) as
    | OutgoingHttpHeaders
    | OutgoingHttpHeader[]
    | undefined;
  const isList = Array.isArray(headers);
  const pairs = isList ? pairsOf(headers) : Object.entries(headers ?? {});
  if (isList) for (const [name] of pairs) response.removeHeader(name);
  for (const [name, value] of pairs) {
    if (isList) response.appendHeader(name, value as string | string[]);
    else response.setHeader(name, value as OutgoingHttpHeader);
  }
  return [status, ...reason];
}

/** Names and values from a flat list, or from a list of pairs. */
function pairsOf(list: readonly unknown[]): [string, unknown][] {
  if (Array.isArray(list[0])) return list as [string, unknown][];
  return list.flatMap((name, index) => (index % 2 === 0 ? [[String(name), list[index + 1]] as [string, unknown]] : []));
}
