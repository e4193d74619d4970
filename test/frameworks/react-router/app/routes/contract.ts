import { messagesContext } from "onceover/react-router";
import { redirect } from "react-router";
import { act } from "../../contract-app";
import type { Route } from "./+types/contract";

function answer({ context, request }: Route.LoaderArgs | Route.ActionArgs): Response {
  const { status, headers, body } = act({
    method: request.method,
    url: request.url,
    messages: context.get(messagesContext),
    native: request,
  });
  if (status === 303) return redirect(headers[0]?.[1] ?? "", 303);
  // Bytes have no content type: compression() in react-router-serve leaves them, and their Vary, alone.
  const bytes = [204, 205, 304].includes(status) ? null : new TextEncoder().encode(body);
  const response = new Response(bytes, { status });
  for (const [name, value] of headers) response.headers.append(name, value);
  return response;
}

export const loader = answer;
export const action = answer;
