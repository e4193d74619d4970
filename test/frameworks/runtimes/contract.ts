import type { Messages } from "onceover";
import { act } from "./contract-app.ts";

/** One of the contract's pages. */
export function contract(request: Request, messages: Messages): Response {
  const { method, url } = request;
  const { status, headers, body } = act({ method, url, messages, native: request });
  if (status === 303) return Response.redirect(new URL(headers[0]?.[1] ?? "", url).href, 303);
  const response = new Response([204, 205, 304].includes(status) ? null : body, { status });
  for (const [name, value] of headers) response.headers.append(name, value);
  return response;
}
