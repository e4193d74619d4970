import { contentOf, Message } from "./message.ts";

/** What the ledger has to know of an app's settings. */
export interface LedgerSettings {
  /** Level tags by level. */
  readonly tags: Readonly<Record<number, string>>;
  /** `"drop"` leaves out a message of which the same still waits. */
  readonly duplicates: "keep" | "drop";
}

/**
 * What became of a message so far. Iterating shows, and may show again; so does JSON, if that turns out to be what is sent.
 * What was taken or discarded, or went out by an outlet, is no longer there for any other reader.
 */
type Fate = "waiting" | "serialized" | "shown" | "taken" | "discarded" | "sent";

/** A message, where it came from, and what became of it. */
interface Entry {
  /** As it is handed out: with the tags of the settings. */
  readonly message: Message;
  /** As the storage gave it; undefined if it was added in this exchange. */
  readonly stored: Message | undefined;
  fate: Fate;
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

/** The messages of one exchange, and what became of each. It reads and writes nothing. */
export class Ledger {
  readonly #settings: LedgerSettings;
  #loaded: Entry[] | undefined;
  #added: Entry[] = [];
  #used = false;
  #looked = false;
  #handedOut = false;
  #isSettled = true;
  /** What the waiting messages say; undefined until it is needed, and after a fate has changed. */
  #contents: Set<string> | undefined;

  constructor(settings: LedgerSettings) {
    this.#settings = settings;
  }

  /** True once it knows what waits in the storage. */
  get isLoaded(): boolean {
    return this.#loaded !== undefined;
  }

  /** Enters what waits in the storage, before everything that was added. The first time counts. */
  receive(stored: readonly Message[]): void {
    if (this.#loaded) return;
    this.#loaded = stored.map((message) => ({ message: this.#tagged(message), stored: message, fate: "waiting" }));
    if (this.#settings.duplicates === "keep" || this.#added.length === 0) return;
    const added = this.#added;
    this.#added = [];
    this.#contents = undefined;
    for (const entry of added) if (!this.#isRepeat(entry.message)) this.#added.push(entry);
  }

  /** Enters a new message, unless `duplicates` leaves it out. */
  add(message: Message): void {
    if (this.#isRepeat(message)) return;
    this.#added.push({ message, stored: undefined, fate: "waiting" });
  }

  /** Everything that is there, for a page that asks. */
  look(): readonly Message[] {
    return this.#look().map(({ message }) => message);
  }

  /** Hands out what matches, and leaves it where it is. */
  peek(filter: (message: Message) => boolean): Message[] {
    return this.#handOut(this.#look().filter(({ message }) => filter(message)));
  }

  /** Hands out all messages as shown. What is added from now on waits for the next page. */
  show(): Message[] {
    const entries = this.#look();
    // Django: `_loaded_messages.extend(_queued_messages)`.
    this.#loaded = [...(this.#loaded ?? []), ...this.#added];
    this.#added = [];
    this.#used = true;
    this.#decide(entries, "shown");
    return this.#handOut(entries);
  }

  /** Hands out all messages for JSON, which the response may be, or a line of a log: {@link settle} tells. */
  serialize(): Message[] {
    const entries = this.#look();
    this.#used = true;
    this.#decide(
      entries.filter(({ fate }) => fate === "waiting"),
      "serialized",
    );
    this.#isSettled = false;
    return this.#handOut(entries);
  }

  /** False if it is open what became of messages that went into JSON. */
  get isSettled(): boolean {
    return this.#isSettled;
  }

  /** @param isSent true if JSON is what the response sends. */
  settle(isSent: boolean): void {
    this.#isSettled = true;
    this.#decide(
      this.#all().filter(({ fate }) => fate === "serialized"),
      isSent ? "shown" : "waiting",
    );
  }

  /** Hands out what matches as shown, and no other reader gets it. */
  take(filter: (message: Message) => boolean): Message[] {
    const taken = this.#look().filter(({ message }) => filter(message));
    this.#decide(taken, "taken");
    return this.#handOut(taken);
  }

  /** Undoes {@link show}, {@link take} and {@link serialize}. */
  keep(): void {
    this.#used = false;
    this.#decide(
      this.#all().filter(({ fate }) => fate === "serialized" || fate === "shown" || fate === "taken"),
      "waiting",
    );
  }

  /** Discards everything, shown or not. */
  clear(): void {
    this.#decide(
      this.#all().filter(({ fate }) => fate !== "sent"),
      "discarded",
    );
  }

