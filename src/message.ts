import { describe, MessagesError } from "./errors.ts";
import { escapeHtml } from "./escape.ts";
import { DEFAULT_TAGS } from "./levels.ts";

/** Any value that JSON can carry. */
export type Json = null | boolean | number | string | JsonArray | JsonObject;

/** A list in JSON. An interface, as mapped types stop there; Vue's `ref()` follows an alias for ever. */
export interface JsonArray extends ReadonlyArray<Json> {}

/** An object in JSON. */
export interface JsonObject {
  readonly [key: string]: Json;
}

/** What a message can say: a string, safe HTML, or anything that becomes text when it is needed (a lazy translation). */
export type Text = string | SafeString | { toString(): string };

/**
 * HTML that its author vouches for: templates print it as it is.
 *
 * Make one with {@link markSafe}. Django: `SafeString`.
 */
export class SafeString {
  readonly #html: string;

  constructor(html: string) {
    this.#html = html;
    Object.freeze(this); // What is frozen, Vue does not wrap: a proxy has no private fields.
  }

  toString(): string {
    return this.#html;
  }

  /** The HTML as it is. */
  toHTML(): string {
    return this.#html;
  }

  toJSON(): string {
    return this.#html;
  }
}

/**
 * Vouches for a piece of HTML, so that templates do not escape it (Django: `mark_safe`).
 *
 * @param html HTML in which everything that came from a visitor is already escaped.
 * @returns the same HTML, marked.
 *
 * @example
 * ```ts
 * import { markSafe } from "onceover";
 *
 * console.log(`${markSafe('See <a href="/inbox">your inbox</a>.')}`);
 * ```
 */
export function markSafe(html: Text): SafeString {
  return html instanceof SafeString ? html : new SafeString(textOf(html));
}

/** What Node's `console.log` and debuggers call. */
export const INSPECT: unique symbol = Symbol.for("nodejs.util.inspect.custom");

/** What a message may carry beside its level and text. */
export interface MessageOptions {
  /** CSS classes, put before the level's own tag (Django: `extra_tags`). */
  readonly extraTags?: string | null;
  /** Any JSON, for the page's own code. */
  readonly data?: Json | undefined;
  /** The tag of the level; by default that of `DEFAULT_TAGS`, or `""` for a level of your own. */
  readonly levelTag?: string;
}

/**
 * One message: a level, a text, extra tags. It never changes once it is made.
 *
 * Everything that a template reads is an own property, with Django's names (`level_tag`, `extra_tags`) beside ours.
 * Django: `Message`.
 *
 * @example
 * ```ts
 * import { Message, SUCCESS } from "onceover";
 *
 * const message = new Message(SUCCESS, "Saved.", { extraTags: "profile" });
 * console.log(message.tags, `${message}`); // "profile success" "Saved."
 * ```
 */
export class Message {
  readonly level: number;
  readonly message: Text;
  readonly extraTags: string | null;
  readonly data: Json | undefined;
  readonly levelTag: string;
  readonly tags: string;
  readonly extra_tags: string | null;
  readonly level_tag: string;

  /**
   * @param level an integer, by Django's scale: DEBUG 10, INFO 20, SUCCESS 25, WARNING 30, ERROR 40.
   * @param message the text.
   * @param options extra tags (default `null`), data, and the level's tag.
   */
  constructor(level: number, message: Text, options: MessageOptions = {}) {
    this.level = level;
    this.message = message;
    this.extraTags = this.extra_tags = options.extraTags ?? null;
    this.data = options.data;
    this.levelTag = this.level_tag = options.levelTag ?? DEFAULT_TAGS[level] ?? "";
    this.tags = [this.extraTags, this.levelTag].filter(Boolean).join(" ");
    Object.freeze(this);
  }

  /** True for the same level and the same text; tags and data do not count (Django: `__eq__`). */
  equals(other: Message): boolean {
    return this.level === other.level && textOf(this.message) === textOf(other.message);
  }

  /** The text. */
  toString(): string {
    return textOf(this.message);
  }

