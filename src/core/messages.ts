import { isPromise, type MaybePromise } from "./async.ts";
import { checkData, type Json } from "./data.ts";
import { MessagesError } from "./errors.ts";
import type { Ledger, LedgerSettings } from "./ledger.ts";
import { type DefaultLevelName, LEVELS, type LevelName, type Levels, levelNumber } from "./levels.ts";
import { INSPECT, Message, type MessageJson } from "./message.ts";
import { checkOptions } from "./options.ts";
import { checkText, isResolved, type Text, textOf } from "./text.ts";

/** What can be said of a message beside its level and text. */
export interface AddOptions {
  /** CSS classes, put before the level's own tag; `""` by default (Django: `extra_tags`). */
  readonly extraTags?: string | null;
  /** Any JSON, for the page's own code. Refused with `compat: "django"`, whose format has no place for it. */
  readonly data?: Json;
}

/** What decides how messages are added and shown. */
export interface MessagesSettings extends LedgerSettings {
  readonly level: number;
  readonly levels: Levels;
  /** True if the format that messages are stored in has a place for `data`. */
  readonly carriesData: boolean;
}

/** What an app does with its messages: what is too late for one may be in time for the other. */
export type Touch = "added" | "read";

/** Where the messages of an exchange come from. */
export interface Source {
  /**
   * Notes that the app uses its messages, and opens the storage at the first time.
   *
   * @throws {MessagesError} if the storage cannot be opened, where the app's developer sees it.
   */
  touch(how: Touch): void;
  /** What waits for the visitor. */
  waiting(): MaybePromise<readonly Message[]>;
  /** Token by which the browser confirms that it displayed a message; undefined where the response itself says so. */
  readonly receiptOf?: ((message: Message) => string) | undefined;
}

/** A condition on messages. */
export type Filter = (message: Message) => boolean;

/** One method for each custom level, named like it. */
export type Shortcuts<L extends Levels> = {
  readonly [Name in Exclude<keyof L, DefaultLevelName>]: (message: Text, options?: AddOptions) => void;
};

/** The messages of an app with these levels. */
export type MessagesOf<L extends Levels> = Messages<LevelName<L>> & Shortcuts<L>;

/**
 * The messages of one exchange: those that wait, and those that are added.
 *
 * Adapters put it on the request. Iterating shows all messages, and they are gone once the visitor has seen the page.
 * Django: the storage that `get_messages(request)` returns.
 *
 * @typeParam Name the names of the levels that exist.
 *
 * @example
 * ```ts
 * import type { Messages } from "onceover";
 *
 * export function page(messages: Messages): string {
 *   return [...messages].map((message) => `<p class="${message.tags}">…</p>`).join("");
 * }
 * ```
 */
export class Messages<Name extends string = LevelName> implements Iterable<Message> {
  readonly #settings: MessagesSettings;
  readonly #ledger: Ledger;
  readonly #source: Source;
  #level: number | undefined;

  /** Adapters call it, by way of `Delivery`. */
  constructor(settings: MessagesSettings, ledger: Ledger, source: Source) {
    this.#settings = settings;
    this.#ledger = ledger;
    this.#source = source;
  }

