import { andThen, attempt, isPromise, type MaybePromise } from "./async.ts";
import { MessagesError } from "./errors.ts";
import type { Exchange } from "./exchange.ts";
import { isRedirect, leavesPage, type RequestHead, type ResponseHead } from "./heads.ts";
import { isResolved, isSame, Message, textOf } from "./message.ts";
import { closeMessages, type Messages, type Outcome, type Source } from "./messages.ts";
import { clearReceipts, confirmedBy, receiptMaker } from "./receipts.ts";
import type { Config } from "./settings.ts";
import type { Unstored } from "./storage/storage.ts";
import { RECEIPTS_COOKIE } from "./wire/receipts.ts";

/** True for a request that wants a page, or its data: there an asynchronous storage is loaded before the handler runs. */
export function wantsPage(request: RequestHead): boolean {
  if (request.asksForData || request.header("hx-request") === "true") return true;
  return Boolean(request.header("accept")?.includes("text/html"));
}

/** Brings the messages of one exchange from the storage, and what becomes of them back to it. */
export class Delivery implements Source {
  readonly #config: Config;
  readonly #exchange: Exchange;
  readonly #request: RequestHead;
  #loaded: MaybePromise<readonly Message[]> | undefined;
  /** True once reading has failed: that was told, and nothing is written over what could not be read. */
  #isBroken = false;
  #prefetch: boolean | undefined;
  /** True if messages are left for the next page; undefined while that is not decided. */
  #hasLeft: boolean | undefined;
  /** Waiting in the storage, and shown by the browser already. */
  #confirmed: readonly Message[] = [];
  readonly receiptOf: ((message: Message) => string) | undefined;

  constructor(config: Config, exchange: Exchange, request: RequestHead) {
    this.#config = config;
    this.#exchange = exchange;
    this.#request = request;
    if (request.asksForData && config.compat !== "django") this.receiptOf = receiptMaker();
  }

  begin(): void {
    const loaded = this.load();
    if (isPromise(loaded)) loaded.catch(() => {}); // Whoever awaits it hears of its failure.
  }

  /** Reads an asynchronous storage, so that a handler that asks for messages finds them there. It touches nothing. */
  async preload(): Promise<void> {
    await this.load();
  }

  /** True if messages wait. It touches nothing; of a failure hears whoever reads them. */
  hasWaiting(): MaybePromise<boolean> {
    const waiting = attempt<readonly Message[]>(
      () => this.#load(),
      () => [],
    );
    return andThen(waiting, ({ length }) => length > 0);
  }

  /** To a prefetch the messages look empty: nobody may ever look at that page. */
  load(): MaybePromise<readonly Message[]> {
    return this.#isPrefetch ? [] : andThen(this.#load(), (messages) => without(messages, this.#confirmed));
  }

