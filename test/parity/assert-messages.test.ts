import { AssertionError } from "node:assert";
import { addMessage, DEBUG, ERROR, INFO, Message, type Settings, SUCCESS, WARNING } from "onceover";
import { type AssertOptions, assertMessages, type ExpectedMessage } from "onceover/testing";
import { describe, expect, test } from "vitest";
import { Site } from "./site.ts";

const FOUR_LEVELS = { INFO, SUCCESS, WARNING, ERROR };

describe("assertMessages", () => {
  test("accepts the messages that were added, of each level", async () => {
    const expected = Object.entries({ DEBUG, ...FOUR_LEVELS }).map(
      ([name, level]) => new Message(level, `${name} message.`),
    );
    expect(await failureOf(expected, expected, { settings: { level: DEBUG } })).toBeUndefined();
  });

  test("compares extra tags", async () => {
    const tagged = (tag: string) =>
      Object.entries(FOUR_LEVELS).map(
        ([name, level]) => new Message(level, `${name} message.`, { extraTags: `${tag}-${name}` }),
      );
    expect(await failureOf(tagged("extra"), tagged("extra"))).toBeUndefined();
    expect(await failureOf(tagged("extra"), tagged("other"))).toContain(
      'missing:      info "INFO message." [other-INFO]',
    );
  });

  test("accepts a level of the app's own, with the app's own tag", async () => {
    const custom = [new Message(42, "CUSTOM message.")];
    expect(await failureOf(custom, custom, { settings: { tags: { 42: "CUSTOM" } } })).toBeUndefined();
  });

  test("refuses another order, unless told that it does not count", async () => {
    const added = [new Message(INFO, "First message."), new Message(WARNING, "Second message.")];
    const reversed = added.toReversed();
    expect(await failureOf(added, reversed, { ordered: false })).toBeUndefined();
    expect(await failureOf(added, reversed)).toContain("The messages are in another order");
  });

  test("refuses more messages than expected, and names them", async () => {
    const added = [new Message(INFO, "INFO message.")];
    expect(await failureOf(added, [])).toBe(
      'The messages differ (0 expected, 1 found):\n  not expected: info "INFO message."',
    );
  });
});

/** What the assertion says of a request to which messages were added; undefined if it is satisfied. */
async function failureOf(
  added: readonly Message[],
  expected: readonly ExpectedMessage[],
  { settings = {}, ...options }: AssertOptions & { settings?: Settings } = {},
): Promise<string | undefined> {
  let failure: string | undefined;
  await new Site(settings).visit((_messages, request) => {
    for (const { level, message, extraTags } of added) addMessage(request, level, message, { extraTags });
    failure = messageOf(() => assertMessages(request, expected, options));
  });
  return failure;
}

function messageOf(assertion: () => void): string | undefined {
  try {
    assertion();
  } catch (error) {
    if (error instanceof AssertionError) return error.message;
    throw error;
  }
  return undefined;
}
