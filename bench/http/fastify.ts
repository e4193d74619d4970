import type { Server } from "node:http";
import fastifyFlash from "@fastify/flash";
import fastifyFormbody from "@fastify/formbody";
import fastifySecureSession from "@fastify/secure-session";
import fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from "fastify";
import { messages } from "onceover/fastify";
import { flashCookie, NO_FLASH, readFlash } from "../floor.ts";
import { type Item, PLAIN, page } from "../page.ts";
import { SECRET } from "../samples.ts";
import type { VariantName } from "./frameworks.ts";
import type { Servers } from "./server.ts";

/** One way to do one-time messages in Fastify. */
interface Variant {
  register(app: FastifyInstance): void;
  add(request: FastifyRequest, reply: FastifyReply, text: string): void;
  /** Takes all messages, for the page. */
  take(request: FastifyRequest, reply: FastifyReply): readonly Item[];
}

const HTML = "text/html; charset=utf-8";

async function listen({ register, add, take }: Variant): Promise<Server> {
  const app = fastify();
  register(app);
  app.register(fastifyFormbody);
  app.post<{ Body: { text: string } }>("/add", (request, reply) => {
    add(request as FastifyRequest, reply, request.body.text);
    return reply.redirect("/show", 303);
  });
  app.get("/show", (request, reply) => reply.type(HTML).send(page(take(request, reply))));
  app.get("/plain", (_request, reply) => reply.type(HTML).send(PLAIN));
  await app.listen({ port: 0, host: "127.0.0.1" });
  return app.server;
}

const floor: Variant = {
  register() {},
  add(request, reply, text) {
    reply.header("Set-Cookie", flashCookie([...readFlash(request.headers.cookie), ["info", text]]));
  },
  take(request, reply) {
    const items = readFlash(request.headers.cookie);
    if (items.length > 0) reply.header("Set-Cookie", NO_FLASH);
    return items;
  },
};

const onceover: Variant = {
  register: (app) => void app.register(messages({ secret: SECRET, storage: "cookie" })),
  add: (request, _reply, text) => void request.messages.info(text),
  take: (request) => Array.from(request.messages, (message): Item => [message.tags, String(message)]),
};

const flash: Variant = {
  register(app) {
    // The key itself: a `secret` only adds a slow start.
    const key = Buffer.alloc(32, SECRET);
    app.register(fastifySecureSession, { key, cookie: { path: "/", sameSite: "lax" } });
    app.register(fastifyFlash);
  },
  add: (request, _reply, text) => void request.flash("info", text),
  take: (_request, reply) => Array.from(reply.flash("info") as readonly string[], (text): Item => ["info", text]),
};

export const servers: Servers<VariantName<"fastify">> = {
  floor: () => listen(floor),
  "onceover cookie": () => listen(onceover),
  "@fastify/flash + @fastify/secure-session": () => listen(flash),
};
