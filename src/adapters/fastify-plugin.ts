import type { FastifyInstance, FastifyPluginAsync, FastifyRequest } from "fastify";
import type { AppMessages } from "../api.ts";
import { isPromise } from "../async.ts";
import { MessagesError } from "../errors.ts";
import { DEFAULT_LEVELS, type Levels } from "../levels.ts";
import { type Mount, rememberMount } from "../mount.ts";
import type { Config } from "../settings.ts";
import { FastifyExchange } from "./exchanges/fastify-exchange.ts";
import { sessionFirst } from "./sessions/fastify-session.ts";

/** The plugin of Fastify, and of every framework on it. */
export function fastifyPlugin<L extends Levels>(config: Config<L>, mount: Mount): FastifyPluginAsync {
  rememberMount(mount);
  return Object.assign(async (app: FastifyInstance) => install(app, config, mount), METADATA);
}

/** What the package fastify-plugin would say of it: that it is not for a scope of its own, for one. */
const METADATA = {
  [Symbol.for("skip-override")]: true,
  [Symbol.for("fastify.display-name")]: "onceover",
  [Symbol.for("plugin-meta")]: { name: "onceover", fastify: "5.x" },
};

function install<L extends Levels>(app: FastifyInstance, config: Config<L>, mount: Mount): void {
  checkOrder(app, mount);
  const exchanges = new WeakMap<FastifyRequest, FastifyExchange<L>>();
  app.decorateRequest("messages");
  // @fastify/view makes one for each reply, unless there is one.
  if (!app.hasReplyDecorator("locals")) app.decorateReply("locals");

  app.addHook("onRequest", (request, reply, done) => {
    const exchange = new FastifyExchange(config, request, reply, mount);
    exchanges.set(request, exchange);
    request.messages = exchange.messages as unknown as AppMessages;
    reply.locals = { ...reply.locals, messages: request.messages, DEFAULT_MESSAGE_LEVELS: DEFAULT_LEVELS };
    done();
  });
  if (!config.storage.synchronous) {
    // The first hook that comes after all sessions were read, and before whatever can fail and show a page.
    app.addHook("preParsing", async (request) => exchanges.get(request)?.preload());
  }
  app.addHook("onSend", (request, _reply, payload, done) => {
    const left = exchanges.get(request)?.finish(payload);
    // A promise only where there is one: an async handler that does not return the reply it sent would send once more.
    return isPromise(left) ? left : done(null, left);
  });
}

function checkOrder(app: FastifyInstance, mount: Mount): void {
  if (app.hasRequestDecorator("messages"))
    throw new MessagesError(
      "mounted-twice",
      `There is a \`request.messages\` already. Mount messages() once, for the whole app: ${mount.messages}.`,
    );
  if (app.hasRequestDecorator("session")) throw sessionFirst(mount);
}
