import { describe, MessagesError } from "./errors.ts";
import { escapeHtml } from "./escape.ts";

/**
 * What a message can say: a string, safe HTML, or anything that becomes text when it is needed (a lazy translation). Not a list,
 * whose `toString()` puts commas between its items.
 */
export type Text = string | SafeString | { toString(): string; readonly join?: never };

/**
 * HTML that its author vouches for: templates print it as it is.
 *
 * Make one with {@link markSafe}. Django: `SafeString`.
 */
export class SafeString {
  readonly #html: string;

  constructor(html: string) {
    this.#html = html;
    Object.freeze(this); // Vue does not wrap frozen objects in a proxy, which would have no private fields.
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
 * @throws {MessagesError} `invalid-text` for an object without a text of its own (it would read `[object Object]`), and for a list.
 */
export function checkText(text: Text): Text {
  if (typeof text !== "object" && typeof text !== "function") return textOf(text);
  const isList = Array.isArray(text);
  const isText = typeof text.toString === "function" && text.toString !== Object.prototype.toString;
  if (typeof text === "object" && isText && !isList) return text;
  const hint = isList ? " Add a message for each item, or join them." : "";
  throw new MessagesError(
    "invalid-text",
    `A message must be a string, a SafeString or an object with a toString() of its own; got ${describe(text)}.${hint}`,
  );
}
