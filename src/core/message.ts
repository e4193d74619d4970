import type { Json } from "./data.ts";
import { DEFAULT_TAGS } from "./levels.ts";
import { htmlOf, SafeString, type Text, textOf } from "./text.ts";

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
  constructor(level: number, message: Text, options?: MessageOptions) {
    const extraTags = options?.extraTags ?? null;
    const levelTag = options?.levelTag ?? DEFAULT_TAGS[level] ?? "";
    this.level = level;
    this.message = message;
    this.extraTags = this.extra_tags = extraTags;
    this.data = options?.data;
    this.levelTag = this.level_tag = levelTag;
    this.tags = extraTags && levelTag ? `${extraTags} ${levelTag}` : extraTags || levelTag;
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
  /** Token that the browser returns to confirm display; see `shown()` of `onceover/shown`. */
  readonly receipt?: string;
}

/** Everything that a message says, as one text: equal for messages that no visitor could tell apart. */
export function contentOf({ level, message, extraTags, data }: Message): string {
  return JSON.stringify([level, textOf(message), extraTags ?? "", data]);
}
