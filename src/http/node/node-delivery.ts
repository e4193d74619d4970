import type { IncomingMessage, ServerResponse } from "node:http";
import type { MaybePromise } from "../../core/async.ts";
import type { Mount } from "../../core/mount.ts";
import { Delivery } from "../../delivery/delivery.ts";
import type { Config } from "../../settings/settings.ts";
import { deliveryOf, enter, getters, openDelivery, propertiesOf } from "../lazy-messages.ts";
import { sessionOnRequest } from "../sessions/request-session.ts";
import { adoptHeaders } from "./adopt-headers.ts";
import { type BeforeHeaders, beforeSending } from "./held-response.ts";
import { NodeExchange, NodeResponseHead } from "./node-exchange.ts";

/** messages() as it is mounted once, on an app of `node:http`. */
export class NodeMount {
  readonly #config: Config;
  readonly #mount: Mount;
  readonly #properties: PropertyDescriptorMap;

  constructor(config: Config, mount: Mount) {
    this.#config = config;
    this.#mount = mount;
    this.#properties = propertiesOf(
      getters((request: IncomingMessage, response: ServerResponse) => this.#deliver(request, response)),
    );
  }

  /** Lets a request come through messages(), and opens before the handler what that could not open in time. */
  enter(request: IncomingMessage, response: ServerResponse, next: (error?: unknown) => void): void {
    enter(request, response, this.#properties, this.#mount);
    watchEarly(this.#config, request, response, "session" in request);
    const loading = this.#isLazy(request, response) ? undefined : openDelivery(request).prepare();
    if (loading) loading.then(() => next(), next);
    else next();
  }

  #isLazy(request: IncomingMessage, response: ServerResponse): boolean {
    const config = this.#config;
    return config.isLazy || config.isLazyFor(new NodeExchange(request, response, { mount: this.#mount }));
  }

  #deliver(request: IncomingMessage, response: ServerResponse): Delivery {
    const openSession = () => sessionOnRequest(request as { session?: unknown }, this.#mount);
    const exchange = new NodeExchange(request, response, { mount: this.#mount, openSession });
    const delivery = new Delivery(this.#config, exchange);
    if (!exchange.isAnswered) watch(this.#config, request, response, "session" in request);
    return delivery;
  }
}

/** The responses whose headers are waited for already. */
const watched = new WeakSet<ServerResponse>();

/**
 * Watches a response from before the handler on, where its messages may have to be written before somebody else writes: a
 * session saves in its own `end`, and a storage may take its time. `response.end([...request.messages].join())` looks `end` up
 * before it touches the messages.
 */
export function watchEarly(
  config: Config,
  request: object,
  response: ServerResponse,
  hasSession: boolean,
  onCommit?: (done: MaybePromise<void>) => void,
): void {
  if (!config.commitsAtOnce(hasSession)) watch(config, request, response, hasSession, onCommit);
}

/**
 * Has the delivery of a request commit before the headers of its response go out.
 *
 * @param hasSession true if there is a session whose middleware may save it before the headers go out.
 * @param onCommit is told what committing came to.
 */
export function watch(
  config: Config,
  request: object,
  response: ServerResponse,
  hasSession: boolean,
  onCommit: (done: MaybePromise<void>) => void = () => {},
): void {
  if (watched.has(response)) return;
  const commit = (status: number) => {
    const done = deliveryOf(request)?.commit(new NodeResponseHead(response, status));
    onCommit(done);
    return done;
  };
  // With debug, what goes wrong makes the response a 500, whose body must be held back too.
  if (config.commitsAtOnce(hasSession) && !config.debug) beforeHead(response, commit);
  else {
    watched.add(response);
    beforeSending(response, commit);
  }
}

/**
 * Runs `listener` once, before the response's headers go out. All ways to send them end in `writeHead`.
 *
 * @param listener is done when it returns.
 */
function beforeHead(response: ServerResponse, listener: BeforeHeaders): void {
  const { writeHead } = response;
  let isArmed = true;
  response.writeHead = ((...args: unknown[]) => {
    if (!isArmed) return writeHead.apply(response, args as never);
    // If Node refuses these headers, an error page can still be sent.
    const rest = args.length > 1 ? adoptHeaders(response, args) : args;
    isArmed = false;
    void listener(args[0] as number);
    return writeHead.apply(response, rest as never);
  }) as never;
}
