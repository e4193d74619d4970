import { bisectKeepLeft, bisectKeepRight } from "../../core/bisect.ts";
import type { CookieAttributes, Exchange, SameSite } from "../../core/exchange.ts";
import type { Message } from "../../core/message.ts";
import { decodeMessages, encodeItem, type Item } from "../../wire/json.ts";
import { pack, packShortest, type Signed, type Signer, signedLength } from "../../wire/signing.ts";

/** The mark at the end of a cookie that says: more waits in the next storage (Django: `CookieStorage.not_finished`). */
const NOT_FINISHED = "__messagesnotfinished__";

/** About as long as a value can be that browsers keep: name and value have 4096 characters (RFC 6265bis §5.7). */
const BROWSERS_KEEP = 4000;

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

/** Messages that one response added. In a cookie they stand behind their name, if they have one. */
export interface Group {
  readonly id: string | undefined;
  readonly messages: readonly Message[];
}

/** What a cookie value held. */
export interface Decoded extends Pick<Signed, "timestamp" | "signature"> {
  /** Messages, and the marks among them. */
  readonly items: readonly Item[];
  /** False if more waits in the next storage. */
  readonly complete: boolean;
}

/** What went into a cookie, and what did not. */
export interface Fitted {
  readonly value: string;
  readonly stored: readonly Message[];
  readonly unstored: readonly Message[];
}

/** How messages are fitted into a cookie that is too small for all of them. */
export interface Fitting {
  /** Which of them go: the newest, if a next storage takes them, else the oldest. */
  readonly drop: "newest" | "oldest";
  /** True marks a cookie from which some are missing: they are to be looked for in the next storage. */
  readonly mark: boolean;
}

/** A message as it stands in a cookie. */
interface Entry {
  readonly message: Message;
  readonly json: string;
  readonly group: string | undefined;
}

/** One messages cookie: its value in Django's format, and how it is set and deleted. */
export class CookieFormat {
  readonly settings: CookieSettings;
  readonly #signer: Signer;
  readonly #pack: (json: string) => string;
  readonly #bisects: boolean;
  readonly #placed: Placed | undefined;

  /** @param compresses as Django does, wherever it makes a value shorter; otherwise only what would not fit. */
  constructor(settings: CookieSettings, signer: Signer, compresses: boolean) {
    this.settings = settings;
    this.#signer = signer;
    this.#pack = compresses ? packShortest : (json) => this.#packToFit(json);
    this.#bisects = compresses;
    const { domain, secure } = settings;
    if (typeof domain !== "function" && typeof secure !== "function") this.#placed = place(settings, domain, secure);
  }

  /** @param isMarked says that more waits in the next storage. */
  encode(groups: readonly Group[], isMarked = false): string {
    let json = "";
    for (const { id, messages } of groups) {
      if (id !== undefined && messages.length > 0) json += `,"${id}"`;
      for (const message of messages) json += `,${encodeItem(message, ",")}`;
    }
    return this.#signer.sign(this.#pack(jsonOf(json, isMarked)));
  }

  /** What a value holds; undefined if it is forged, malformed or older than `maxAge`. */
  decode(value: string): Decoded | undefined {
    const signed = this.#signer.unsign(value);
    if (signed === undefined || this.isStale(signed.timestamp)) return undefined;
    const items = decodeMessages(signed.json);
    if (items === undefined) return undefined;
    const complete = items.at(-1) !== NOT_FINISHED;
    if (!complete) items.pop();
    return { items, complete, timestamp: signed.timestamp, signature: signed.signature };
  }

