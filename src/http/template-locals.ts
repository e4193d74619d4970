import { DEFAULT_LEVELS } from "../core/levels.ts";
import type { Messages } from "../core/messages.ts";
import { MessagesView } from "../core/messages-view.ts";
import type { MessagesHolder } from "../core/request.ts";

/** What has the messages of these locals. */
const HOST: unique symbol = Symbol("onceover.host");

interface Locals {
  readonly [HOST]: MessagesHolder;
}

/**
 * Gives templates the messages and `DEFAULT_MESSAGE_LEVELS` (Django: the context processor `messages`).
 *
 * @param host what has the messages; it is asked when a template is rendered.
 */
export type AddLocals = (locals: object, host: MessagesHolder) => void;

/** @param name by which templates find the messages. */
export function localsOf(name: string): AddLocals {
  // Shared by all requests, so that none has closures of its own.
  const messages: PropertyDescriptor & ThisType<Locals> = {
    configurable: true,
    enumerable: true,
    get() {
      return new MessagesView(this[HOST].messages as Messages);
    },
    /** An app that assigns to it replaces it. */
    set(value: unknown) {
      Object.defineProperty(this, name, { value, writable: true, configurable: true, enumerable: true });
    },
  };
  return (locals, host) => {
    // Not enumerable: who prints the locals, or copies them, does not mean the request.
    Object.defineProperty(locals, HOST, { value: host, configurable: true });
    Object.defineProperty(locals, name, messages);
    (locals as { DEFAULT_MESSAGE_LEVELS?: unknown }).DEFAULT_MESSAGE_LEVELS = DEFAULT_LEVELS;
  };
}
