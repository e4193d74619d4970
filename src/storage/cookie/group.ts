import { createHash } from "node:crypto";
import { contentOf, type Message } from "../../core/message.ts";
import { randomText, toBase36 } from "../../wire/signing.ts";

/** Messages that one response added. In a cookie they stand behind their name, if they have one. */
export interface Group {
  readonly id: string | undefined;
  readonly messages: readonly Message[];
}

/** A group with a name: the mark of the key that signs it, when it was added, and random characters. */
export interface NamedGroup extends Group {
  readonly id: string;
}

/** The length of a mark. */
const MARK_LENGTH = 4;

/** A mark, from the digest that a secret makes of a place. */
export function markOf(digest: string): string {
  return digest.slice(0, MARK_LENGTH);
}

/** What follows the mark: microseconds in base 36, and five characters that no other server chooses. */
const AFTER_MARK = /^[0-9a-z]{10}[\w-]{5}$/;

/** True for the name of a group with one of these marks. */
export function isGroupId(text: string, marks: readonly string[]): boolean {
  return marks.includes(text.slice(0, MARK_LENGTH)) && AFTER_MARK.test(text.slice(MARK_LENGTH));
}

/** A name for a group. @param unique by default, random. */
export function groupId(mark: string, microseconds: number, unique: string = randomText(5)): string {
  return mark + toBase36(Math.min(microseconds, 36 ** 10 - 1), 10) + unique;
}

/** The end of a name that is the same wherever it is given to the same messages. */
export function sameFor(messages: readonly Message[]): string {
  return createHash("sha256").update(messages.map(contentOf).join()).digest("base64url").slice(0, 5);
}

/** When a group was added, in microseconds. */
export function timeOf(id: string): number {
  return Number.parseInt(id.slice(MARK_LENGTH, MARK_LENGTH + 10), 36);
}

/** Oldest first, whichever secret signed them. */
export function byTime(a: NamedGroup, b: NamedGroup): number {
  return a.id.slice(MARK_LENGTH) < b.id.slice(MARK_LENGTH) ? -1 : 1;
}

/** What is left of groups if only these messages are kept. */
export function only(groups: readonly NamedGroup[], kept: readonly Message[]): NamedGroup[] {
  if (kept.length === 0) return [];
  const isKept = new Set(kept);
  return groups
    .map(({ id, messages }) => ({ id, messages: messages.filter((message) => isKept.has(message)) }))
    .filter((group) => group.messages.length > 0);
}

/** The messages of all groups, in order. */
export function messagesOf(groups: readonly Group[]): readonly Message[] {
  return groups.length === 1 && groups[0] ? groups[0].messages : groups.flatMap(({ messages }) => messages);
}

export function countOf(groups: readonly Group[]): number {
  return groups.reduce((count, group) => count + group.messages.length, 0);
}
