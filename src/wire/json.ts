import { frozen, isShallow, type Json, Message, SafeString, textOf } from "../message.ts";

/**
 * Django's JSON for messages (`django/contrib/messages/storage/cookie.py`, `MessageEncoder` and `MessageDecoder`).
 *
 *     messages = "[" [ item *( "," item ) ] "]"
 *     item     = message / string                     ; a string is a mark of the storage, such as NOT_FINISHED
 *     message  = ["__json_message", safe, level, text]
 *              / ["__json_message", safe, level, text, extra_tags]
 *              / ["__json_message", safe, level, text, extra_tags, data]   ; ours: Django has no data
 *     safe     = 0 / 1                                ; 1: the text is HTML that its author vouched for
 */
const MESSAGE_KEY = "__json_message";

/** What Django writes between two items: nothing more in a cookie, a space as well in a session. */
export type Separator = "," | ", ";

/** A list of messages and marks as Django's JSON, in ASCII. */
export function encodeMessages(items: readonly (Message | string)[], separator: Separator): string {
  return `[${items.map((item) => encodeItem(item, separator)).join(separator)}]`;
}

/** The messages and marks of Django's JSON, whatever else stands among them left out; undefined if there are none. */
export function decodeMessages(json: string): (Message | string)[] | undefined {
  let value: unknown;
  try {
    value = JSON.parse(json);
  } catch {
    return undefined;
  }
  if (!Array.isArray(value) || value[0] === MESSAGE_KEY) return undefined;
  const items = value.map(decodeItem).filter((item) => item !== undefined);
  return items.length > 0 ? items : undefined;
}

function encodeItem(item: Message | string, separator: Separator): string {
  if (typeof item === "string") return ascii(item);
  const { level, message, extraTags, data } = item;
  const fields = [ascii(MESSAGE_KEY), message instanceof SafeString ? "1" : "0", `${level}`, ascii(textOf(message))];
  if (extraTags !== null || data !== undefined) fields.push(ascii(extraTags));
  if (data !== undefined) fields.push(ascii(data));
  return `[${fields.join(separator)}]`;
}

function decodeItem(item: unknown): Message | string | undefined {
  if (typeof item === "string") return item;
  if (!Array.isArray(item)) return undefined;
  const [key, safe, level, text, extraTags, data]: unknown[] = item;
  if (key !== MESSAGE_KEY || typeof text !== "string" || !Number.isSafeInteger(level)) return undefined;
  if (!isShallow(data)) return undefined;
  return new Message(level as number, safe ? new SafeString(text) : text, {
    extraTags: typeof extraTags === "string" ? extraTags : null,
    data: data === undefined ? undefined : frozen(data as Json),
  });
}

/** JSON as Python's `json.dumps` writes it: everything outside 0x20 to 0x7E as `\uXXXX`, which `JSON.stringify` leaves raw. */
function ascii(value: Json): string {
  return JSON.stringify(value).replace(
    /[\u007f-\uffff]/g,
    (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}
