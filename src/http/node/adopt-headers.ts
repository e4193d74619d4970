import type { OutgoingHttpHeader, OutgoingHttpHeaders, ServerResponse } from "node:http";

/**
 * Moves the headers given to `writeHead(status, [reason], [headers])` onto the response, as Node merges them: what is
 * given here replaces what was set before. Otherwise they would replace the Set-Cookie that is about to be added.
 *
 * @returns the arguments that are left.
 */
export function adoptHeaders(response: ServerResponse, args: readonly unknown[]): unknown[] {
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