  tooLate(verb: "added" | "read"): void {
    // Whoever reads late where nothing is left has missed nothing.
    if (verb === "read" && (this.#hasLeft ?? this.hasWaiting()) === false) return;
    const fate = verb === "added" ? "is lost" : "will be shown again on the next page";
    const deadline = this.#exchange.mount?.deadline ?? "before the response is sent";
    const text = `A message was ${verb} after the response's headers had gone out, and ${fate}. Do it ${deadline}.`;
    this.#warn(new MessagesError("too-late", text));
  }

  /** The first touch comes after the headers: there is nothing left to commit to. */
  miss(messages: Messages): void {
    closeMessages(messages, false);
  }

  /** Writes what changed, once, before the headers go out. */
  commit(messages: Messages, response: ResponseHead): MaybePromise<void> {
    const isDisplayed = this.#config.compat === "django" || (!this.#isPrefetch && reachesEyes(this.#request, response));
    return andThen(this.#outletOn(response), (put) => {
      const outcome = closeMessages(messages, isDisplayed, put);
      if (this.#config.compat !== "django") keepCachesHonest(outcome, response);
      return andThen(this.#keepFresh(outcome, response), () =>
        andThen(this.#store(outcome), (unstored) => {
          if (unstored.length > 0) this.#warn(this.#notStored(unstored));
        }),
      );
    });
  }

  /** What puts messages on the response beside its page, if there is such a way; what waits is read by then. */
  #outletOn(response: ResponseHead): MaybePromise<((messages: readonly Message[]) => Message[]) | undefined> {
    const { outlet } = this.#config;
    if (!outlet?.serves(this.#request) || this.#isPrefetch || this.#request.asksForData) return undefined;
    if (!isReceived(this.#request, response)) return undefined;
    const put = (messages: readonly Message[]) => {
      const pairs = messages.map((message) => ({ message, resolved: this.#resolved(message) }));
      const taken = outlet.put(pairs.map(({ resolved }) => resolved).filter(hasText), response);
      // What turned out empty is no message, and waits for nobody.
      const isOut = (resolved: Message) => !hasText(resolved) || taken.includes(resolved);
      return pairs.filter(({ resolved }) => isOut(resolved)).map(({ message }) => message);
    };
    return attempt<typeof put | undefined>(
      () => andThen(this.#load(), () => put),
      () => undefined, // The storage that cannot be read is told of where it is written.
    );
  }

  /** A page that was fetched ahead without the messages that wait must not be the one that is shown. */
  #keepFresh({ looked }: Outcome, response: ResponseHead): MaybePromise<void> {
    if (!this.#isPrefetch || !looked) return;
    return andThen(this.hasWaiting(), (isWaiting) => {
      if (isWaiting) response.setHeader("Cache-Control", "no-store");
    });
  }

  /** What the browser says that it has shown. */
  get #receipts(): string | undefined {
    return this.#config.compat === "django" ? undefined : this.#exchange.cookie(RECEIPTS_COOKIE);
  }

  get #isPrefetch(): boolean {
    this.#prefetch ??= this.#config.compat !== "django" && isPrefetch(this.#request);
    return this.#prefetch;
  }

  #store({ added, consumed }: Outcome): MaybePromise<Unstored> {
    if (this.#isBroken || (this.#isPrefetch && added.length === 0)) return [];
    const commit = (loaded: readonly Message[]) => {
      const gone = [...consumed, ...this.#confirmed];
      const kept = without(loaded, gone);
      if (this.#receipts !== undefined) clearReceipts(this.#exchange);
      const changes = { kept, added: this.#withoutRepeats(this.#resolve(added), kept), consumed: gone, hasNext: false };
      this.#hasLeft = kept.length + changes.added.length > 0;
      return this.#config.storage.commit(changes, this.#exchange);
    };
    return attempt(
      () => andThen(this.#load(), commit),
      (error) => {
        this.#warn(asMessagesError(error));
        return [];
      },
    );
  }

  /** Asks the storage once; what it promised is there at once when it is asked for again. */
  #load(): MaybePromise<readonly Message[]> {
    this.#loaded ??= andThen(this.#read(), (messages) => {
      this.#loaded = messages;
      this.#confirmed = confirmedBy(this.#receipts, messages);
      return messages;
    });
    return this.#loaded;
  }

  /** A storage that fails must not take the page with it, unless the app is at fault: then its developer must see it. */
  #read(): MaybePromise<readonly Message[]> {
    return attempt(
      () => andThen(this.#config.storage.load(this.#exchange), ({ messages }) => messages ?? []),
      (error) => {
        this.#isBroken = true;
        if (error instanceof MessagesError) throw error;
        this.#warn(asMessagesError(error));
        return [];
      },
    );
  }

  /** Lazy texts are asked for now, in the visitor's own exchange; those that turn out empty are no messages. */
  #resolve(messages: readonly Message[]): Message[] {
    return messages.map((message) => this.#resolved(message)).filter(hasText);
  }

  #resolved(message: Message): Message {
    return isResolved(message.message) ? message : new Message(message.level, this.#guardText(message), message);
  }

  /** With `duplicates: "drop"`, leaves out what waits already, also where no page asked for it in this exchange. */
  #withoutRepeats(added: readonly Message[], kept: readonly Message[]): readonly Message[] {
    if (this.#config.duplicates === "keep") return added;
    return added.filter(
      (message, index) => ![...kept, ...added.slice(0, index)].some((other) => isSame(other, message)),
    );
  }

  #guardText(message: Message): string {
    try {
      return String(textOf(message.message));
    } catch (cause) {
      this.#warn(new MessagesError("invalid-text", `The toString() of a message failed: ${String(cause)}`, { cause }));
      return "";
    }
  }

  #notStored(unstored: Unstored): MessagesError {
    const [count, first] = [unstored.length, JSON.stringify(`${unstored[0]}`.slice(0, 40))];
    const text = `Not all messages could be stored: ${count} did not fit, the first of them ${first}…`;
    const cause = this.#whyNoSession();
    return new MessagesError("not-stored", cause ? `${text} ${cause.message}` : text, { cause });
  }

  #whyNoSession(): MessagesError | undefined {
    try {
      if (this.#exchange.session) return undefined;
    } catch (error) {
      if (error instanceof MessagesError) return error;
      throw error;
    }
    const mend = this.#exchange.mount?.session ?? "the session before the messages";
    return new MessagesError(
      "no-session",
      `There is no session to hold them: mount ${mend}; or raise \`cookie.maxSize\`.`,
    );
  }

  #warn(warning: MessagesError): void {
    this.#config.warn(warning, this.#exchange.request);
  }
}

function hasText({ message }: Message): boolean {
  return message !== "";
}

function asMessagesError(cause: unknown): MessagesError {
  if (cause instanceof MessagesError) return cause;
  const text = `The messages storage failed, and the messages of this request with it: ${String(cause)}`;
  return new MessagesError("storage-failed", text, { cause });
}

function without(messages: readonly Message[], gone: readonly Message[]): readonly Message[] {
  return gone.length === 0 ? messages : messages.filter((message) => !gone.includes(message));
}

/** The headers by which browsers and client-side routers say that nobody may ever look at the answer. */
const PREFETCH_HEADERS: readonly [name: string, value: RegExp][] = [
  ["sec-purpose", /prefetch/i],
  ["purpose", /prefetch/i],
  ["x-purpose", /preview/i],
  ["x-moz", /prefetch/i],
  ["x-sec-purpose", /prefetch/i], // Turbo: scripts may not send Sec- headers
  ["hx-preloaded", /true/i], // HTMX's preload extension
  ["next-router-prefetch", /./],
];

function isPrefetch(request: RequestHead): boolean {
  return PREFETCH_HEADERS.some(([name, value]) => {
    const header = request.header(name);
    return header !== undefined && value.test(header);
  });
}

/** Statuses whose body, if any, no person gets to see. */
const UNSEEN_STATUSES: ReadonlySet<number> = new Set([204, 205]);

/** True if a person gets to see the response: only then what was iterated is displayed. */
function reachesEyes(request: RequestHead, response: ResponseHead): boolean {
  const { status } = response;
  if (request.asksForData || status >= 500 || UNSEEN_STATUSES.has(status)) return false;
  return isReceived(request, response) && !isRedirect(status) && !leavesPage(response);
}

/** True if somebody is there to receive the response, and asked for more than its headers. */
function isReceived(request: RequestHead, response: ResponseHead): boolean {
  return response.isConnected && request.method !== "HEAD";
}

/** A page that asked for messages differs by cookie; one that was given some is for one visitor alone (RFC 9111 §4.1, §5.2). */
function keepCachesHonest({ looked, handedOut }: Outcome, response: ResponseHead): void {
  if (looked) {
    const vary = response.header("vary") ?? "";
    const names = vary.split(",").map((name) => name.trim().toLowerCase());
    if (!names.includes("*") && !names.includes("cookie")) {
      response.setHeader("Vary", vary === "" ? "Cookie" : `${vary}, Cookie`);
    }
  }
  if (handedOut && !isRedirect(response.status)) {
    if (!isPrivate(response.header("cache-control"))) response.setHeader("Cache-Control", "no-store");
  }
}

/** True for a Cache-Control that keeps shared caches from storing the response. */
export function isPrivate(cacheControl: string | null | undefined): boolean {
  return /\b(private|no-store)\b/i.test(cacheControl ?? "");
}
