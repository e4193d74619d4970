import { deflateSync, inflateSync } from "node:zlib";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { deflate, inflate } from "../../src/wire/compression.ts";

/** Texts from one that repeats itself to one that hardly does, around the size from which zlib's defaults are taken. */
const anyText = fc
  .tuple(
    fc.array(fc.string({ unit: "grapheme-ascii", minLength: 1, maxLength: 12 }), { minLength: 1, maxLength: 8 }),
    fc.array(fc.nat(), { maxLength: 400 }),
  )
  .map(([words, picks]) => picks.map((pick) => words[pick % words.length]).join(""));

describe("compression", () => {
  test("gives the bytes that zlib's defaults give", () => {
    fc.assert(
      fc.property(anyText, (text) => {
        const raw = Buffer.from(text, "latin1");
        expect(deflate(raw).equals(deflateSync(raw))).toBe(true);
      }),
      { numRuns: 300 },
    );
    for (const length of [1785, 1786, 1787, 2047, 2048, 5000]) {
      const raw = Buffer.from(Array.from({ length }, (_, index) => (index * 7919) % 61).map((unit) => unit + 32));
      expect(deflate(raw).equals(deflateSync(raw)), `${length}`).toBe(true);
    }
  });

  test("is undone, the first time and again", () => {
    fc.assert(
      fc.property(anyText, (text) => {
        const raw = Buffer.from(text, "latin1");
        const compressed = deflate(raw).toString("base64url");
        for (let time = 0; time < 2; time += 1) expect(inflate(compressed)).toBe(raw.toString("utf8"));
        expect(inflateSync(Buffer.from(compressed, "base64url"))).toEqual(raw);
      }),
      { numRuns: 300 },
    );
  });

  test("of what was never compressed is undone to nothing, each time", () => {
    for (const text of ["", "eJ", "no zlib", "A".repeat(5000)])
      for (let time = 0; time < 2; time += 1) expect(inflate(text), text).toBeUndefined();
  });

  test("that unfolds to more than 1 MiB is undone to nothing", () => {
    const [fits, bomb] = [1 << 20, (1 << 20) + 1].map((size) => deflate(Buffer.alloc(size, "x")).toString("base64url"));
    expect(inflate(fits as string)).toHaveLength(1 << 20);
    expect(inflate(bomb as string)).toBeUndefined();
  });
});
