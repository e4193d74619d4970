import { andThen, attempt, isPromise, type MaybePromise } from "../core/async.ts";
import { MessagesError } from "../core/errors.ts";
import type { Exchange } from "../core/exchange.ts";
import { Ledger, type Outcome, originOf } from "../core/ledger.ts";
import { contentOf, Message } from "../core/message.ts";
import type { Messages, MessagesSettings, Source, Touch } from "../core/messages.ts";
import { isResolved, textOf } from "../core/text.ts";
import type { Storage, Unstored, Waiting } from "../storage/storage.ts";
import { RECEIPTS_COOKIE } from "../wire/receipts.ts";
import type { Outlet } from "./outlet.ts";
import type { Policy } from "./policy.ts";
import { clearReceipts, confirmedBy, receiptMaker } from "./receipts.ts";
import type { ResponseHead } from "./response.ts";
import { isReceived, type LiveExchange, wantsPage } from "./visibility.ts";
import { lateTouch, notStored, outletFailed, storageFailed, textFailed } from "./warnings.ts";

/** What delivery has to know of an app's settings. */
export interface DeliverySettings<M extends Messages = Messages> extends MessagesSettings {
  readonly storage: Storage;
  readonly outlet: Outlet | undefined;
  readonly policy: Policy;
  /** Makes what the app gets to see. */
  messages(ledger: Ledger, source: Source): M;
  /** True if there is an outlet for this request. */
  serves(exchange: Exchange): boolean;
  /** Reports what went wrong; with `debug`, it throws. */
  warn(warning: MessagesError, request: object): void;
}

/**
 * Leads the messages of one exchange: opens the storage when they are first touched, decides what was displayed, and commits
 * what became of them, once.
 */
export class Delivery<M extends Messages = Messages> implements Source {
  /** What the app uses. */
  readonly messages: M;
  readonly #settings: DeliverySettings<M>;
  readonly #exchange: LiveExchange;
  readonly #ledger: Ledger;
  #state: "untouched" | "touched" | "committed" = "untouched";
  #opened: MaybePromise<Waiting> | undefined;
  #hidden: boolean | undefined;
  #committing: MaybePromise<void> = undefined;
  #receiptOf: ((message: Message) => string) | undefined;
  /** Waiting in the storage, and shown by the browser already. */
  #confirmed: readonly Message[] = [];
  #hasFailed = false;
  /** True once something was written that is for this visitor alone. */
  #hasWritten = false;
  /** True if messages are left for the next page; undefined while that is not decided. */
  #hasLeft: boolean | undefined;

