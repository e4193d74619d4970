import type { FastifyInstance, FastifyPluginAsync, FastifyReply, FastifyRequest } from "fastify";
import { andThen, isPromise, type MaybePromise } from "../../core/async.ts";
import { MessagesError } from "../../core/errors.ts";
import type { Levels } from "../../core/levels.ts";
import { type Mount, rememberMount } from "../../core/mount.ts";
import { linkMessages, MESSAGES } from "../../core/request.ts";
import { Delivery } from "../../delivery/delivery.ts";
import type { Config } from "../../settings/settings.ts";
import { deliveryOf, getters, openDelivery, STATE, setState } from "../lazy-messages.ts";
import { sessionFirst, sessionOn } from "../sessions/fastify-session.ts";
import { addLocals } from "../template-locals.ts";
import { FastifyExchange, ReplyHead } from "./fastify-exchange.ts";
import { unpack } from "./fastify-payload.ts";

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

/** What is known of a request before its messages are touched: its reply, until that was sent. */
type Untouched = FastifyReply | typeof SENT | EarlySession;

/** In the place of the reply, once it was sent. */
const SENT = Object.freeze({});

/** A request that had its session before the messages: it will be saved before them. */
class EarlySession {
  readonly reply: FastifyReply;

  constructor(reply: FastifyReply) {
    this.reply = reply;
  }
}

function install(app: FastifyInstance, config: Config, mount: Mount): void {
  checkOrder(app, mount);
  const deliver = (request: FastifyRequest, untouched: Untouched): Delivery => {
    const isEarly = untouched instanceof EarlySession;
    const reply = isEarly ? untouched.reply : untouched === SENT ? undefined : (untouched as FastifyReply);
    return new Delivery(config, new FastifyExchange(request, reply, mount, sessionOn(request, mount, isEarly)));
  };
  decorateRequest(app, deliver);
  const addLocalsTo = decorateReply(app);

  app.addHook("onRequest", (request, reply, done) => {
    setState(request, "session" in request && request.session ? new EarlySession(reply) : reply);
    linkMessages(request.raw, request); // The raw request is all that a Connect middleware gets to see.
    addLocalsTo?.(reply);
    done();
  });
  if (!config.isLazy) {
    // The first hook that comes after all sessions were read, and before all that can fail and show a page.
    app.addHook("preParsing", async (request, reply) => {
      if (!config.isLazyFor(new FastifyExchange(request, reply, mount))) await openDelivery(request).prepare();
    });
  }
  app.addHook("onSend", (request, reply, payload, done) => {
    const left = finish(request, reply, payload);
    // A promise only where there is one: an async handler that does not return the reply it sent would send once more.
    return isPromise(left) ? left : done(null, left);
  });
}

/** Writes what became of the messages. @returns the payload that is left to send. */
function finish(request: FastifyRequest, reply: FastifyReply, payload: unknown): MaybePromise<unknown> {
  const delivery = deliveryOf(request);
  if (delivery === undefined) {
    setState(request, SENT);
    return payload;
  }
  // Where sending fails after this, the error page comes through here as well.
  const body = delivery.isPending ? unpack(payload, reply) : payload;
  return andThen(delivery.commit(new ReplyHead(reply)), () => body);
}

function decorateRequest(
  app: FastifyInstance,
  deliver: (request: FastifyRequest, untouched: Untouched) => Delivery,
): void {
  const { messages, forFunctions } = getters(deliver);
  app.decorateRequest(STATE, null);
  app.decorateRequest(MESSAGES, { getter: forFunctions.get });
  app.decorateRequest("messages", { getter: messages.get, setter: messages.set } as never);
}

const LOCALS: unique symbol = Symbol("onceover.locals");

interface LocalsOwner {
  [LOCALS]?: object | null;
  readonly request: FastifyRequest;
}

/** @returns what adds the locals to each reply, where another plugin makes them; otherwise they are made when they are read. */
function decorateReply(app: FastifyInstance): ((reply: FastifyReply) => void) | undefined {
  if (app.hasReplyDecorator("locals")) {
    return (reply) => {
      reply.locals = { ...reply.locals };
      addLocals(reply.locals, reply.request);
    };
  }
  app.decorateReply(LOCALS, null);
  app.decorateReply("locals", {
    getter(this: LocalsOwner) {
      if (!this[LOCALS]) {
        this[LOCALS] = {};
        addLocals(this[LOCALS], this.request);
      }
      return this[LOCALS];
    },
    setter(this: LocalsOwner, locals: object) {
      this[LOCALS] = locals;
    },
  } as never);
  return undefined;
}

function checkOrder(app: FastifyInstance, mount: Mount): void {
  if (app.hasRequestDecorator("messages"))
    throw new MessagesError(
      "mounted-twice",
      `There is a \`request.messages\` already. Mount messages() once, for the whole app: ${mount.messages}.`,
    );
  if (app.hasRequestDecorator("session")) throw sessionFirst(mount);
}
