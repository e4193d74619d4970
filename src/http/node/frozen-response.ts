import type { ServerResponse } from "node:http";

/** The methods by which headers change. */
const SETTERS = ["setHeader", "setHeaders", "appendHeader", "removeHeader"] as const;

/** True while messages are committed: what they write goes through. */
let isCommitting = false;

/** Writes a header, also to a response that is held back, as only its messages may. */
export function writeHeader(
  response: ServerResponse,
  how: "setHeader" | "appendHeader",
  name: string,
  value: string,
): void {
  isCommitting = true;
  try {
    response[how](name, value);
  } finally {
    isCommitting = false;
  }
}

/**
 * A response that is held back looks sent, and does what one does that is sent: `headersSent` is true, its headers cannot be
 * changed any more (`ERR_HTTP_HEADERS_SENT`), nor can its status.
 *
 * Who asks before they answer, as error handlers do, would otherwise answer a second time. And where they find that it is too
 * late, they break the connection (Express does): that waits until the response is out, as it would be already.
 */
export class FrozenResponse {
  readonly #response: ServerResponse;
  readonly #status: number;
  readonly #statusMessage: string;
  /** What stood on objects before; undefined where nothing did. */
  readonly #own: [host: object, name: string, descriptor: PropertyDescriptor | undefined][] = [];
  #isEnded = false;
  #isToBeDestroyed = false;

  /** @param freezesHeaders false where saving the session still sets some, as koa-session does. */
  constructor(response: ServerResponse, freezesHeaders: boolean) {
    this.#response = response;
    this.#status = response.statusCode;
    this.#statusMessage = response.statusMessage;
    if (freezesHeaders) this.#freezeHeaders();
  }

  /** True once the app has ended it. */
  get isEnded(): boolean {
    return this.#isEnded;
  }

  end(): void {
    this.#isEnded = true;
    this.#define(this.#response, "writableEnded", true);
    this.#define(this.#response, "finished", true);
  }

  /** Everything as it was. @returns what is left to do once all that was held back is sent. */
  thaw(): () => void {
    for (const [host, name, descriptor] of this.#own.splice(0).reverse()) {
      if (descriptor) Object.defineProperty(host, name, descriptor);
      else Reflect.deleteProperty(host, name);
    }
    const response = this.#response;
    // Set only where it was changed: HTTP/2 warns of any status message.
    if (response.statusCode !== this.#status) response.statusCode = this.#status;
    if (response.statusMessage !== this.#statusMessage) response.statusMessage = this.#statusMessage;
    return () => this.#destroy();
  }

  #freezeHeaders(): void {
    const response = this.#response;
    this.#define(response, "headersSent", true);
    for (const name of SETTERS) {
      const set = response[name] as (...args: unknown[]) => unknown;
      this.#define(response, name, (...args: unknown[]) => {
        if (isCommitting) return set.apply(response, args);
        throw Object.assign(new Error("Cannot set headers after they are sent to the client"), {
          code: "ERR_HTTP_HEADERS_SENT",
        });
      });
    }
    const { socket } = response;
    if (!socket) return;
    this.#define(socket, "destroy", () => {
      this.#isToBeDestroyed = true;
      return socket;
    });
  }

  #destroy(): void {
    const response = this.#response;
    if (!this.#isToBeDestroyed) return;
    if (this.#isEnded && !response.writableFinished) response.once("finish", () => response.req.socket.destroySoon());
    else response.req.socket.destroySoon();
  }

  #define(host: object, name: string, value: unknown): void {
    this.#own.push([host, name, Object.getOwnPropertyDescriptor(host, name)]);
    Object.defineProperty(host, name, { value, configurable: true, writable: true });
  }
}
