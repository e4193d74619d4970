import { createHmac, randomBytes } from "node:crypto";
import fc from "fast-check";
import { describe, expect, test, vi } from "vitest";
import { hmacOf } from "../../src/wire/hmac.ts";

const anyKey = fc.uint8Array({ minLength: 1, maxLength: 64 }).map((bytes) => Buffer.from(bytes));
const anyAscii = fc.string({ unit: "binary-ascii", maxLength: 500 });
const byNode = (key: Buffer, text: string) => createHmac("sha256", key).update(text).digest("base64url");

describe("HMAC-SHA256", () => {
  test("is what Node's createHmac makes, of any text and by any key", () => {
    fc.assert(
      fc.property(anyKey, anyAscii, (key, text) => {
        expect(hmacOf(key)(text)).toBe(byNode(key, text));
      }),
    );
  });

  test("is what it makes of texts as long as cookies, and longer", () => {
    const key = randomBytes(32);
    const hmac = hmacOf(key);
    for (const length of [0, 63, 64, 4096, 8191, 8192, 8193, 70_000])
      expect(hmac("x".repeat(length)), `${length}`).toBe(byNode(key, "x".repeat(length)));
  });

  test("does not depend on what was signed before, also by another key", () => {
    const keys = [randomBytes(32), randomBytes(32)];
    const hmacs = keys.map(hmacOf);
    const texts = ["a long text, and then a short one", "short", "", "a long text again, and longer than before"];
    for (const text of texts)
      for (const [index, hmac] of hmacs.entries()) expect(hmac(text)).toBe(byNode(keys[index] as Buffer, text));
  });

  test("is the same where the runtime has no crypto.hash", async () => {
    vi.resetModules();
    vi.doMock("node:crypto", async (original) => ({ ...(await original<object>()), hash: undefined }));
    const without = await import("../../src/wire/hmac.ts");
    vi.doUnmock("node:crypto");
    const key = randomBytes(32);
    expect(without.hmacOf(key)("text")).toBe(byNode(key, "text"));
  });
});
