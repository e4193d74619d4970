/**
 * Messages as JSON at an address of their own, for scripts that fetch them.
 *
 * @module
 */
import type { IncomingMessage, ServerResponse } from "node:http";
import type { Messages } from "../core/messages.ts";
import { findMessages, noMiddleware } from "../core/request.ts";

/** For this visitor alone, and gone once they are fetched. */
const HEADERS: Readonly<Record<string, string>> = {
  "Content-Type": "application/json; charset=utf-8",
  "Cache-Control": "no-store",
};

/**
 * Answers with the messages that wait, as a JSON array: a handler for Express, Connect and `node:http`.
 *
 * They count as displayed. It is what the `src` of `<onceover-messages>` asks for.
 *
 * @param next is handed what fails, as Express and Connect have it; without one, the promise rejects.
 * @throws {MessagesError} `no-middleware` if the request went through no adapter.
 *
 * @example
 * ```ts
 * import express from "express";
 * import { messages } from "onceover/express";
 * import { messagesHandler } from "onceover/json";
 *
 * export const app = express();
 * app.use(messages({ secret: process.env.SECRET }));
 * app.get("/messages", messagesHandler);
 * ```
 */
export function messagesHandler(
  request: IncomingMessage,
  response: ServerResponse,
  next?: (error: unknown) => void,
): Promise<void> {
  // At once, not as a promise: Express 4 looks at no promise.
  const messages = messagesOf(request);
  const answered = takeJson(messages).then((json) => {
    for (const [name, value] of Object.entries(HEADERS)) response.setHeader(name, value);
    response.end(json);
  });
  return next ? answered.catch(next) : answered;
}

/**
 * The same as a `Response`, for frameworks that return one.
 *
 * @param request the framework's own request, context or event: whatever `getMessages()` takes.
 * @throws {MessagesError} `no-middleware` if the request went through no adapter.
 *
 * @example
 * ```ts
 * import { Hono } from "hono";
 * import { messages } from "onceover/hono";
 * import { messagesResponse } from "onceover/json";
 *
 * export const app = new Hono();
 * app.use(messages({ secret: process.env.SECRET }));
 * app.get("/messages", (c) => messagesResponse(c));
 * ```
 */
export async function messagesResponse(request: object): Promise<Response> {
  return new Response(await takeJson(messagesOf(request)), { headers: HEADERS });
}

function messagesOf(request: object): Messages {
  const messages = findMessages(request);
  if (!messages) throw noMiddleware();
  return messages;
}

async function takeJson(messages: Messages): Promise<string> {
  return JSON.stringify(await messages.load());
}