  /**
   * Adds a message, unless its text is empty or its level below the minimum.
   *
   * @param level a number, or the name of a level; {@link parseLevel} reads one that a form sent.
   * @param message the text; {@link markSafe} for HTML; an object with `toString()` is asked when the response goes out.
   * @param options extra tags and data.
   * @throws {MessagesError} `unknown-level`, `invalid-text`, `invalid-options`, or `invalid-data`.
   *
   * Django: `add_message`.
   */
  add(level: number | Name, message: Text, options?: AddOptions): void {
    if (options !== undefined) checkOptions(options);
    if (message === null || message === undefined) return;
    const text = checkText(message);
    if (isResolved(text) && textOf(text) === "") return;
    const number = levelNumber(level, this.#settings.levels);
    if (number < this.level) return;
    const added = new Message(number, text, {
      extraTags: options?.extraTags === undefined ? "" : options.extraTags,
      data: this.#checkData(options?.data),
      levelTag: this.#settings.tags[number] ?? "",
    });
    this.#source.touch("added");
    this.#ledger.add(added);
  }

  /** Adds a message for developers (level 10). */
  debug(message: Text, options?: AddOptions): void {
    this.add(LEVELS.debug, message, options);
  }

  /** Adds a message that the visitor may want to know (level 20). */
  info(message: Text, options?: AddOptions): void {
    this.add(LEVELS.info, message, options);
  }

  /** Adds a message that something was done (level 25). */
  success(message: Text, options?: AddOptions): void {
    this.add(LEVELS.success, message, options);
  }

  /** Adds a warning (level 30). */
  warning(message: Text, options?: AddOptions): void {
    this.add(LEVELS.warning, message, options);
  }

  /** Adds a message that something was not done (level 40). */
  error(message: Text, options?: AddOptions): void {
    this.add(LEVELS.error, message, options);
  }

  /**
   * Shows all messages: they leave the storage when the response is one that the visitor gets to see.
   *
   * It walks those that are there now: what is added inside the loop waits for the next page.
   *
   * @throws {MessagesError} `not-loaded` with an asynchronous storage, before {@link load}.
   */
  [Symbol.iterator](): ArrayIterator<Message> {
    return this.#read().show().values();
  }

  /** How many messages there are. Counting shows none. */
  get length(): number {
    return this.#read().look().length;
  }

  /** True if a message with this level and text is there. It shows none. */
  includes(message: Message): boolean {
    return this.#read()
      .look()
      .some((other) => other.equals(message));
  }

  /** The messages that match, all by default, without taking any from the storage. */
  peek(filter: Filter = all): Message[] {
    return this.#read().peek(filter);
  }

  /** Shows just the messages that match, all by default: a form's own errors beside the form. The others wait. */
  take(filter: Filter = all): Message[] {
    return this.#read().take(filter);
  }

  /** Undoes iterating and taking: all messages are there again, and stay for the next page. */
  keep(): void {
    this.#ledger.keep();
  }

  /** Discards all messages, seen or not, whatever the response will be. */
  clear(): void {
    this.#read().clear();
  }

  /** True once all messages were iterated. Set it to false to keep them, to true to be rid of them (Django: `used`). */
  get used(): boolean {
    return this.#ledger.used;
  }

  set used(used: boolean) {
    const ledger = used ? this.#read() : this.#ledger;
    ledger.used = used;
  }

  /** The minimum level in this exchange: a number, or the name of a level; null goes back to the setting. */
  get level(): number {
    return this.#level ?? this.#settings.level;
  }

  set level(level: number | Name | null) {
    this.#level = level === null ? undefined : levelNumber(level, this.#settings.levels);
  }

  /**
   * Reads an asynchronous storage, so that everything else here can be synchronous.
   *
   * Adapters have done it where a page is asked for (`Accept: text/html`, or `HX-Request`).
   *
   * @returns these messages.
   */
  async load(): Promise<this> {
    if (!this.#ledger.isLoaded) {
      this.#source.touch("read");
      this.#ledger.receive(await this.#source.waiting());
    }
    return this;
  }

  /**
   * Shows all messages as JSON: like iterating, it takes them.
   *
   * `JSON.stringify`, which passes a key, takes them only if the response turns out to be JSON, a script or a stream of
   * events, by its `Content-Type`; so a log of `res.locals` takes none. In an HTML page, stringify what
   * `messages.toJSON()` returns.
   *
   * Where a client-side router fetches the data of a page, which it may never show, each has a `receipt`; hand what you show
   * to `shown()` of `onceover/shown`.
   *
   * @param key what `JSON.stringify` passes; leave it out.
   *
   * @example
   * ```ts
   * import type { Messages } from "onceover";
   *
   * export const island = (messages: Messages) => `<x-list data-messages='${JSON.stringify(messages.toJSON())}'></x-list>`;
   * ```
   */
  toJSON(key?: string): MessageJson[] {
    const ledger = this.#read();
    const messages = key === undefined ? ledger.show() : ledger.serialize();
    const { receiptOf } = this.#source;
    return messages.map((message) => {
      const json = message.toJSON();
      return receiptOf ? { ...json, receipt: receiptOf(message) } : json;
    });
  }

  get [Symbol.toStringTag](): string {
    return "Messages";
  }

  /** What a debugger shows: what is known already, without loading or showing anything. */
  [INSPECT](): string {
    return `Messages { ${this.#ledger.inspect((message) => `${message.level} ${JSON.stringify(`${message}`)}`)} }`;
  }

  /** The ledger, with everything in it that waits. */
  #read(): Ledger {
    this.#source.touch("read");
    if (!this.#ledger.isLoaded) {
      const waiting = this.#source.waiting();
      if (isPromise(waiting)) {
        waiting.catch(() => {}); // `load()` reports it.
        throw new MessagesError(
          "not-loaded",
          "The messages are not read yet, and their storage is asynchronous. `await messages.load()` before you read them.",
        );
      }
      this.#ledger.receive(waiting);
    }
    return this.#ledger;
  }

  #checkData(data: unknown): Json | undefined {
    if (data === undefined || this.#settings.carriesData) return checkData(data);
    throw new MessagesError(
      "invalid-data",
      'With compat: "django" a message has no `data`: its format has no place for it.',
    );
  }
}

const all: Filter = () => true;

/** How {@link Messages} are made. */
export type MessagesClass<L extends Levels> = new (
  settings: MessagesSettings,
  ledger: Ledger,
  source: Source,
) => MessagesOf<L>;

/** The class of messages with a method for each custom level. */
export function messagesClass<L extends Levels>(custom: L): MessagesClass<L> {
  class CustomMessages extends Messages<string> {}
  for (const [name, level] of Object.entries(custom)) {
    Object.defineProperty(CustomMessages.prototype, name, {
      value(this: Messages, message: Text, options?: AddOptions): void {
        this.add(level, message, options);
      },
    });
  }
  return CustomMessages as unknown as MessagesClass<L>;
}
