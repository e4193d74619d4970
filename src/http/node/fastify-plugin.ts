import type { FastifyInstance, FastifyPluginAsync, FastifyReply, FastifyRequest } from "fastify";
import { andThen, isPromise, type MaybePromise } from "../../core/async.ts";
import { MessagesError } from "../../core/errors.ts";
import type { Session } from "../../core/exchange.ts";
import type { Levels } from "../../core/levels.ts";
import { type Mount, rememberMount } from "../../core/mount.ts";
import { attachMessages, MESSAGES } from "../../core/request.ts";
import type { Config } from "../../settings/settings.ts";
import { sessionFirst, sessionOn } from "../sessions/fastify-session.ts";
import { type AddLocals, localsOf } from "../template-locals.ts";
import { GETTER } from "../visit.ts";
import { type FastifyContext, FastifyExchange, ReplyHead } from "./fastify-exchange.ts";
import { unpack } from "./fastify-payload.ts";
import { NodeVisit } from "./node-visit.ts";

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

/** messages() as it is registered once. */
interface Registered {
  readonly config: Config;
  readonly mount: Mount;
}

/**
 * A request of Fastify. Its hooks run before it writes the headers, but not for a reply that was hijacked, or is written to
 * `reply.raw`: so that is watched until they run.
 */
class FastifyVisit extends NodeVisit implements FastifyContext {
  readonly request: FastifyRequest;
  readonly mount: Mount;
  readonly savesWithHeaders = false;
  /** No session is saved on the raw response. */
  protected readonly hasSession = false;
  isRaw = false;
  /** Undefined once it was sent. */
  #reply: FastifyReply | undefined;
  /** A session that was there before the messages will be saved before them. */
  readonly #hadSession: boolean;

  constructor({ config, mount }: Registered, request: FastifyRequest, reply: FastifyReply) {
    super(config, reply.raw);
    this.request = request;
    this.mount = mount;
    this.#reply = reply;
    this.#hadSession = "session" in request && Boolean(request.session);
  }

  /** Writes what became of the messages. @returns the payload that is left to send. */
  finish(payload: unknown, reply: FastifyReply): MaybePromise<unknown> {
    const { delivery } = this;
    this.#reply = undefined;
    this.unwatch();
    if (delivery === undefined) return payload;
    // Where sending fails after this, the error page comes through here as well.
    const body = delivery.isPending ? unpack(payload, reply) : payload;
    return andThen(delivery.commit(new ReplyHead(reply)), () => body);
  }

  /** Called where the raw response is sent. */
  override commit(status: number): MaybePromise<void> {
    this.isRaw = true;
    return super.commit(status);
  }

  openSession(): () => Session | undefined {
    return sessionOn(this.request, this.mount, this.#hadSession);
  }

  protected exchange(): FastifyExchange {
    return new FastifyExchange(this, this.#reply);
  }
}

interface Host {
  [MESSAGES]?: FastifyVisit | null;
}

function visitOf(request: FastifyRequest): FastifyVisit | null | undefined {
  return (request as Host)[MESSAGES];
}

function install(app: FastifyInstance, config: Config, mount: Mount): void {
  checkOrder(app, mount);
  const registered = { config, mount };
  app.decorateRequest(MESSAGES, null);
  app.decorateRequest("messages", { getter: GETTER.get, setter: GETTER.set } as never);
  const addLocalsTo = decorateReply(app, localsOf(config.local));

  app.addHook("onRequest", (request, reply, done) => {
    const visit = new FastifyVisit(registered, request, reply);
    (request as Host)[MESSAGES] = visit;
    attachMessages(request.raw, visit); // The raw request is all that a Connect middleware gets to see.
    addLocalsTo?.(reply, visit);
    done();
  });
  if (!config.isLazy) {
    // The first hook that comes after all sessions were read, and before all that can fail and show a page.
    app.addHook("preParsing", async (request) => visitOf(request)?.prepare());
  }
  app.addHook("onError", (request, _reply, _error, done) => {
    visitOf(request)?.delivery?.fail();
    done();
  });
  app.addHook("onSend", (request, reply, payload, done) => {
    const visit = visitOf(request);
    const left = visit ? visit.finish(payload, reply) : payload;
    // A promise only where there is one: an async handler that does not return the reply it sent would send once more.
    return isPromise(left) ? left : done(null, left);
  });
}

const LOCALS: unique symbol = Symbol("onceover.locals");

interface LocalsOwner {
  [LOCALS]?: object | null;
  readonly request: FastifyRequest;
}

/** @returns what adds the locals to each reply, where another plugin makes them; otherwise they are made when they are read. */
function decorateReply(
  app: FastifyInstance,
  addLocals: AddLocals,
): ((reply: FastifyReply, visit: FastifyVisit) => void) | undefined {
  if (app.hasReplyDecorator("locals")) {
    return (reply, visit) => {
      reply.locals = { ...reply.locals };
      addLocals(reply.locals, visit);
    };
  }
  app.decorateReply(LOCALS, null);
  app.decorateReply("locals", {
    getter(this: LocalsOwner) {
      if (!this[LOCALS]) {
        this[LOCALS] = {};
        addLocals(this[LOCALS], visitOf(this.request) as FastifyVisit);
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
