import fc from "fast-check";
import { type Json, Message, markSafe } from "onceover";

/** Text of any UTF-16 code units, so that lone surrogates and control characters are among them. */
export const anyText: fc.Arbitrary<string> = fc.oneof(
  fc.string({ unit: "grapheme" }),
  fc.string({ unit: fc.nat(0xffff).map((code) => String.fromCharCode(code)) }),
  fc.string({ unit: fc.constantFrom("\\", '"', ",", ";", ":", "/", "\u007f", "\ud800", "\udc00", "\n", "\0", " ") }),
);

/** Any JSON value, as JSON brings it back. */
export const anyJson: fc.Arbitrary<Json> = fc
  .jsonValue({ maxDepth: 6, stringUnit: "binary" })
  .map((value) => JSON.parse(JSON.stringify(value)) as Json);

/** Any message that can be stored. */
export const anyMessage: fc.Arbitrary<Message> = fc
  .record({
    level: fc.maxSafeInteger(),
    text: anyText,
    isSafe: fc.boolean(),
    extraTags: fc.oneof(fc.constantFrom(null, ""), anyText),
    data: fc.option(anyJson, { nil: undefined }),
  })
  .map(
    ({ level, text, isSafe, extraTags, data }) =>
      new Message(level, isSafe ? markSafe(text) : text, { extraTags, data }),
  );
