import { describe, expect, test } from "vitest";
import { two, waiting } from "./contract.ts";

/** An engine that hands messages to JavaScript as they are, without any code of ours. */
interface JavaScriptEngine {
  readonly name: string;
  print(template: string, context: object): string | Promise<string>;
  /** The template that prints this of each message. */
  loop(item: string): string;
  /** What the documentation says to write of each message, and what all of them are then. */
  readonly items: readonly (readonly [item: string, html: string])[];
  /** Prints `a` if `messages` are true, and `b` if their length is. */
  readonly truth: string;
  /** Prints the length. */
  readonly length: string;
}

/** What is promised of messages where they are what they are in JavaScript. */
export function javascriptContract({ name, print, loop, items, truth, length }: JavaScriptEngine): void {
  const words = async (template: string, messages: object) => (await print(template, { messages })).replace(/\s/g, "");

  describe(`a template of ${name}`, () => {
    test.each(items)("prints %s of each message as the documentation says", async (item, html) => {
      expect(await print(loop(item), { messages: two() })).toBe(html);
    });

    test.each([
      ["no messages", () => waiting(), () => two()],
      ["an empty list that a handler took", () => waiting().take(), () => two().take()],
    ])("takes %s for true, and the length for false", async (_, none, some) => {
      expect(await words(truth, none())).toBe("a");
      expect(await words(truth, some())).toBe("ab");
    });

    test("shows none by asking whether there are any, or how many", async () => {
      const messages = two();
      expect(await words(truth, messages)).toBe("ab");
      expect(await words(length, messages)).toBe("2");
      expect(messages.used).toBe(false);
    });
  });
}
