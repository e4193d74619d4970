import { describe, expect, test } from "vitest";
import { bisectKeepLeft, bisectKeepRight } from "../../src/core/bisect.ts";

const sum = (numbers: readonly number[]) => numbers.reduce((total, number) => total + number, 0);
const isNot = (total: number) => (numbers: readonly number[]) => sum(numbers) !== total;
const isLong = (texts: readonly string[]) => texts.join("").length > 5;

describe("bisection", () => {
  test("from the left, says how many may stay", () => {
    expect(bisectKeepLeft([1, 1, 1], isNot(2))).toBe(2);
    expect(bisectKeepLeft([1, 1, 1], isNot(0))).toBe(0);
    expect(bisectKeepLeft([], isNot(0))).toBe(0);
    expect(bisectKeepLeft(["aa", "bb", "cc"], isLong)).toBe(2);
    expect(bisectKeepLeft(["aa", "bb"], isLong)).toBe(2);
    expect(bisectKeepLeft(["aaaaaa", "b"], isLong)).toBe(0);
  });

  test("from the right, says how many have to go", () => {
    expect(bisectKeepRight([1, 1, 1], isNot(2))).toBe(1);
    expect(bisectKeepRight([1, 1, 1, 1], isNot(2))).toBe(2);
    expect(bisectKeepRight([1, 1, 1, 1, 1], isNot(1))).toBe(4);
    expect(bisectKeepRight([], isNot(0))).toBe(0);
    expect(bisectKeepRight(["aa", "bb", "cc"], isLong)).toBe(1);
    expect(bisectKeepRight(["aa", "bb"], isLong)).toBe(0);
    expect(bisectKeepRight(["a", "bbbbbb"], isLong)).toBe(2);
  });
});
