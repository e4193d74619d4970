import { bisectKeepLeft, bisectKeepRight } from "../../core/bisect.ts";
import type { Message } from "../../core/message.ts";
import { MAX_TEXT_LENGTH } from "../../wire/compression.ts";
import { decodeMessages, encodeItem, type Item } from "../../wire/json.ts";
import { MAX_SIGNED_LENGTH, pack, packShortest, type Signed, type Signer, signedLength } from "../../wire/signing.ts";
import { type Group, messagesOf } from "./group.ts";
import type { CookieSettings } from "./place.ts";

/** The mark at the end of a cookie that says: more waits in the next storage (Django: `CookieStorage.not_finished`). */
const NOT_FINISHED = "__messagesnotfinished__";

/** About as long as a value can be that browsers keep: name and value have 4096 characters (RFC 6265bis §5.7). */
const BROWSERS_KEEP = 4000;

/** How far ahead of ours the clock of a server that signed may be, in seconds. */
const CLOCKS_DIFFER = 60;

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
  /** Characters that the value may have. */
  readonly room: number;
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

/** The value of a messages cookie in Django's format. */
export class CookieFormat {
  readonly #settings: CookieSettings;
  readonly #signer: Signer;
  readonly #compresses: boolean;

  /** @param compresses as Django does, wherever it makes a value shorter; otherwise only what would not fit. */
  constructor(settings: CookieSettings, signer: Signer, compresses: boolean) {
    this.#settings = settings;
    this.#signer = signer;
    this.#compresses = compresses;
  }

  /** Characters that cookies may have together. */
  get limit(): number {
    return this.#settings.maxSize || Number.POSITIVE_INFINITY;
  }

  /** Encodes groups, if there is room for all of it. @returns undefined if not. */
  encode(groups: readonly Group[], room: number): string | undefined {
    const json = itemsOf(groups);
    if (json.length > MAX_TEXT_LENGTH) return undefined;
    const payload = this.#pack(jsonOf(json, false), room);
    return isShort(payload, room) ? this.#signer.sign(payload) : undefined;
  }

  /**
   * Encodes groups of which it is known that there is room.
   *
   * @param isMarked says that more waits in the next storage.
   */
  write(groups: readonly Group[], room: number, isMarked = false): string {
    return this.#signer.sign(this.#pack(jsonOf(itemsOf(groups), isMarked), room));
  }

  /** What a value holds; undefined if it is forged, malformed, older than `maxAge` or from the future. */
  decode(value: string): Decoded | undefined {
    const signed = this.#signer.unsign(value);
    if (signed === undefined || this.isStale(signed.timestamp) || isAhead(signed.timestamp)) return undefined;
    const items = decodeMessages(signed.json);
    if (items === undefined) return undefined;
    const complete = items.at(-1) !== NOT_FINISHED;
    if (!complete) items.pop();
    return { items, complete, timestamp: signed.timestamp, signature: signed.signature };
  }

  /** True for a value that was signed with one of the secrets, whatever it holds. */
  isGenuine(value: string): boolean {
    return this.#signer.isGenuine(value);
  }

  /** Encodes as many messages as there is room for; without those that no cookie could be read with again. */
  fit(groups: readonly Group[], { room, drop, mark }: Fitting): Fitted {
    const whole = this.encode(groups, room);
    if (whole !== undefined) return { value: whole, stored: messagesOf(groups), unstored: [] };
    const entries = entriesOf(groups);
    const isTooLarge = (some: readonly Entry[]) => !this.#isSmall(some, mark, room);
    const stays = this.#keep(
      entries.filter((entry) => isReadable([entry])),
      drop,
      isTooLarge,
    );
    const isStored = new Set(stays);
    return {
      value: this.#signer.sign(this.#pack(jsonOf(join(stays), mark), room)),
      stored: stays.map(({ message }) => message),
      unstored: entries.filter((entry) => !isStored.has(entry)).map(({ message }) => message),
    };
  }

  /** A group without the messages that do not even fit into a cookie of their own. */
  eachFittingAlone<G extends Group>(group: G, room: number): G {
    const fits = (message: Message) => this.#isSmall(entriesOf([{ ...group, messages: [message] }]), false, room);
    return { ...group, messages: group.messages.filter(fits) };
  }

  /** True for a time, in Unix seconds, that is longer ago than a message may wait. */
  isStale(time: number): boolean {
    const { maxAge } = this.#settings;
    return maxAge !== undefined && Date.now() / 1000 - time > maxAge;
  }

  /** Those at the end that is not dropped, as many as are not too large. */
  #keep(
    entries: readonly Entry[],
    drop: "newest" | "oldest",
    isTooLarge: (some: readonly Entry[]) => boolean,
  ): readonly Entry[] {
    const nearest = (count: number) =>
      drop === "newest" ? entries.slice(0, count) : entries.slice(entries.length - count);
    // Django tries all of them first; where its choice does not matter, the work depends on how many fit.
    const most = this.#compresses ? entries.length : doubled(entries.length, (count) => isTooLarge(nearest(count)));
    const some = nearest(most);
    return drop === "newest"
      ? some.slice(0, bisectKeepLeft(some, isTooLarge))
      : some.slice(bisectKeepRight(some, isTooLarge));
  }

  #isSmall(entries: readonly Entry[], isMarked: boolean, room: number): boolean {
    if (!isReadable(entries)) return false;
    return isShort(this.#pack(jsonOf(join(entries), isMarked), room), room);
  }

  /** Compressing costs more than everything else together: so only what would otherwise not fit is compressed. */
  #pack(json: string, room: number): string {
    const length = signedLength(Math.ceil((json.length * 4) / 3));
    const fits = length <= (room === Number.POSITIVE_INFINITY ? BROWSERS_KEEP : room);
    return fits && !this.#compresses ? pack(json) : packShortest(json);
  }
}

/** True for a payload whose signed value has room, and is not too long to be read again. */
function isShort(payload: string, room: number): boolean {
  return signedLength(payload.length) <= Math.min(room, MAX_SIGNED_LENGTH);
}

/** Groups as JSON, each message after a comma, and each group behind its name. */
function itemsOf(groups: readonly Group[]): string {
  let json = "";
  for (const { id, messages } of groups) {
    if (id !== undefined && messages.length > 0) json += `,"${id}"`;
    for (const message of messages) json += `,${encodeItem(message, ",")}`;
  }
  return json;
}

function isAhead(time: number): boolean {
  return time - Date.now() / 1000 > CLOCKS_DIFFER;
}

/** True for what {@link CookieFormat.decode} takes back. */
function isReadable(entries: readonly Entry[]): boolean {
  return entries.reduce((sum, { json }) => sum + json.length, 0) <= MAX_TEXT_LENGTH;
}

function entriesOf(groups: readonly Group[]): Entry[] {
  return groups.flatMap(({ id, messages }) =>
    messages.map((message) => ({ message, json: encodeItem(message, ","), group: id })),
  );
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

/** A count that is too many, found by doubling. */
function doubled(length: number, isTooMany: (count: number) => boolean): number {
  let count = 1;
  while (count < length && !isTooMany(count)) count *= 2;
  return Math.min(count, length);
}
