import { type Message, SafeString } from "onceover";
import { type ParsedSetCookie, parseSetCookie } from "./set-cookie.ts";

/** A message as it is stored. */
export interface StoredMessage {
  readonly level: number;
  readonly text: string;
  readonly safe: boolean;
  readonly extraTags: string | null;
}

/** A message as a template sees it. */
export interface ShownMessage extends StoredMessage {
  readonly tags: string;
  readonly levelTag: string;
}

/** What a step gave: shown messages, HTML, a number, an answer, an error; null where there is nothing to see. */
export type StepOutcome = readonly ShownMessage[] | string | number | boolean | { readonly raised: string } | null;

/** Everything that can be seen of a request and its response. */
export interface Observation {
  readonly outcomes: readonly StepOutcome[];
  readonly unstored: readonly StoredMessage[];
  /** The header as it went out; null if none did. */
  readonly setCookie: string | null;
  /** What the cookie that was set holds: messages, and the marks among them. */
  readonly decoded: readonly (StoredMessage | string)[] | null;
  readonly session: string | null;
  readonly sessionWritten: boolean;
}

/** An observation in the form in which two that mean the same are equal. */
export type Comparable = Omit<Observation, "setCookie"> & { readonly setCookie: ParsedSetCookie | null };

export function comparable(observation: Observation): Comparable {
  const { outcomes, unstored, setCookie, decoded, session, sessionWritten } = observation;
  return {
    unstored,
    decoded,
    session,
    sessionWritten,
    outcomes: outcomes.map((outcome) => (typeof outcome === "string" ? sameSpelling(outcome) : outcome)),
    setCookie: setCookie === null ? null : parseSetCookie(setCookie),
  };
}

export function stored({ level, message, extraTags }: Message): StoredMessage {
  return { level, text: `${message}`, safe: message instanceof SafeString, extraTags };
}

export function shown(message: Message): ShownMessage {
  return { ...stored(message), tags: message.tags, levelTag: message.levelTag };
}

/**
 * HTML as both template engines write it.
 *
 * Both escape `&`, `<`, `>`, `"` and `'`. Django writes the last as `&#x27;` and Nunjucks as `&#39;`; Nunjucks escapes `\`
 * too, as `&#92;`. A browser reads either spelling as the same character; nothing else is changed here.
 */
export function sameSpelling(html: string): string {
  return html.replaceAll("&#x27;", "&#39;").replaceAll("&#92;", "\\");
}