  /** Encodes as many messages as the limit allows. */
  fit(groups: readonly Group[], { drop, mark }: Fitting): Fitted {
    const whole = this.encode(groups);
    const entries = entriesOf(groups);
    if (this.isWithinLimit(whole.length)) return { value: whole, stored: messagesOf(entries), unstored: [] };
    const isTooLarge = (some: readonly Entry[]) => !this.#isSmall(some, mark);
    const [stays, goes] =
      drop === "newest" ? this.#keepOldest(entries, isTooLarge) : this.#keepNewest(entries, isTooLarge);
    return { value: this.#sign(stays, mark), stored: messagesOf(stays), unstored: messagesOf(goes) };
  }

  /** True if a message fits into a cookie of its own. */
  fitsAlone(message: Message, group: string | undefined): boolean {
    return this.#isSmall(entriesOf([{ id: group, messages: [message] }]), false);
  }

  /** True if this many characters of cookie values may be stored. A limit of 0 is none. */
  isWithinLimit(length: number): boolean {
    return this.settings.maxSize === 0 || length <= this.settings.maxSize;
  }

  set(exchange: Exchange, name: string, value: string): void {
    exchange.setCookie({ name, value, attributes: this.#place(exchange).set });
  }

  delete(exchange: Exchange, name: string): void {
    exchange.setCookie({ name, value: "", attributes: this.#place(exchange).deleted });
  }

  /** True for a time, in Unix seconds, that is longer ago than a message may wait. */
  isStale(time: number): boolean {
    const { maxAge } = this.settings;
    return maxAge !== undefined && Date.now() / 1000 - time > maxAge;
  }

  #keepOldest(entries: readonly Entry[], isTooLarge: (some: readonly Entry[]) => boolean): [Entry[], Entry[]] {
    const bound = this.#bisects
      ? entries.length
      : boundOf(entries.length, (count) => isTooLarge(entries.slice(0, count)));
    const cut = bisectKeepLeft(entries.slice(0, bound), isTooLarge);
    return [entries.slice(0, cut), entries.slice(cut)];
  }

  #keepNewest(entries: readonly Entry[], isTooLarge: (some: readonly Entry[]) => boolean): [Entry[], Entry[]] {
    const bound = this.#bisects
      ? entries.length
      : boundOf(entries.length, (count) => isTooLarge(entries.slice(-count)));
    const start = entries.length - bound;
    const cut = start + bisectKeepRight(entries.slice(start), isTooLarge);
    return [entries.slice(cut), entries.slice(0, cut)];
  }

  #isSmall(entries: readonly Entry[], isMarked: boolean): boolean {
    return this.isWithinLimit(signedLength(this.#pack(jsonOf(join(entries), isMarked)).length));
  }

  #sign(entries: readonly Entry[], isMarked: boolean): string {
    return this.#signer.sign(this.#pack(jsonOf(join(entries), isMarked)));
  }

  /** Compressing costs more than everything else together: so only what would otherwise not fit is compressed. */
  #packToFit(json: string): string {
    const length = signedLength(Math.ceil((json.length * 4) / 3));
    return length <= (this.settings.maxSize || BROWSERS_KEEP) ? pack(json) : packShortest(json);
  }

  #place({ request }: Exchange): Placed {
    if (this.#placed) return this.#placed;
    const { domain, secure } = this.settings;
    return place(
      this.settings,
      typeof domain === "function" ? domain(request) : domain,
      typeof secure === "function" ? secure(request) : secure,
    );
  }
}

/** The attributes by which a cookie is set, and those by which the same one is deleted. */
interface Placed {
  readonly set: CookieAttributes;
  readonly deleted: CookieAttributes;
}

/** Deletes with Django's attributes (`HttpResponse.delete_cookie`): Secure only where a browser insists on it. */
function place(settings: CookieSettings, domain: string | undefined, secure: boolean): Placed {
  const { path, httpOnly, sameSite, maxAge } = settings;
  return {
    set: Object.freeze({ domain, path, secure, httpOnly, sameSite, maxAge }),
    deleted: Object.freeze({ domain, path, secure: mustBeSecure(settings), httpOnly: false, sameSite, maxAge: 0 }),
  };
}

/** True for a cookie that browsers take over HTTPS only (RFC 6265bis §4.1.3, §5.7). */
export function mustBeSecure({ name, sameSite }: { readonly name: string; readonly sameSite: SameSite }): boolean {
  return sameSite === "none" || /^__(Host|Secure)-/i.test(name);
}

function entriesOf(groups: readonly Group[]): Entry[] {
  return groups.flatMap(({ id, messages }) =>
    messages.map((message) => ({ message, json: encodeItem(message, ","), group: id })),
  );
}

function messagesOf(entries: readonly Entry[]): Message[] {
  return entries.map(({ message }) => message);
}

/** Entries as JSON, each after a comma, and each group behind its name. */
function join(entries: readonly Entry[]): string {
  let json = "";
  let group: string | undefined;
  for (const entry of entries) {
    if (entry.group !== undefined && entry.group !== group) json += `,"${entry.group}"`;
    group = entry.group;
    json += `,${entry.json}`;
  }
  return json;
}

/** @param items as JSON, each after a comma. */
function jsonOf(items: string, isMarked: boolean): string {
  return `[${(isMarked ? `${items},"${NOT_FINISHED}"` : items).slice(1)}]`;
}

/** A count that is too many, found by doubling: so the work depends on how many fit, and not on how many there are. */
function boundOf(length: number, isTooMany: (count: number) => boolean): number {
  let count = 1;
  while (count < length && !isTooMany(count)) count *= 2;
  return Math.min(count, length);
}
