import { DEFAULT_LEVELS } from "../core/levels.ts";
import type { MessagesHolder } from "../core/request.ts";
import { GETTER } from "./visit.ts";

/** What has the messages of these locals. */
const HOST: unique symbol = Symbol("onceover.host");

interface Locals {
  readonly [HOST]: MessagesHolder;
}

/** Shared by all requests, so that none has closures of its own. */
const MESSAGES: PropertyDescriptor & ThisType<Locals> = {
  ...GETTER,
  enumerable: true,
  get() {
    return this[HOST].messages;
  },
};

/**
 * Gives templates `messages` and `DEFAULT_MESSAGE_LEVELS` (Django: the context processor `messages`).
 *
 * @param host what has the messages; it is asked when a template is rendered.
 */
export function addLocals(locals: object, host: MessagesHolder): void {
  // Not enumerable: who prints the locals, or copies them, does not mean the request.
  Object.defineProperty(locals, HOST, { value: host, configurable: true });
  Object.defineProperty(locals, "messages", MESSAGES);
  (locals as { DEFAULT_MESSAGE_LEVELS?: unknown }).DEFAULT_MESSAGE_LEVELS = DEFAULT_LEVELS;
}