  constructor(settings: DeliverySettings<M>, exchange: LiveExchange) {
    this.#settings = settings;
    this.#exchange = exchange;
    this.#ledger = new Ledger(settings);
    this.messages = settings.messages(this.#ledger, this);
  }

  /** Token by which the browser confirms that it displayed a message, where the response alone does not say so. */
  get receiptOf(): ((message: Message) => string) | undefined {
    if (!this.#exchange.needsReceipt || !this.#settings.policy.usesReceipts) return undefined;
    this.#receiptOf ??= receiptMaker((message) => this.keyOf(message));
    return this.#receiptOf;
  }

  /** What tells a message that waits from others that say the same; undefined if the storage does not know. */
  keyOf(message: Message): string | undefined {
    const opened = this.#opened;
    return opened === undefined || isPromise(opened) ? undefined : opened.keyOf?.(originOf(message));
  }

  /** True once the app has used the messages. */
  get isTouched(): boolean {
    return this.#state !== "untouched";
  }

  /** True if something may have to be written: the messages were touched, and nothing is written yet. */
  get isPending(): boolean {
    return this.#state === "touched" && !this.#exchange.isAnswered;
  }

  /**
   * Does what cannot wait until the handler touches the messages. It touches nothing itself, but for an outlet.
   *
   * @param isPage true if the request may ask for a page: only there an asynchronous storage is opened. By default it is
   *   told by the request's headers.
   * @returns a promise, if the handler has to wait for it.
   */
  prepare(isPage?: boolean): Promise<void> | undefined {
    const { storage } = this.#settings;
    // Then the response may carry messages that the handler never asks for.
    if (this.#settings.serves(this.#exchange)) this.#state = "touched";
    if (storage.synchronous && !this.#exchange.hasAsyncSession) return undefined;
    if (!(isPage ?? wantsPage(this.#exchange))) return undefined;
    const opened = this.#open();
    return isPromise(opened) ? opened.then(() => {}) : undefined;
  }

  touch(how: Touch): void {
    if (this.#state === "untouched" && !this.#exchange.isAnswered) {
      this.#state = "touched";
      this.#exchange.onTouch?.();
    } else if (this.#state !== "touched") this.#warnOfLate(how);
    this.#hearFailure();
    const opened = this.#open();
    if (isPromise(opened)) opened.catch(() => {}); // `load()` or the commit reports it.
  }

  /** To a prefetch the messages look empty: that page may never be looked at. */
  waiting(): MaybePromise<readonly Message[]> {
    if (this.#isHidden) return [];
    return andThen(this.#open(), (opened) => {
      const messages = without(opened.messages, this.#confirmed);
      if (messages.length > 0 && this.#settings.policy.ignoresConditions) this.#exchange.ignoreConditions?.();
      return messages;
    });
  }

  /** True if messages wait. It touches nothing; load errors surface where the messages are read. */
  hasWaiting(): MaybePromise<boolean> {
    const opened = attempt<Waiting>(
      () => this.#open(),
      () => NOTHING,
    );
    return andThen(opened, ({ messages }) => messages.length > 0);
  }

  /** The page that iterated has failed: the error page may show the messages yet, and if not, they are kept. */
  fail(): void {
    if (this.#settings.policy.keepsAfterFailure) this.#ledger.keep();
  }

  /** A framework may not call when a page fails, but say so when it is asked. */
  #hearFailure(): void {
    if (this.#hasFailed || this.#exchange.hasFailed !== true) return;
    this.#hasFailed = true;
    this.fail();
  }

  /**
   * Writes what became of the messages, once, before the headers go out.
   *
   * @returns a promise, if that takes time; the same one however often it is called.
   */
  commit(response: ResponseHead): MaybePromise<void> {
    if (this.#state === "touched") {
      this.#state = "committed";
      // Where the app's own parts fail, and where it was not foreseen, the response does not suffer from it.
      this.#committing = attempt(
        () => this.#commit(response),
        (error) => this.#warn(storageFailed(error)),
      );
    }
    return this.#committing;
  }

  #commit(response: ResponseHead): MaybePromise<void> {
    const { policy } = this.#settings;
    this.#hearFailure();
    const isDisplayed = policy.isDisplayed(this.#exchange, response);
    if (!this.#ledger.isSettled) this.#ledger.settle(policy.sendsJson(response));
    return andThen(this.#send(response, isDisplayed), () => {
      const outcome = this.#withoutAhead(this.#ledger.outcome(isDisplayed), response);
      return andThen(this.#store(outcome), () => {
        // Only now is it known whether the storage has cleaned up.
        const isWritten = this.#hasWritten || this.#exchange.hasSetCookie === true;
        policy.tellCaches(outcome, isWritten, this.#exchange, response);
        return this.#keepFresh(outcome, response);
      });
    });
  }

  get #isHidden(): boolean {
    this.#hidden ??= this.#settings.policy.hidesMessages(this.#exchange);
    return this.#hidden;
  }

  /** Opens the storage once. */
  #open(): MaybePromise<Waiting> {
    this.#opened ??= andThen(this.#read(), (waiting) => {
      this.#opened = waiting;
      if (this.#receipts !== undefined) {
        this.#confirmed = confirmedBy(this.#receipts, waiting.messages, (message) => waiting.keyOf?.(message));
      }
      return waiting;
    });
    return this.#opened;
  }

  /** A storage that fails must not take the page with it, unless the app is at fault: then its developer must see it. */
  #read(): MaybePromise<Waiting> {
    const { storage } = this.#settings;
    return attempt(
      () => storage.open(this.#exchange),
      (error) => {
        if (error instanceof MessagesError) throw error;
        this.#warn(storageFailed(error));
        return NOTHING;
      },
    );
  }

  /** What the browser says that it has shown. */
  get #receipts(): string | undefined {
    return this.#settings.policy.usesReceipts ? this.#exchange.cookie(RECEIPTS_COOKIE) : undefined;
  }

  /** Lets the outlet send what the page does not show, if there is one for this request. */
  #send(response: ResponseHead, isDisplayed: boolean): MaybePromise<void> {
    const { outlet } = this.#settings;
    if (!outlet || this.#isHidden || this.#exchange.needsReceipt || !isReceived(this.#exchange, response)) return;
    if (!this.#settings.serves(this.#exchange)) return;
    // A storage that cannot be read is reported where it is written.
    return andThen(this.#readAll(), (isRead) => {
      if (isRead) this.#ledger.send(isDisplayed, (messages) => this.#putOut(outlet, messages, response));
    });
  }

  /** @returns false if that failed. */
  #readAll(): MaybePromise<boolean> {
    return attempt(
      () =>
        andThen(this.waiting(), (messages) => {
          this.#ledger.receive(messages);
          return true;
        }),
      () => false,
    );
  }

  /** @returns what the outlet took; and what turned out empty, which is no message. */
  #putOut(outlet: Outlet, messages: readonly Message[], response: ResponseHead): ReadonlySet<Message> {
    const pairs = messages.map((message) => ({ message, resolved: this.#resolve(message) }));
    const taken = this.#taken(outlet, pairs.map(({ resolved }) => resolved).filter(hasText), response);
    const isOut = (resolved: Message) => !hasText(resolved) || taken.has(resolved);
    return new Set(pairs.filter(({ resolved }) => isOut(resolved)).map(({ message }) => message));
  }

  #taken(outlet: Outlet, messages: readonly Message[], response: ResponseHead): ReadonlySet<Message> {
    try {
      return new Set(outlet.put(messages, response));
    } catch (error) {
      this.#warn(outletFailed(error));
      return new Set();
    }
  }

  /** What a prefetch adds is there once the visitor goes to its page, which must not come from a cache then. */
  #withoutAhead(outcome: Outcome, response: ResponseHead): Outcome {
    if (outcome.added.length === 0 || !this.#settings.policy.dropsAdded(this.#exchange)) return outcome;
    response.setHeader("Cache-Control", "no-store");
    return { ...outcome, added: [] };
  }

  /** A page that was fetched ahead without the messages that wait must not be the one that is shown. */
  #keepFresh({ looked }: Outcome, response: ResponseHead): MaybePromise<void> {
    if (!looked || !this.#isHidden) return;
    return andThen(this.hasWaiting(), (isWaiting) => {
      if (isWaiting) response.setHeader("Cache-Control", "no-store");
    });
  }

  #store({ added, consumed }: Outcome): MaybePromise<void> {
    if (added.length === 0 && this.#isHidden) return;
    const opened = attempt<Waiting>(
      () => this.#open(),
      (error) => {
        // Otherwise it was reported where the messages were read.
        if (added.length > 0) this.#warn(storageFailed(error));
        return NOTHING;
      },
    );
    return andThen(opened, (waiting) => {
      if (waiting === NOTHING) return;
      const unstored = attempt(
        () => this.#write(waiting, added, consumed),
        (error): Unstored => {
          this.#warn(storageFailed(error));
          return [];
        },
      );
      return andThen(unstored, (messages) => {
        if (messages.length > 0) this.#warn(notStored(messages, this.#exchange));
      });
    });
  }

  #write(waiting: Waiting, added: readonly Message[], consumed: readonly Message[]): MaybePromise<Unstored> {
    const gone = this.#confirmed.length === 0 ? consumed : [...consumed, ...this.#confirmed];
    const kept = without(waiting.messages, gone);
    if (this.#receipts !== undefined) clearReceipts(this.#exchange);
    const changes = { kept, added: this.#fresh(added, kept), consumed: gone };
    this.#hasLeft = kept.length + changes.added.length > 0;
    this.#hasWritten = changes.added.length + gone.length > 0;
    return waiting.commit(changes);
  }

  /**
   * What was added, as it is stored: lazy texts are asked for now, in the visitor's own exchange; those that turn out empty
   * are no messages; and with `duplicates: "drop"`, what waits already is left out, also where the page did not ask for it.
   */
  #fresh(added: readonly Message[], kept: readonly Message[]): readonly Message[] {
    const resolved = added.every(({ message }) => isResolved(message))
      ? added
      : added.map((message) => this.#resolve(message)).filter(hasText);
    if (this.#settings.duplicates === "keep") return resolved;
    const contents = new Set(kept.map(contentOf));
    return resolved.filter((message) => {
      const content = contentOf(message);
      const isNew = !contents.has(content);
      contents.add(content);
      return isNew;
    });
  }

  #resolve(message: Message): Message {
    return isResolved(message.message) ? message : new Message(message.level, this.#textOf(message), message);
  }

  #textOf(message: Message): string {
    try {
      return String(textOf(message.message));
    } catch (cause) {
      this.#warn(textFailed(cause));
      return "";
    }
  }

  /** A late reader has missed nothing where nothing is left. */
  #warnOfLate(how: Touch): void {
    if (how === "read" && (this.#hasLeft ?? this.hasWaiting()) === false) return;
    this.#warn(lateTouch(how, this.#exchange));
  }

  #warn(warning: MessagesError): void {
    this.#settings.warn(warning, this.#exchange.request);
  }
}

/** In the place of a storage that could not be opened: nothing is written over what could not be read. */
const NOTHING: Waiting = { messages: [], commit: () => [] };

function hasText({ message }: Message): boolean {
  return message !== "";
}

function without(messages: readonly Message[], gone: readonly Message[]): readonly Message[] {
  if (gone.length === 0) return messages;
  const isGone = new Set(gone);
  return messages.filter((message) => !isGone.has(message));
}
