import type { Mount } from "../core/mount.ts";
import { type AppMessages, MESSAGES, mountedTwice } from "../core/request.ts";
import { Delivery } from "../delivery/delivery.ts";

// A request that never touches its messages costs a few own properties: what its delivery would be made of, and getters that
// all requests of an app share. They stand on the request itself, and not on the prototype of the framework's requests: apps hand
// requests on to other apps, which give them prototypes of their own.

/** On a request: what {@link Opener} is given, and once the messages are touched, their delivery. */
export const STATE: unique symbol = Symbol("onceover.state");

/** A request, or a context. */
interface Host {
  [STATE]?: unknown;
}

/** Makes the delivery of one request. @param state what {@link enter} was given. */
export type Opener<Request extends object, State> = (request: Request, state: State) => Delivery;

/** How the requests of an app get `messages`, and what the function form looks for. */
export interface Getters {
  /** An app that assigns to it replaces it. */
  readonly messages: { get(this: object): AppMessages | undefined; set(this: object, value: unknown): void };
  readonly forFunctions: { get(this: object): AppMessages | undefined };
}

/** Makes the getters of an app, once. */
export function getters<Request extends object, State>(open: Opener<Request, State>): Getters {
  function get(this: object): AppMessages | undefined {
    const state = (this as Host)[STATE];
    if (!state) return undefined;
    if (state instanceof Delivery) return state.messages as AppMessages;
    const delivery = open(this as Request, state as State);
    ownerOf(this)[STATE] = delivery;
    return delivery.messages as AppMessages;
  }
  return { messages: { get, set: replace }, forFunctions: { get } };
}

function replace(this: object, value: unknown): void {
  Object.defineProperty(this, "messages", { value, writable: true, configurable: true, enumerable: true });
}

/** What stands on each request of an app. */
export function propertiesOf({ messages, forFunctions }: Getters): PropertyDescriptorMap {
  return {
    messages: { ...messages, configurable: true, enumerable: true },
    [MESSAGES]: { ...forFunctions, configurable: true },
  };
}

/** Lets a request come through messages(). @throws {MessagesError} `mounted-twice`. */
export function enter(request: object, state: object, properties: PropertyDescriptorMap, mount: Mount): void {
  if (MESSAGES in request) throw mountedTwice(mount);
  (request as Host)[STATE] = state;
  Object.defineProperties(request, properties);
}

/** Sets what the delivery of a request is made of, or that itself, in the place of what it had. */
export function setState(request: object, state: object): void {
  (request as Host)[STATE] = state;
}

/** The delivery of a request whose messages were touched. */
export function deliveryOf(request: object): Delivery | undefined {
  const state = (request as Host)[STATE];
  return state instanceof Delivery ? state : undefined;
}

/** The delivery of a request that came through messages(), whether its messages were touched or not. */
export function openDelivery(request: object): Delivery {
  void (request as { [MESSAGES]?: unknown })[MESSAGES];
  return deliveryOf(request) as Delivery;
}

/** A request may be wrapped by an object that inherits from it: both have the same messages. */
function ownerOf(request: object): Host {
  let owner = request;
  while (!Object.hasOwn(owner, STATE)) owner = Object.getPrototypeOf(owner);
  return owner;
}
