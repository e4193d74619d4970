import type { IncomingMessage, ServerResponse } from "node:http";
import { type AppMessages, attachMessages } from "../api.ts";
import { Delivery, wantsPage } from "../delivery.ts";
import type { Levels } from "../levels.ts";
import { type Mount, rememberMount } from "../mount.ts";
import type { Config } from "../settings.ts";
import { beforeHeaders } from "./before-headers.ts";
import { NodeExchange, NodeResponseHead, sessionOnRequest } from "./node-exchange.ts";

/** A middleware in Connect's form. */
export type NodeMiddleware = (
  request: IncomingMessage,
  response: ServerResponse,
  next: (error?: unknown) => void,
) => void;

/** The middleware of all servers that pass on the request and the response of `node:http`. */
export function nodeMiddleware<L extends Levels>(config: Config<L>, mount: Mount): NodeMiddleware {
  rememberMount(mount);
  return function onceover(request, response, next) {
    // `response.end([...request.messages].join())` looks `end` up before it touches the messages. For a cookie that is early
    // enough, as `end` calls `writeHead`; a session's own `end`, or a promise, must find the wrapped one.
    const isWatchedEarly = !config.storage.synchronous || "session" in request;
    let delivery: Delivery | undefined;
    let isTouched = false;
    const messages = config.messages(() => {
      isTouched = true;
      if (response.headersSent) deliver().miss(messages);
      else if (!isWatchedEarly) watch();
      return deliver();
    });
    const exchangeOf = (canWait: boolean) =>
      new NodeExchange(request, response, { mount, session: sessionOnRequest(request, mount, canWait) });
    const deliver = () => {
      if (!delivery) {
        const exchange = exchangeOf(isWatchedEarly);
        delivery = new Delivery(config, exchange, exchange);
      }
      return delivery;
    };
    const watch = () => {
      const commit = (status: number) => deliver().commit(messages, new NodeResponseHead(response, status));
      beforeHeaders(response, () => isTouched, commit);
    };
    attachMessages(request, messages);
    request.messages = messages as unknown as AppMessages;

    if (isWatchedEarly) watch();
    if (config.storage.synchronous || !wantsPage(exchangeOf(isWatchedEarly))) return next();
    deliver()
      .preload()
      .then(() => next(), next);
  };
}
