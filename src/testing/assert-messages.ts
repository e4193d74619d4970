import { AssertionError } from "node:assert";
import type { Json } from "../core/data.ts";
import { LEVELS, type Levels, levelNumber } from "../core/levels.ts";
import { Message } from "../core/message.ts";
import { findMessages } from "../core/request.ts";
import type { Text } from "../core/text.ts";
import { readCookies } from "../wire/cookies.ts";
import { decodeMessages } from "../wire/json.ts";
import { readUnverified } from "../wire/signing.ts";

/** A response of supertest, of `fetch`, of light-my-request (`inject`), or anything with such headers. */
export interface ResponseLike {
  readonly headers: object;
}

/** A message as a test expects it. A `Message` is one. */
export interface ExpectedMessage {
  /** A number, or the name of a level. */
  readonly level: number | string;
  readonly message: Text;
  /** None by default; unlike Django's, this assertion compares them. */
  readonly extraTags?: string | null;
  readonly data?: Json | undefined;
}

/** How messages are compared. */
export interface AssertOptions {
  /** False accepts the messages in any order; `true` by default. */
  readonly ordered?: boolean;
  /** The name of the messages cookie; `"messages"` by default. */
  readonly cookieName?: string;
  /** Levels of the app's own, so that they can be expected by name. */
  readonly levels?: Levels;
}

/**
 * Asserts which messages a request has, or a response leaves for the next page.
 *
 * Of a response it reads the messages cookies that it sets; what a page displayed is not in its headers, and messages that
 * went to the session are not either.
 *
 * @param subject a request that went through an adapter, or a response.
 * @param expected the messages, in order.
 * @param options whether the order counts, and what the app named otherwise.
 * @throws {AssertionError} with a line for each message that is missing or was not expected.
 *
 * Django: `MessagesTestMixin.assertMessages`.
 *
 * @example
 * ```ts
 * import { SUCCESS } from "onceover";
 * import { assertMessages } from "onceover/testing";
 *
 * export async function testProfile(url: string) {
 *   const response = await fetch(url, { method: "POST", redirect: "manual" });
 *   assertMessages(response, [{ level: SUCCESS, message: "Profile updated.", extraTags: "profile" }]);
 * }
 * ```
 */
export function assertMessages(
  subject: object,
  expected: readonly ExpectedMessage[],
  options: AssertOptions = {},
): void {
  const { ordered = true, cookieName = "messages", levels = {} } = options;
  const found = findMessages(subject)?.peek() ?? messagesSetBy(subject as ResponseLike, cookieName);
  const names: Levels = { ...LEVELS, ...levels };
  const actualLines = found.map((message) => lineOf(message, names));
  const expectedLines = expected.map(({ level, message, ...rest }) =>
    lineOf(new Message(levelNumber(level, names), message, rest), names),
  );
  const missing = without(expectedLines, actualLines);
  const extra = without(actualLines, expectedLines);
  const isSameOrder = actualLines.every((line, index) => line === expectedLines[index]);
  if (missing.length === 0 && extra.length === 0 && (isSameOrder || !ordered)) return;
  throw new AssertionError({
    message: explain(missing, extra, actualLines, expectedLines),
    actual: actualLines,
    expected: expectedLines,
    operator: "assertMessages",
    stackStartFn: assertMessages,
  });
}

function explain(missing: string[], extra: string[], actual: string[], expected: string[]): string {
  const lines =
    missing.length + extra.length > 0
      ? [...missing.map((line) => `  missing:      ${line}`), ...extra.map((line) => `  not expected: ${line}`)]
      : expected.map((line, index) => `  expected ${line}, got ${actual[index]}`);
  const what = missing.length + extra.length > 0 ? "The messages differ" : "The messages are in another order";
  return `${what} (${expected.length} expected, ${actual.length} found):\n${lines.join("\n")}`;
}

/** Everything that is compared, in one readable line. */
function lineOf({ level, message, extraTags, data }: Message, names: Levels): string {
  const name = Object.keys(names).find((key) => names[key] === level) ?? level;
  const tags = extraTags ? ` [${extraTags}]` : "";
  const json = data === undefined ? "" : ` ${JSON.stringify(data, inOrder)}`;
  return `${name} ${JSON.stringify(String(message))}${tags}${json}`;
}

/** For `JSON.stringify`: the keys of an object in an order that does not depend on who made it. */
function inOrder(_key: string, value: Json): Json {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** What is in `lines` oftener than in `others`. */
function without(lines: readonly string[], others: readonly string[]): string[] {
  const rest = [...others];
  return lines.filter((line) => {
    const index = rest.indexOf(line);
    if (index >= 0) rest.splice(index, 1);
    return index < 0;
  });
}

function messagesSetBy(response: ResponseLike, cookieName: string): Message[] {
  return setCookiesOf(response)
    .flatMap((header) => [...readCookies(header.split(";", 1)[0] ?? "")])
    .filter(([name]) => name === cookieName || name.startsWith(`${cookieName}.`))
    .flatMap(([, value]) => decodeMessages(readUnverified(value)?.json ?? "[]") ?? [])
    .filter((item) => typeof item !== "string");
}

function setCookiesOf({ headers }: ResponseLike): string[] {
  if (typeof headers !== "object" || headers === null)
    throw new TypeError("assertMessages() needs a request that went through messages(), or a response with headers.");
  // Not `instanceof Headers`: jsdom, undici and others have a class of their own.
  if ("getSetCookie" in headers && typeof headers.getSetCookie === "function") return headers.getSetCookie();
  const value: unknown = Reflect.get(headers, "set-cookie") ?? [];
  return (Array.isArray(value) ? value : [value]).map(String);
}
