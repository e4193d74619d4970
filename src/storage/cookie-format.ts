import { bisectKeepLeft, bisectKeepRight } from "../bisect.ts";
import type { Exchange, SameSite, SetCookie } from "../exchange.ts";
import type { Message } from "../message.ts";
import { decodeMessages, encodeMessages } from "../wire/json.ts";
import type { Signed, Signer } from "../wire/signing.ts";

/** The mark at the end of a cookie that says: more waits in the next storage (Django: `CookieStorage.not_finished`). */
const NOT_FINISHED = "__messagesnotfinished__";

/** A setting that may depend on the request. */
export type PerRequest<T> = T | { of(request: object): T }["of"];

/** The settings of a messages cookie, checked and complete. */
export interface CookieSettings {
  readonly name: string;
  readonly domain: PerRequest<string | undefined>;
  readonly path: string;
  readonly secure: PerRequest<boolean>;
  readonly httpOnly: boolean;
  readonly sameSite: SameSite;
  readonly maxAge: number | undefined;
  readonly maxSize: number;
}

/** What a cookie value held. */
export interface Decoded extends Pick<Signed, "timestamp" | "signature"> {
  /** Messages, and the marks among them. */
  readonly items: readonly (Message | string)[];
  /** False if more waits in the next storage. */
  readonly complete: boolean;
}

/** What went into a cookie, and what did not. */
export interface Fitted {
  readonly value: string;
  readonly stored: readonly Message[];
  readonly unstored: readonly Message[];
}

/** One messages cookie: its value in Django's format, and how it is set and deleted. */
export class CookieFormat {
  readonly settings: CookieSettings;
  readonly #signer: Signer;

  constructor(settings: CookieSettings, signer: Signer) {
    this.settings = settings;
    this.#signer = signer;
  }

  encode(items: readonly (Message | string)[], complete = true): string {
    return this.#signer.sign(encodeMessages(complete ? items : [...items, NOT_FINISHED], ","));
  }

  /** What a value holds; undefined if it is forged, malformed or older than `maxAge`. */
  decode(value: string): Decoded | undefined {
    const signed = this.#signer.unsign(value);
    const items = signed && !this.isStale(signed.timestamp) && decodeMessages(signed.json);
    if (!items) return undefined;
    const complete = items.at(-1) !== NOT_FINISHED;
    const { timestamp, signature } = signed;
    return { items: complete ? items : items.slice(0, -1), complete, timestamp, signature };
  }

  /**
   * Encodes as many messages as the limit allows: the oldest if a next storage takes the rest, else the newest.
   *
   * @param itemsOf what stands in the cookie for some of the messages; by default, just these.
   * @param alwaysMark marks an incomplete cookie as such even where no next storage follows.
   */
  fit(
    messages: readonly Message[],
    hasNext: boolean,
    {
      itemsOf = (some) => some,
      alwaysMark = false,
    }: {
      itemsOf?: (some: readonly Message[]) => readonly (Message | string)[];
      alwaysMark?: boolean;
    } = {},
  ): Fitted {
    const whole = this.encode(itemsOf(messages));
    if (this.isWithinLimit(whole.length)) return { value: whole, stored: messages, unstored: [] };
    const encodeSome = (some: readonly Message[]) => this.encode(itemsOf(some), !(hasNext || alwaysMark));
    const isTooLarge = (some: readonly Message[]) => !this.isWithinLimit(encodeSome(some).length);
    const cut = hasNext ? bisectKeepLeft(messages, isTooLarge) : bisectKeepRight(messages, isTooLarge);
    const [first, last] = [messages.slice(0, cut), messages.slice(cut)];
    const [stored, unstored] = hasNext ? [first, last] : [last, first];
    return { value: encodeSome(stored), stored, unstored };
  }

  /** True if this many characters of cookie values may be stored. A limit of 0 is none. */
  isWithinLimit(length: number): boolean {
    return this.settings.maxSize === 0 || length <= this.settings.maxSize;
  }

  set(exchange: Exchange, name: string, value: string): void {
    const { secure, httpOnly, maxAge } = this.settings;
    const isSecure = typeof secure === "function" ? secure(exchange.request) : secure;
    exchange.setCookie({ ...this.#placeOf(exchange, name), value, secure: isSecure, httpOnly, maxAge });
  }

  /** Deletes with Django's attributes (`HttpResponse.delete_cookie`): Secure only where a browser insists on it. */
  delete(exchange: Exchange, name: string): void {
    const place = this.#placeOf(exchange, name);
    exchange.setCookie({ ...place, value: "", secure: mustBeSecure(place), httpOnly: false, maxAge: 0 });
  }

  /** What must be equal for a cookie to be the same one, and its SameSite. */
  #placeOf(exchange: Exchange, name: string): Pick<SetCookie, "name" | "domain" | "path" | "sameSite"> {
    const { domain, path, sameSite } = this.settings;
    return { name, domain: typeof domain === "function" ? domain(exchange.request) : domain, path, sameSite };
  }

  /** True for a time, in Unix seconds, that is longer ago than a message may wait. */
  isStale(time: number): boolean {
    const { maxAge } = this.settings;
    return maxAge !== undefined && Date.now() / 1000 - time > maxAge;
  }
}

/** True for a cookie that browsers take over HTTPS only (RFC 6265bis §4.1.3, §5.7). */
export function mustBeSecure({ name, sameSite }: Pick<SetCookie, "name" | "sameSite">): boolean {
  return sameSite === "none" || /^__(Host|Secure)-/i.test(name);
}
