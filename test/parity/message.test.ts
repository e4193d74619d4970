import { inspect } from "node:util";
import { ERROR, INFO, Message, WARNING } from "onceover";
import { describe, expect, test } from "vitest";

describe("a message", () => {
  test("equals another of the same level and text, whatever its tags", () => {
    const message = new Message(INFO, "Test message 1");
    expect(message.equals(message)).toBe(true);
    expect(message.equals(new Message(INFO, "Test message 1", { extraTags: "tag" }))).toBe(true);
    expect(message.equals(new Message(INFO, "Test message 2"))).toBe(false);
    expect(message.equals(new Message(WARNING, "Test message 1"))).toBe(false);
    expect(new Message(INFO, "Test message 2").equals(new Message(WARNING, "Test message 1"))).toBe(false);
  });

  test("inspects as its level, its text and its extra tags, if it has any", () => {
    const inspected = (level: number, text: string, extraTags: string) =>
      inspect(new Message(level, text, { extraTags }));
    expect(inspected(INFO, "thing", "")).toBe("Message(level=20, message='thing')");
    expect(inspected(WARNING, "careful", "tag1 tag2")).toBe(
      "Message(level=30, message='careful', extraTags='tag1 tag2')",
    );
    expect(inspected(ERROR, "oops", "tag")).toBe("Message(level=40, message='oops', extraTags='tag')");
    expect(inspected(12, "custom", "")).toBe("Message(level=12, message='custom')");
  });
});
