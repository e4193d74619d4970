/** What went wrong, as a word that code can test for: the `code` of a {@link MessagesError}. */
export type MessagesErrorCode =
  /** A setting that cannot be: missing, misspelt, or of the wrong kind. */
  | "invalid-setting"
  /** A level that is neither an integer nor the name of one. */
  | "unknown-level"
  /** A text that would read `[object Object]`, a list in the place of one, or one whose `toString()` threw. */
  | "invalid-text"
  /** `data` that is not JSON, or `data` where the format has no place for it. */
  | "invalid-data"
  /** An option of a message that does not exist or cannot be, or options that are no object. */
  | "invalid-options"
  /** A success message template that asks for a field the handler did not return. */
  | "missing-field"
  /** Something other than messages was given where messages are rendered. */
  | "invalid-messages"
  /** A preset that is neither one of ours nor an object of classes. */
  | "unknown-preset"
  /** Something other than a request was given where a request is needed. */
  | "not-a-request"
  /** The request never went through an adapter. */
  | "no-middleware"
  /** The adapter was mounted twice on one request. */
  | "mounted-twice"
  /** The session storage was asked for, and the request has no session, or got it too late. */
  | "no-session"
  /** An asynchronous storage was read before it was loaded. */
  | "not-loaded"
  /** Messages were read or added after the response's headers had gone out. */
  | "too-late"
  /** Messages did not fit into the storage. */
  | "not-stored"
  /** The storage itself failed: its own error is the `cause`. */
  | "storage-failed"
  /** The outlet failed: its own error is the `cause`. */
  | "outlet-failed";

/**
 * Every error and every warning of this library.
 *
 * @example
 * ```ts
 * import { MessagesError, success } from "onceover";
 *
 * try {
 *   success({}, "Saved.");
 * } catch (error) {
 *   console.log(error instanceof MessagesError && error.code); // "no-middleware"
 * }
 * ```
 */
export class MessagesError extends Error {
  override readonly name = "MessagesError";
  readonly code: MessagesErrorCode;

  constructor(code: MessagesErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

/** A value as an error text shows it: short, and with its type. */
export function describe(value: unknown): string {
  if (value === undefined || value === null) return String(value);
  if (typeof value === "string") return `${JSON.stringify(value.length > 60 ? `${value.slice(0, 57)}...` : value)}`;
  if (typeof value === "function") return `the function \`${value.name || "anonymous"}\``;
  if (typeof value !== "object") return `${String(value)} (${typeof value})`;
  if (Array.isArray(value)) return `an array of ${value.length}`;
  const name: unknown = Object.getPrototypeOf(value)?.constructor?.name;
  return typeof name === "string" && name !== "Object" ? `an instance of ${name}` : "an object";
}
