import { frozen, isShallow, type Json } from "../core/data.ts";
import { Message } from "../core/message.ts";
import { SafeString, textOf } from "../core/text.ts";

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

/** A message, or a mark of the storage. */
export type Item = Message | string;

/** A list of messages and marks as Django's JSON, in ASCII. */
export function encodeMessages(items: readonly Item[], separator: Separator): string {
  return `[${items.map((item) => encodeItem(item, separator)).join(separator)}]`;
}

/** One message or mark as Django's JSON, in ASCII. */
export function encodeItem(item: Item, separator: Separator): string {
  if (typeof item === "string") return ascii(item);
  const { level, message, extraTags, data } = item;
  const safe = message instanceof SafeString ? 1 : 0;
  let json = `["${MESSAGE_KEY}"${separator}${safe}${separator}${level}${separator}${ascii(textOf(message))}`;
  if (extraTags !== null || data !== undefined) json += separator + (extraTags === "" ? '""' : ascii(extraTags));
  if (data !== undefined) json += separator + ascii(data);
  return `${json}]`;
}

/** The messages and marks of Django's JSON, with everything else among them left out; undefined if there are none. */
export function decodeMessages(json: string): Item[] | undefined {
  let value: unknown;
  try {
    value = JSON.parse(json);
  } catch {
    return undefined;
  }
  if (!Array.isArray(value) || value[0] === MESSAGE_KEY) return undefined;
  const items: Item[] = [];
  for (const item of value) {
    const decoded = decodeItem(item);
    if (decoded !== undefined) items.push(decoded);
  }
  return items.length > 0 ? items : undefined;
}

function decodeItem(item: unknown): Item | undefined {
  if (typeof item === "string") return item;
  if (!Array.isArray(item)) return undefined;
  // By index: destructuring walks an iterator, and this is done for every message of every page.
  const level: unknown = item[2];
  const text: unknown = item[3];
  const extraTags: unknown = item[4];
  const data: unknown = item[5];
  if (item[0] !== MESSAGE_KEY || typeof text !== "string" || !Number.isSafeInteger(level)) return undefined;
  if (data !== undefined && !isShallow(data)) return undefined;
  return new Message(level as number, item[1] ? new SafeString(text) : text, {
    extraTags: typeof extraTags === "string" ? extraTags : null,
    data: data === undefined ? undefined : frozen(data as Json),
  });
}

/** JSON as Python's `json.dumps` writes it: everything outside 0x20 to 0x7E as `\uXXXX`, which `JSON.stringify` leaves raw. */
function ascii(value: Json): string {
  if (typeof value === "string" && IS_PLAIN.test(value)) return `"${value}"`;
  const json = JSON.stringify(value);
  return NOT_ASCII.test(json) ? json.replace(NOT_ASCII_EACH, escapeUnit) : json;
}

/** Text that stands in JSON as it is. */
const IS_PLAIN = /^[ !#-[\]-~]*$/;
const NOT_ASCII = /[\u007f-\uffff]/;
const NOT_ASCII_EACH = /[\u007f-\uffff]/g;

function escapeUnit(unit: string): string {
  return `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`;
}
