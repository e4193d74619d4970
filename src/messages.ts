import { isPromise, type MaybePromise } from "./async.ts";
import { MessagesError } from "./errors.ts";
import { type DefaultLevelName, LEVELS, type Levels, levelNumber } from "./levels.ts";
import {
  checkData,
  checkText,
  INSPECT,
  isResolved,
  isSame,
  type Json,
  Message,
  type MessageJson,
  type Text,
  textOf,
} from "./message.ts";

/** What can be said of a message beside its level and text. */
export interface AddOptions {
  /** CSS classes, put before the level's own tag; `""` by default (Django: `extra_tags`). */
  readonly extraTags?: string | null;
  /** Any JSON, for the page's own code. Refused with `compat: "django"`, whose format has no place for it. */
  readonly data?: Json;
}

/** What decides how messages are added and shown. */
export interface MessagesSettings {
  readonly level: number;
  readonly levels: Levels;
  readonly tags: Readonly<Record<number, string>>;
  readonly compat: "django" | undefined;
  readonly duplicates: "keep" | "drop";
}

/** Where the messages of an exchange come from. */
export interface Source {
  /** Starts reading, at the first touch; throws if that cannot work, where the app's developer sees it. */
  begin(): void;
  /** Those that wait; asked for once. */
  load(): MaybePromise<readonly Message[]>;
  /** Tells that messages were touched when the response's headers had gone out. */
  tooLate(verb: "added" | "read"): void;
  /** By what the browser confirms that it has shown a message, where the response alone does not say so. */
  readonly receiptOf?: ((message: Message) => string) | undefined;
}

/** What an exchange did to its messages. */
export interface Outcome {
  /** Added in this exchange and still to be shown, in order. */
  readonly added: readonly Message[];
  /** From the storage, and to be removed from it. */
  readonly consumed: readonly Message[];
  /** True if the page asked what is there: the response depends on the visitor's cookies. */
  readonly looked: boolean;
  /** True if the page was given at least one message: the response is for this visitor alone. */
  readonly handedOut: boolean;
}

/** A message, where it came from, and what became of it. */
interface Entry {
  /** As it is handed out: with the tags of the settings. */
  readonly message: Message;
  /** As the storage gave it; undefined if it was added in this exchange. */
  readonly stored: Message | undefined;
  /** Iterating shows and may show again; what was taken, discarded or put out is no longer there for anybody else. */
  fate: "waiting" | "shown" | "taken" | "discarded" | "out";
}

/** A condition on messages. */
export type Filter = (message: Message) => boolean;

/** One method for each custom level, named like it. */
export type Shortcuts<L extends Levels> = {
  readonly [Name in Exclude<keyof L, DefaultLevelName>]: (message: Text, options?: AddOptions) => void;
};

/** Puts messages out beside the page; returns those that it took. */
type Put = (messages: readonly Message[]) => readonly Message[];

/** Ends an exchange: tells what it did to its messages. For delivery alone. */
export let closeMessages: (messages: Messages, isDisplayed: boolean, put?: Put) => Outcome;

