import { INSPECT, type Message, type MessageJson } from "./message.ts";
import { type Filter, Messages } from "./messages.ts";

/**
 * The messages of an exchange as templates get them: all that reads, and nothing that adds.
 *
 * So `messages.error`, for which templates of connect-flash ask, is undefined and not a method, which would print its source.
 * Django: what the context processor `messages` gives.
 */
export class MessagesView implements Iterable<Message> {
  readonly #messages: Messages<string>;

  constructor(messages: Messages<string>) {
    this.#messages = messages;
  }

  /** Shows all messages; see {@link Messages}. */
  [Symbol.iterator](): ArrayIterator<Message> {
    return this.#messages[Symbol.iterator]();
  }

  /** How many messages there are. Counting shows none. */
  get length(): number {
    return this.#messages.length;
  }

  /** True if a message with this level and text is there. It shows none. */
  includes(message: Message): boolean {
    return this.#messages.includes(message);
  }

  /** The messages that match, all by default, without taking any from the storage. */
  peek(filter?: Filter): Message[] {
    return this.#messages.peek(filter);
  }

  /** Shows just the messages that match, all by default. The others wait. */
  take(filter?: Filter): Message[] {
    return this.#messages.take(filter);
  }

  /** Shows all messages as JSON; see {@link Messages.toJSON}. @param key what `JSON.stringify` passes; leave it out. */
  toJSON(key?: string): MessageJson[] {
    return this.#messages.toJSON(key);
  }

  get [Symbol.toStringTag](): string {
    return "Messages";
  }

  [INSPECT](): string {
    return this.#messages[INSPECT]();
  }
}

/** True for the messages of an exchange, as handlers have them or as templates do. */
export function isMessages(value: unknown): value is Messages | MessagesView {
  return value instanceof MessagesView || value instanceof Messages;
}
