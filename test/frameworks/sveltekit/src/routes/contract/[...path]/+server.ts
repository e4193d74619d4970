import { type RequestHandler, redirect } from "@sveltejs/kit";
import { act } from "../../../../contract-app";

export const trailingSlash = "ignore";

export const fallback: RequestHandler = (event) => {
  const { request, url, locals } = event;
  const { method } = request;
  const { status, headers, body } = act({ method, url: url.href, messages: locals.messages, native: event });
  if (status === 303) redirect(status, new Headers(headers as [string, string][]).get("location") ?? "/");
  return new Response(body || null, { status, headers: headers as [string, string][] });
};
