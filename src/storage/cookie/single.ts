import type { Exchange } from "../../core/exchange.ts";
import type { Message } from "../../core/message.ts";
import type { Link, LinkedWaiting } from "../chain.ts";
import type { KnownStorage } from "../needs.ts";
import type { Changes, Unstored } from "../storage.ts";
import type { CookieFormat } from "./format.ts";
import type { Place } from "./place.ts";

/** All messages in one cookie, as Django keeps them: two responses at once overwrite each other. */
export class SingleCookieStorage implements Link, KnownStorage {
  readonly synchronous = true;
  readonly needs = "cookies";
  readonly #name: string;
  readonly #format: CookieFormat;
  readonly #placeOf: (exchange: Exchange) => Place;

  constructor(name: string, format: CookieFormat, placeOf: (exchange: Exchange) => Place) {
    this.#name = name;
    this.#format = format;
    this.#placeOf = placeOf;
  }

  open(exchange: Exchange): SingleCookie {
    return this.#open(exchange, false);
  }

  openLinked(exchange: Exchange): SingleCookie {
    return this.#open(exchange, true);
  }

  #open(exchange: Exchange, isLinked: boolean): SingleCookie {
    return new SingleCookie(this.#name, this.#format, this.#placeOf(exchange), exchange, isLinked);
  }
}

class SingleCookie implements LinkedWaiting {
  readonly messages: readonly Message[];
  /** A cookie without messages is not a sign that there are none: what waits in the next storage is still to be read. */
  readonly hasMore: boolean;
  readonly #name: string;
  readonly #format: CookieFormat;
  readonly #place: Place;
  readonly #exchange: Exchange;
  readonly #isLinked: boolean;
  readonly #isSent: boolean;
  /** True for a cookie that is of no use: forged or malformed, or a mark that points to no storage. */
  readonly #isDebris: boolean;

  constructor(name: string, format: CookieFormat, place: Place, exchange: Exchange, isLinked: boolean) {
    const value = exchange.cookie(name);
    const decoded = value ? format.decode(value) : undefined;
    const isEmpty = !decoded?.items.some((item) => typeof item !== "string");
    this.messages = isEmpty ? [] : (decoded?.items ?? []).filter((item) => typeof item !== "string");
    this.hasMore = Boolean(value) && (isEmpty || decoded?.complete !== true);
    this.#name = name;
    this.#format = format;
    this.#place = place;
    this.#exchange = exchange;
    this.#isLinked = isLinked;
    this.#isSent = Boolean(value);
    this.#isDebris = Boolean(value) && isEmpty && (decoded?.complete !== false || !isLinked);
  }

  commit({ kept, added, consumed }: Changes): Unstored {
    if (added.length === 0 && consumed.length === 0) {
      if (this.#isDebris) this.#delete();
      return [];
    }
    const waiting = [...kept, ...added];
    if (waiting.length === 0) {
      if (this.#isSent) this.#delete();
      return [];
    }
    const drop = this.#isLinked ? "newest" : "oldest";
    const fitting = { room: this.#format.limit, drop, mark: true } as const;
    const { value, unstored } = this.#format.fit([{ id: undefined, messages: waiting }], fitting);
    this.#place.set(this.#exchange, this.#name, value);
    return unstored;
  }

  #delete(): void {
    this.#place.delete(this.#exchange, this.#name);
  }
}
