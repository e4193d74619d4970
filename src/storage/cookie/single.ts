import type { Exchange } from "../../core/exchange.ts";
import type { Message } from "../../core/message.ts";
import type { Link, LinkedWaiting } from "../chain.ts";
import type { KnownStorage } from "../needs.ts";
import type { Changes, Unstored } from "../storage.ts";
import type { CookieFormat } from "./format.ts";

/** All messages in one cookie, as Django keeps them: two responses at once overwrite each other. */
export class SingleCookieStorage implements Link, KnownStorage {
  readonly synchronous = true;
  readonly needs = "cookies";
  readonly #format: CookieFormat;

  constructor(format: CookieFormat) {
    this.#format = format;
  }

  open(exchange: Exchange): SingleCookie {
    return new SingleCookie(this.#format, exchange, false);
  }

  openLinked(exchange: Exchange): SingleCookie {
    return new SingleCookie(this.#format, exchange, true);
  }
}

class SingleCookie implements LinkedWaiting {
  readonly messages: readonly Message[];
  /** A cookie without messages is not a sign that there are none: what waits in the next storage is still to be read. */
  readonly hasMore: boolean;
  readonly #format: CookieFormat;
  readonly #exchange: Exchange;
  readonly #isLinked: boolean;
  readonly #isSent: boolean;
  /** True for a cookie that is of no use: forged or malformed, or a mark that points to no storage. */
  readonly #isDebris: boolean;

  constructor(format: CookieFormat, exchange: Exchange, isLinked: boolean) {
    const value = exchange.cookie(format.settings.name);
    const decoded = value ? format.decode(value) : undefined;
    const isEmpty = !decoded?.items.some((item) => typeof item !== "string");
    this.messages = isEmpty ? [] : (decoded?.items ?? []).filter((item) => typeof item !== "string");
    this.hasMore = Boolean(value) && (isEmpty || decoded?.complete !== true);
    this.#format = format;
    this.#exchange = exchange;
    this.#isLinked = isLinked;
    this.#isSent = Boolean(value);
    this.#isDebris = Boolean(value) && isEmpty && (decoded?.complete !== false || !isLinked);
  }

  commit({ kept, added, consumed }: Changes): Unstored {
    const { name } = this.#format.settings;
    if (added.length === 0 && consumed.length === 0) {
      if (this.#isDebris) this.#format.delete(this.#exchange, name);
      return [];
    }
    const waiting = [...kept, ...added];
    if (waiting.length === 0) {
      if (this.#isSent) this.#format.delete(this.#exchange, name);
      return [];
    }
    const drop = this.#isLinked ? "newest" : "oldest";
    const { value, unstored } = this.#format.fit([{ id: undefined, messages: waiting }], { drop, mark: true });
    this.#format.set(this.#exchange, name, value);
    return unstored;
  }
}