  /** True once all messages were shown (Django: `used`). */
  get used(): boolean {
    return this.#used;
  }

  set used(used: boolean) {
    this.#used = used;
    // What was added and not shown is for the next page, as in Django.
    if (used) this.#decide(this.#loaded ?? [], "shown");
    else
      this.#decide(
        this.#all().filter(({ fate }) => fate === "serialized" || fate === "shown"),
        "waiting",
      );
  }

  /**
   * Sends by an outlet what the page does not show.
   *
   * @param isDisplayed true if the visitor gets to see the page.
   * @param send takes messages, and returns those of them that it sent.
   */
  send(isDisplayed: boolean, send: (messages: readonly Message[]) => ReadonlySet<Message>): void {
    const left = this.#all().filter((entry) => !isGone(entry, isDisplayed));
    const sent = send(left.map(({ message }) => message));
    if (sent.size === 0) return;
    this.#decide(
      left.filter(({ message }) => sent.has(message)),
      "sent",
    );
    this.#looked = this.#handedOut = true;
  }

  /** What is to be written. @param isDisplayed true if the visitor gets to see the page. */
  outcome(isDisplayed: boolean): Outcome {
    const added: Message[] = [];
    const consumed: Message[] = [];
    for (const entry of this.#all()) {
      if (entry.stored === undefined) {
        if (!isGone(entry, isDisplayed)) added.push(entry.message);
      } else if (isGone(entry, isDisplayed)) consumed.push(entry.stored);
    }
    return { added, consumed, looked: this.#looked, handedOut: this.#handedOut };
  }

  /** What is known so far, for a debugger: it shows nothing, and reads nothing. */
  inspect(describe: (message: Message) => string): string {
    const list = (entries: readonly Entry[]) => `[${entries.map(({ message }) => describe(message)).join(", ")}]`;
    const loaded = this.#loaded === undefined ? "not read" : list(this.#loaded);
    return `loaded: ${loaded}, added: ${list(this.#added)}, used: ${this.#used}`;
  }

  #look(): Entry[] {
    this.#looked = true;
    return this.#all().filter(({ fate }) => fate === "waiting" || fate === "serialized" || fate === "shown");
  }

  #all(): Entry[] {
    return this.#loaded ? [...this.#loaded, ...this.#added] : this.#added;
  }

  #handOut(entries: readonly Entry[]): Message[] {
    if (entries.length > 0) this.#handedOut = true;
    return entries.map(({ message }) => message);
  }

  #decide(entries: readonly Entry[], fate: Fate): void {
    for (const entry of entries) entry.fate = fate;
    this.#contents = undefined;
  }

  /** With `duplicates: "drop"`, true for what waits already; what is asked for waits from now on. */
  #isRepeat(message: Message): boolean {
    if (this.#settings.duplicates === "keep") return false;
    this.#contents ??= new Set(
      this.#all()
        .filter(({ fate }) => fate === "waiting")
        .map((entry) => contentOf(entry.message)),
    );
    const content = contentOf(message);
    if (this.#contents.has(content)) return true;
    this.#contents.add(content);
    return false;
  }

  #tagged(message: Message): Message {
    const levelTag = this.#settings.tags[message.level] ?? "";
    if (message.levelTag === levelTag) return message;
    const tagged = new Message(message.level, message.message, { ...message, levelTag });
    origins.set(tagged, message);
    return tagged;
  }
}

/** For messages that were given other tags: what the storage has in their place. */
const origins = new WeakMap<Message, Message>();

/** A message as the storage has it. */
export function originOf(message: Message): Message {
  return origins.get(message) ?? message;
}

/** True if the next page does not find it any more. */
function isGone({ fate }: Entry, isDisplayed: boolean): boolean {
  return fate === "discarded" || fate === "sent" || (isDisplayed && fate !== "waiting");
}
