import type { Mount } from "../core/mount.ts";
import { type AppMessages, attachMessages, MESSAGES } from "../core/request.ts";
import type { Delivery } from "../delivery/delivery.ts";

/**
 * One request that came through messages(). It is all that a request costs whose messages nobody touches: their delivery is
 * made when they are first asked for.
 */
export abstract class Visit {
  #delivery: Delivery | undefined;

  protected abstract deliver(): Delivery;

  get messages(): AppMessages {
    return this.open().messages as AppMessages;
  }

  /** The delivery, if the messages were asked for. */
  get delivery(): Delivery | undefined {
    return this.#delivery;
  }

  /** The delivery, made if there is none yet. */
  open(): Delivery {
    this.#delivery ??= this.deliver();
    return this.#delivery;
  }
}

/** A request, or a context. */
interface Host {
  [MESSAGES]?: Visit;
  messages?: unknown;
}

/** The property `messages` of a request: shared by all, so that none has closures of its own. */
export const GETTER: PropertyDescriptor & ThisType<Host> = {
  configurable: true,
  get() {
    return this[MESSAGES]?.messages;
  },
  /** An app that assigns to it replaces it. */
  set(value: unknown) {
    Object.defineProperty(this, "messages", { value, writable: true, configurable: true, enumerable: true });
  },
};

const prototypes = new WeakSet<object>();

/** Gives whatever inherits from this a property `messages`; it is undefined where a request came through no messages(). */
export function defineGetter(prototype: object): void {
  if (prototypes.has(prototype)) return;
  prototypes.add(prototype);
  Object.defineProperty(prototype, "messages", GETTER);
}

/**
 * Lets a request come through messages().
 *
 * @param shares true if other requests inherit from this one's prototype, and it may be given the property.
 * @throws {MessagesError} `mounted-twice`.
 */
export function enter(request: object, visit: Visit, mount: Mount, shares: (request: object) => boolean): void {
  attachMessages(request, visit, mount);
  if (Object.hasOwn(request, "messages")) delete (request as Host).messages;
  const prototype = Object.getPrototypeOf(request);
  if (prototypes.has(prototype)) return;
  if (shares(request)) defineGetter(prototype);
  else Object.defineProperty(request, "messages", GETTER);
}
