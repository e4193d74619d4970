import type { OutgoingHttpHeader, OutgoingHttpHeaders, ServerResponse } from "node:http";
import type { MaybePromise } from "../async.ts";

/** The methods of a response that send its headers. */
const SENDERS = ["writeHead", "write", "end", "flushHeaders"] as const;

type AnyFunction = (...args: unknown[]) => unknown;

/**
 * Runs `listener` once, before the response's headers go out, and lets nothing out until it is done.
 *
 * express-session saves inside its own `end`, before `writeHead`; so all four senders are wrapped, and wrapped late: what
 * was wrapped last runs first.
 *
 * @param listener is told the status that is about to be sent. If it throws, nothing is sent, and whoever called the
 *   sender gets the error. If its promise is rejected, the response becomes a 500 that tells why.
 */
export function beforeHeaders(response: ServerResponse, listener: (status: number) => MaybePromise<void>): void {
  let state: "armed" | "waiting" | "open" = "armed";
  const held: (() => unknown)[] = [];

  for (const name of SENDERS) {
    const send = (response[name] as AnyFunction).bind(response);
    response[name] = ((...args: unknown[]) => {
      if (state === "open") return send(...args);
      if (state === "armed") {
        const rest = name === "writeHead" ? adoptHeaders(response, args) : args;
        const status = name === "writeHead" ? (rest[0] as number) : response.statusCode;
        state = "open";
        const done = listener(status);
        if (!(done instanceof Promise)) return send(...rest);
        state = "waiting";
        held.push(() => send(...rest));
        done.then(release, fail);
      } else {
        held.push(() => send(...args));
      }
      // `false` makes a stream that is piped here wait for "drain".
      return name === "write" ? false : response;
    }) as never;
  }

  function release(): void {
    state = "open";
    const results = held.splice(0).map((send) => send());
    if (results.at(-1) === true) response.emit("drain");
  }

  function fail(error: unknown): void {
    state = "open";
    held.length = 0;
    for (const name of response.getHeaderNames()) response.removeHeader(name);
    response.statusCode = 500;
    response.setHeader("Content-Type", "text/plain; charset=utf-8");
    response.end(String(error));
  }
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