/**
 * The messages of one exchange: those that wait, and those that are added.
 *
 * Adapters put it on the request. Iterating shows all messages, and they are gone once the visitor has seen the page.
 * Django: the storage that `get_messages(request)` returns.
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
export class Messages implements Iterable<Message> {
  readonly #settings: MessagesSettings;
  readonly #open: () => Source;
  #opened: Source | undefined;
  #loaded: readonly Entry[] | undefined;
  #added: Entry[] = [];
  #level: number | undefined;
  #used = false;
  #looked = false;
  #handedOut = false;
  #isClosed = false;

  static {
    closeMessages = (messages, isDisplayed, put) => messages.#close(isDisplayed, put);
  }

  /** @param open makes the source at the first touch, so that a request without messages costs nothing. */
  constructor(settings: MessagesSettings, open: () => Source) {
    this.#settings = settings;
    this.#open = open;
  }

  /**
   * Adds a message, unless its text is empty or its level below the minimum.
   *
   * @param level a number, or the name of a level.
   * @param message the text; {@link markSafe} for HTML; an object with `toString()` is asked when the response goes out.
   * @param options extra tags and data.
   * @throws {MessagesError} `unknown-level`, `invalid-text`, or `invalid-data`.
   *
   * Django: `add_message`.
   */
  add(level: number | string, message: Text, options: AddOptions = {}): void {
    if (message === null || message === undefined) return;
    const text = checkText(message);
    if (isResolved(text) && textOf(text) === "") return;
    const number = levelNumber(level, this.#settings.levels);
    if (number < this.level) return;
    const { extraTags = "" } = options;
    const added = this.#tagged(new Message(number, text, { extraTags, data: this.#checkData(options.data) }));
    this.#source("added");
    if (!this.#isRepeat(added)) this.#added.push({ message: added, stored: undefined, fate: "waiting" });
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
    const entries = this.#look();
    // Django: `_loaded_messages.extend(_queued_messages)`.
    this.#loaded = [...(this.#loaded ?? []), ...this.#added];
    this.#added = [];
    for (const entry of entries) entry.fate = "shown";
    this.#used = true;
    return this.#handOut(entries).values();
  }

  /** How many messages there are. Counting shows none. */
  get length(): number {
    return this.#look().length;
  }

  /** True if a message with this level and text is there. It shows none. */
  includes(message: Message): boolean {
    return this.#look().some((entry) => entry.message.equals(message));
  }

  /** The messages that match, all by default, without taking any from the storage. */
  peek(filter: Filter = () => true): Message[] {
    return this.#handOut(this.#look().filter(({ message }) => filter(message)));
  }

  /** Shows just the messages that match, all by default: a form's own errors beside the form. The others wait. */
  take(filter: Filter = () => true): Message[] {
    const taken = this.#look().filter(({ message }) => filter(message));
    for (const entry of taken) entry.fate = "taken";
    return this.#handOut(taken);
  }

  /** Undoes iterating and taking: all messages are there again, and stay for the next page. */
  keep(): void {
    this.#used = false;
    this.#change(["shown", "taken"], "waiting");
  }

  /** Discards all messages, seen or not, whatever the response will be. */
  clear(): void {
    this.#all();
    this.#change(["waiting", "shown", "taken"], "discarded");
  }

  /** True once all messages were iterated. Set it to false to keep them, to true to be rid of them (Django: `used`). */
  get used(): boolean {
    return this.#used;
  }

  set used(used: boolean) {
    if (used) this.#load();
    this.#used = used;
    // What was added and not iterated is for the next page, as in Django.
    if (used) for (const entry of this.#loaded ?? []) entry.fate = "shown";
    else this.#change(["shown"], "waiting");
  }

  /** The minimum level in this exchange: a number, or the name of a level; null goes back to the setting. */
  get level(): number {
    return this.#level ?? this.#settings.level;
  }

  set level(level: number | string | null) {
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
    if (this.#loaded === undefined) this.#setLoaded(await this.#source("read").load());
    return this;
  }

  /**
   * Shows all messages as JSON: like iterating, it takes them.
   *
   * Where a client-side router fetches the data of a page, which it may never show, each has a `receipt`; hand what you show
   * to `shown()` of `onceover/shown`.
   */
  toJSON(): MessageJson[] {
    const messages = [...this];
    const receiptOf = this.#opened?.receiptOf;
    return messages.map((message) => ({
      ...message.toJSON(),
      ...(receiptOf ? { receipt: receiptOf(message) } : {}),
    }));
  }

  get [Symbol.toStringTag](): string {
    return "Messages";
  }

  /** What a debugger shows: what is known already, without loading or showing anything. */
  [INSPECT](): string {
    const list = (entries: readonly Entry[]) => `[${entries.map(({ message }) => inspectMessage(message)).join(", ")}]`;
    const loaded = this.#loaded === undefined ? "not read" : list(this.#loaded);
    return `Messages { loaded: ${loaded}, added: ${list(this.#added)}, used: ${this.#used} }`;
  }

  /** Everything that is there, for a page that asks. */
  #look(): Entry[] {
    this.#looked = true;
    return this.#all().filter(({ fate }) => fate === "waiting" || fate === "shown");
  }

  #all(): Entry[] {
    return [...this.#load(), ...this.#added];
  }

  #handOut(entries: readonly Entry[]): Message[] {
    if (entries.length > 0) this.#handedOut = true;
    return entries.map(({ message }) => message);
  }

  #change(from: readonly Entry["fate"][], to: Entry["fate"]): void {
    for (const entry of [...(this.#loaded ?? []), ...this.#added]) if (from.includes(entry.fate)) entry.fate = to;
  }

  #load(): readonly Entry[] {
    const source = this.#source("read");
    if (this.#loaded) return this.#loaded;
    const stored = source.load();
    if (!isPromise(stored)) return this.#setLoaded(stored);
    stored.catch(() => {}); // Whoever awaits it hears of its failure.
    throw new MessagesError(
      "not-loaded",
      "The messages are not read yet, and their storage is asynchronous. `await messages.load()` before you read them.",
    );
  }

  #setLoaded(stored: readonly Message[]): readonly Entry[] {
    this.#loaded ??= stored.map((message) => ({ message: this.#tagged(message), stored: message, fate: "waiting" }));
    this.#added = this.#added.filter(({ message }) => !this.#isRepeat(message, this.#loaded));
    return this.#loaded;
  }

  #source(verb: "added" | "read"): Source {
    if (!this.#opened) {
      this.#opened = this.#open();
      this.#opened.begin();
    }
    if (this.#isClosed) this.#opened.tooLate(verb);
    return this.#opened;
  }

  #tagged(message: Message): Message {
    const levelTag = this.#settings.tags[message.level] ?? "";
    return message.levelTag === levelTag
      ? message
      : new Message(message.level, message.message, { ...message, levelTag });
  }

  #checkData(data: unknown): Json | undefined {
    if (data === undefined || this.#settings.compat !== "django") return checkData(data);
    throw new MessagesError(
      "invalid-data",
      'With compat: "django" a message has no `data`: its format has no place for it.',
    );
  }

  #isRepeat(message: Message, entries: readonly Entry[] = [...(this.#loaded ?? []), ...this.#added]): boolean {
    if (this.#settings.duplicates === "keep") return false;
    return entries.some((entry) => entry.fate === "waiting" && isSame(entry.message, message));
  }

  #close(isDisplayed: boolean, put?: Put): Outcome {
    if (put) this.#putOut(isDisplayed, put);
    this.#isClosed = true;
    const all = [...(this.#loaded ?? []), ...this.#added];
    return {
      added: all.flatMap((entry) => (entry.stored || isGone(entry, isDisplayed) ? [] : [entry.message])),
      consumed: all.flatMap((entry) => (entry.stored && isGone(entry, isDisplayed) ? [entry.stored] : [])),
      looked: this.#looked,
      handedOut: this.#handedOut,
    };
  }

  /** What the page did not show, or nobody will see on it, goes out beside it, as far as it can. */
  #putOut(isDisplayed: boolean, put: Put): void {
    const left = this.#all().filter((entry) => !isGone(entry, isDisplayed));
    const out = put(left.map(({ message }) => message));
    for (const entry of left) if (out.includes(entry.message)) entry.fate = "out";
    if (out.length > 0) this.#looked = this.#handedOut = true;
  }
}

/** What is gone whatever the response shows. */
const GONE: ReadonlySet<Entry["fate"]> = new Set(["discarded", "out"]);

/** True if the next page finds it no more. */
function isGone({ fate }: Entry, isDisplayed: boolean): boolean {
  return GONE.has(fate) || (isDisplayed && fate !== "waiting");
}

/** The class of messages with a method for each custom level. */
export function messagesClass<L extends Levels>(
  custom: L,
): new (
  settings: MessagesSettings,
  open: () => Source,
) => Messages & Shortcuts<L> {
  class CustomMessages extends Messages {}
  for (const [name, level] of Object.entries(custom)) {
    Object.defineProperty(CustomMessages.prototype, name, {
      value(this: Messages, message: Text, options?: AddOptions): void {
        this.add(level, message, options);
      },
    });
  }
  return CustomMessages as unknown as new (
    settings: MessagesSettings,
    open: () => Source,
  ) => Messages & Shortcuts<L>;
}

function inspectMessage(message: Message): string {
  return `${message.level} ${JSON.stringify(`${message}`)}`;
}
