import type { Exchange } from "../exchange.ts";
import type { CookieFormat } from "./cookie-format.ts";
import type { Changes, Loaded, Storage, Unstored } from "./storage.ts";

/** All messages in one cookie, as Django keeps them: two responses at once overwrite each other. */
export class SingleCookieStorage implements Storage {
  readonly synchronous = true;
  readonly #format: CookieFormat;
  readonly #name: string;
  /** The exchanges whose cookie holds no message, and whether it says at least that more waits in the next storage. */
  readonly #empty = new WeakMap<Exchange, "unreadable" | "mark for more">();

  constructor(format: CookieFormat) {
    this.#format = format;
    this.#name = format.settings.name;
  }

  load(exchange: Exchange): Loaded {
    const value = exchange.cookie(this.#name);
    if (!value) return { messages: undefined, complete: true };
    const decoded = this.#format.decode(value);
    const messages = (decoded?.items ?? []).filter((item) => typeof item !== "string");
    if (messages.length === 0) this.#empty.set(exchange, decoded?.complete === false ? "mark for more" : "unreadable");
    // A cookie without messages is not a sign that there are none: what waits in the next storage is still to be read.
    return { messages, complete: messages.length > 0 && decoded?.complete === true };
  }

  commit({ kept, added, consumed, hasNext }: Changes, exchange: Exchange): Unstored {
    if (added.length === 0 && consumed.length === 0) {
      // What the mark points to may be on its way into the session; where nothing comes next, it points nowhere.
      const empty = this.#empty.get(exchange);
      if (empty === "unreadable" || (empty === "mark for more" && !hasNext)) this.#format.delete(exchange, this.#name);
      return [];
    }
    const waiting = [...kept, ...added];
    if (waiting.length === 0) {
      if (exchange.cookie(this.#name)) this.#format.delete(exchange, this.#name);
      return [];
    }
    const { value, unstored } = this.#format.fit(waiting, hasNext, { alwaysMark: true });
    this.#format.set(exchange, this.#name, value);
    return unstored;
  }
}
