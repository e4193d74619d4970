import type { FastifyReply } from "fastify";

/**
 * What Fastify does with a `Response` after all hooks: then its headers would replace what was written before.
 *
 * @returns the payload that is left to send.
 */
export function unpack(payload: unknown, reply: FastifyReply): unknown {
  if (!isWebResponse(payload) || payload.bodyUsed) return payload; // Fastify's own error tells of a used body.
  reply.code(payload.status);
  for (const [name, value] of payload.headers) reply.header(name, value);
  return payload.body;
}

/** As Fastify does it: a `Response` may come from another copy of undici. */
function isWebResponse(payload: unknown): payload is Response {
  return Object.prototype.toString.call(payload) === "[object Response]";
}