  /**
   * The text as HTML, for templates that are told to print it as it is: escaped, unless it is a {@link SafeString}.
   * Django: `conditional_escape`.
   */
  toHTML(): string {
    return htmlOf(this.message);
  }

  /** What a client needs to show it; `safe` says that the text is HTML. */
  toJSON(): MessageJson {
    return {
      level: this.level,
      levelTag: this.levelTag,
      message: textOf(this.message),
      safe: this.message instanceof SafeString,
      extraTags: this.extraTags,
      tags: this.tags,
      ...(this.data === undefined ? {} : { data: this.data }),
    };
  }

  [INSPECT](): string {
    const tags = this.extraTags ? `, extraTags='${this.extraTags}'` : "";
    return `Message(level=${this.level}, message='${textOf(this.message)}'${tags})`;
  }
}

/** A message as JSON: what `messages.toJSON()` is a list of. */
export interface MessageJson {
  readonly level: number;
  readonly levelTag: string;
  readonly message: string;
  readonly safe: boolean;
  readonly extraTags: string | null;
  readonly tags: string;
  readonly data?: Json;
  /** By what the browser confirms that it has shown the message; see `shown()` of `onceover/shown`. */
  readonly receipt?: string;
}

/** The text as a string, asked for now. */
export function textOf(text: Text): string {
  return typeof text === "string" ? text : text.toString();
}

/** The text as HTML: escaped, unless its author vouches for it. */
export function htmlOf(text: Text): string {
  return text instanceof SafeString ? text.toHTML() : escapeHtml(textOf(text));
}

/** True if the text has already been asked for: nothing about it can change any more. */
export function isResolved(text: Text): text is string | SafeString {
  return typeof text === "string" || text instanceof SafeString;
}

/**
 * The text, unless it is one that no visitor should see.
 *
 * @throws {MessagesError} `invalid-text` for an object without a text of its own (it would read `[object Object]`).
 */
export function checkText(text: Text): Text {
  if (typeof text !== "object" && typeof text !== "function") return textOf(text);
  if (typeof text === "object" && typeof text.toString === "function" && text.toString !== Object.prototype.toString)
    return text;
  throw new MessagesError(
    "invalid-text",
    `A message must be a string, a SafeString or an object with a toString() of its own; got ${describe(text)}.`,
  );
}

/** True for messages that say the same in every way, as the setting `duplicates` counts them. */
export function isSame(a: Message, b: Message): boolean {
  const isTaggedAlike = (a.extraTags ?? "") === (b.extraTags ?? "");
  return a.equals(b) && isTaggedAlike && JSON.stringify(a.data) === JSON.stringify(b.data);
}

/**
 * A copy of `data` that nobody can change.
 *
 * @throws {MessagesError} `invalid-data` for what JSON cannot carry.
 */
export function checkData(data: unknown): Json | undefined {
  if (data === undefined) return undefined;
  let copy: unknown;
  let cause: unknown;
  try {
    copy = JSON.parse(JSON.stringify(data));
  } catch (error) {
    cause = error;
  }
  if (copy !== undefined && isShallow(copy)) return frozen(copy as Json);
  throw new MessagesError(
    "invalid-data",
    `\`data\` must be a value that JSON can carry, nested at most ${MAX_DEPTH} deep; got ${describe(data)}.`,
    { cause },
  );
}

/** Nesting as deep as people write it; whatever is deeper was made to exhaust a stack. */
const MAX_DEPTH = 32;

/** True for a value that nests at most {@link MAX_DEPTH} deep. */
export function isShallow(value: unknown, depth: number = MAX_DEPTH): boolean {
  if (typeof value !== "object" || value === null) return true;
  return depth > 0 && Object.values(value).every((item) => isShallow(item, depth - 1));
}

/** JSON that was read by ourselves, made unchangeable through and through. */
export function frozen(json: Json): Json {
  if (typeof json === "object" && json !== null)
    for (const item of Object.values<Json>(Object.freeze(json))) frozen(item);
  return json;
}
