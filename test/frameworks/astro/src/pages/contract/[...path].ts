import type { APIRoute } from "astro";
import { act } from "../../../contract-app";

export const ALL: APIRoute = (context) => {
  const { request, url, locals } = context;
  const { method } = request;
  const answer = act({ method, url: url.href, messages: locals.messages, native: context });
  const { status, body } = answer;
  const headers = answer.headers as [string, string][];
  if (status === 303) return context.redirect(new Headers(headers).get("location") ?? "/", status);
  return new Response(body || null, { status, headers });
};
