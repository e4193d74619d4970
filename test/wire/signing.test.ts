import { constants, deflateRawSync, deflateSync } from "node:zlib";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { decodeMessages, encodeMessages } from "../../src/wire/json.ts";
import { pack, packShortest, readUnverified, Signer, signedLength } from "../../src/wire/signing.ts";
import { SECRET, signText } from "../support.ts";
import { anyMessage, anyText } from "./arbitraries.ts";
import { ODD_JSON, signBytes, signDeflated, signZlib } from "./forge.ts";

const OTHER_SECRET = "another secret that is long enough to be accepted";
const signer = new Signer([SECRET]);

/** A JSON text as Django signs it. */
const sign = (json: string, now?: number, by: Signer = signer) => by.sign(packShortest(json), now);

const anyAscii = fc.string({ unit: "grapheme-ascii" });
const anyValue = anyAscii.map((json) => sign(json));
const repetitive = "all work and no play makes Jack a dull boy ".repeat(20);

/** Base 62 by the book: exact for any size. */
function base62(number: bigint): string {
  const digits = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
  return number < 62n ? `${digits[Number(number)]}` : base62(number / 62n) + digits[Number(number % 62n)];
}

describe("a signed value", () => {
  test("brings any messages back as they were", () => {
    fc.assert(
      fc.property(fc.array(anyMessage, { minLength: 1 }), (messages) => {
        const { json = "" } = signer.unsign(sign(encodeMessages(messages, ","))) ?? {};
        expect(JSON.stringify(decodeMessages(json))).toBe(JSON.stringify(messages));
      }),
    );
  });

  test("has only characters that a cookie value may have, and that no server decodes", () => {
    fc.assert(
      fc.property(fc.array(anyMessage), (messages) => {
        expect(sign(encodeMessages(messages, ","))).toMatch(/^\.?[\w-]+:[0-9A-Za-z]+:[\w-]{43}$/);
      }),
    );
  });

  test("is compressed where that is shorter, and only there", () => {
    expect(sign("[]")).toMatch(/^W10:/);
    expect(sign(repetitive)).toMatch(/^\./);
    expect(sign(repetitive).length).toBeLessThan(repetitive.length / 4);
    expect(signer.unsign(sign(repetitive))?.json).toBe(repetitive);
  });

  test("is not compressed where that was not asked for", () => {
    fc.assert(
      fc.property(fc.oneof(anyAscii, fc.constant(repetitive)), fc.nat(), (json, now) => {
        fc.pre(json !== "");
        const value = signer.sign(pack(json), now);
        expect(value.split(":")[0]).toBe(Buffer.from(json).toString("base64url"));
        expect(signer.unsign(value)?.json).toBe(json);
      }),
    );
  });

  test("has the length that was told before it was signed", () => {
    fc.assert(
      fc.property(anyAscii, fc.boolean(), (json, compresses) => {
        const payload = compresses ? packShortest(json) : pack(json);
        expect(signer.sign(payload)).toHaveLength(signedLength(payload.length));
      }),
    );
  });

  test("is what Django's rules make of it", () => {
    expect(sign("[]", 1)).toBe(signText("W10:1"));
    expect(sign(repetitive, 62)).toBe(signText(`.${deflateSync(Buffer.from(repetitive)).toString("base64url")}:10`));
  });

  test("tells its time, from 1970 to the end of numbers", () => {
    fc.assert(
      fc.property(fc.maxSafeNat(), (seconds) => {
        const value = sign("[]", seconds);
        expect(value.split(":")[1]).toBe(base62(BigInt(seconds)));
        expect(signer.unsign(value)?.timestamp).toBe(seconds);
      }),
      { examples: [[0], [1], [61], [62], [62 ** 5], [Number.MAX_SAFE_INTEGER]] },
    );
  });

  test("is of now if nothing else is said, in whole seconds", () => {
    const before = Math.floor(Date.now() / 1000);
    const { timestamp = 0 } = signer.unsign(sign("[]")) ?? {};
    expect(timestamp).toBeGreaterThanOrEqual(before);
    expect(timestamp).toBeLessThanOrEqual(Date.now() / 1000);
    expect(signer.unsign(sign("[]", 5.9))?.timestamp).toBe(5);
  });

  test("tells its signature", () => {
    const value = sign("[]");
    expect(signer.unsign(value)?.signature).toBe(value.slice(-43));
  });
});

describe("a value that was not signed so", () => {
  test("any text is nothing", () => {
    fc.assert(
      fc.property(fc.oneof(anyText, fc.stringMatching(/^\.?[\w-]+:[0-9A-Za-z]{1,10}:[\w-]{43}$/)), (value) => {
        expect(signer.unsign(value)).toBeUndefined();
        expect(() => readUnverified(value)).not.toThrow();
      }),
    );
  });

  test("one changed character makes it nothing", () => {
    fc.assert(
      fc.property(
        anyValue,
        fc.nat(),
        fc.oneof(anyText, fc.constantFrom("", "A", ":", ".", "=")),
        (value, at, other) => {
          const index = at % value.length;
          const changed = value.slice(0, index) + other + value.slice(index + 1);
          fc.pre(changed !== value);
          expect(signer.unsign(changed)).toBeUndefined();
        },
      ),
    );
  });

  test("a cut, at either end, makes it nothing", () => {
    fc.assert(
      fc.property(anyValue, fc.nat(), (value, at) => {
        const index = 1 + (at % (value.length - 1));
        expect(signer.unsign(value.slice(0, index))).toBeUndefined();
        expect(signer.unsign(value.slice(index))).toBeUndefined();
      }),
    );
  });

  test.each(["", ":", ".", ";", "\n"])("two of them joined by %j are nothing", (glue) => {
    fc.assert(
      fc.property(anyValue, anyValue, (one, other) => {
        expect(signer.unsign(one + glue + other)).toBeUndefined();
      }),
    );
  });

  test("parts in another order, or of two values, are nothing", () => {
    const [payload, timestamp, signature] = sign("[1]", 1_800_000_000).split(":") as [string, string, string];
    const [payload2, timestamp2, signature2] = sign("[2]", 1_800_000_001).split(":") as [string, string, string];
    for (const parts of [
      [payload, signature, timestamp],
      [timestamp, payload, signature],
      [timestamp, signature, payload],
      [signature, payload, timestamp],
      [signature, timestamp, payload],
      [payload2, timestamp, signature],
      [payload, timestamp2, signature],
      [payload, timestamp, signature2],
      [`.${payload}`, timestamp, signature],
      [payload, signature],
      [payload, timestamp],
      [payload, timestamp, signature, signature],
    ]) {
      expect(signer.unsign(parts.join(":"))).toBeUndefined();
    }
    expect(signer.unsign([payload, timestamp, signature].join(":"))?.json).toBe("[1]");
  });

  test("a signature by another secret is nothing", () => {
    fc.assert(
      fc.property(anyAscii, (json) => {
        expect(new Signer([OTHER_SECRET]).unsign(sign(json))).toBeUndefined();
      }),
    );
  });

  test("a signature that differs only in bits that base64 ignores is nothing", () => {
    const value = sign("[]");
    const [same, ...others] = [..."ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"]
      .map((last) => value.slice(0, -1) + last)
      .filter((changed) =>
        Buffer.from(changed.slice(-43), "base64url").equals(Buffer.from(value.slice(-43), "base64url")),
      )
      .sort((a) => (a === value ? -1 : 1));
    expect(same).toBe(value);
    expect(others.length).toBeGreaterThan(0);
    for (const other of others) expect(signer.unsign(other)).toBeUndefined();
  });

  test("its content is still there to look at in tests, unverified", () => {
    expect(readUnverified(sign("[1]", 7, new Signer([OTHER_SECRET])))).toMatchObject({ json: "[1]", timestamp: 7 });
  });
});

describe("key rotation", () => {
  test("reads what any of the secrets signed, time and again, and signs with the first", () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(fc.string({ minLength: 1 }), { minLength: 1, maxLength: 5 }),
        fc.array(fc.nat(), { minLength: 1, maxLength: 20 }),
        ([newest = "", ...older], picks) => {
          const secrets = [newest, ...older];
          const rotated = new Signer([newest, ...older]);
          for (const pick of picks) {
            const secret = secrets[pick % secrets.length] ?? "";
            expect(rotated.unsign(sign(`[${pick}]`, undefined, new Signer([secret])))?.json).toBe(`[${pick}]`);
          }
          const signed = sign("[]", undefined, rotated);
          expect(new Signer([newest]).unsign(signed)?.json).toBe("[]");
          for (const secret of older) expect(new Signer([secret]).unsign(signed)).toBeUndefined();
        },
      ),
    );
  });

  test("reads nothing that was signed by a secret that has been retired", () => {
    const old = sign("[]", undefined, new Signer([OTHER_SECRET]));
    expect(new Signer([SECRET, OTHER_SECRET]).unsign(old)?.json).toBe("[]");
    expect(new Signer([SECRET]).unsign(old)).toBeUndefined();
  });
});

describe("an odd payload that is correctly signed", () => {
  test.each(Object.entries(ODD_JSON))("%s", (_, [json, texts]) => {
    // Plain and compressed, whichever of the two is not too long to be looked at.
    for (const value of [signBytes(json), signDeflated(json)]) {
      const signed = signer.unsign(value);
      if (value.length <= 65_536 && json !== "") expect(signed?.json).toBe(json);
      const items = signed && decodeMessages(signed.json)?.filter((item) => typeof item !== "string");
      expect(items?.map(String)).toEqual(signed && texts);
    }
  });

  test("any bytes, plain or said to be compressed, are a text or nothing", () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 1 }), (bytes) => {
        expect(typeof signer.unsign(signBytes(bytes))?.json).toBe("string");
        expect(["string", "undefined"]).toContain(typeof signer.unsign(signZlib(bytes))?.json);
      }),
    );
  });

  test.each([1, 2, 3, 5, 10])("zlib data that lacks its last %i bytes are nothing", (count) => {
    expect(signer.unsign(signZlib(deflateSync(repetitive).subarray(0, -count)))).toBeUndefined();
  });

  test.each([0, 1, 2, 10, -1])("zlib data with a wrong byte at %i are nothing", (index) => {
    const bytes = deflateSync(repetitive);
    bytes[index < 0 ? bytes.length + index : index] = 0xee;
    expect(signer.unsign(signZlib(bytes))).toBeUndefined();
  });

  test("zlib data without a header are nothing", () => {
    expect(signer.unsign(signZlib(deflateRawSync(repetitive)))).toBeUndefined();
  });

  test("bytes that are no UTF-8 are nothing worse than replaced characters", () => {
    const bytes = Buffer.from('[["__json_message",0,20,"\xff\xc0\x80"]]', "latin1");
    const { json = "" } = signer.unsign(signBytes(bytes)) ?? {};
    expect(decodeMessages(json)?.map(String)).toEqual(["\ufffd\ufffd\ufffd"]);
  });

  test.each([
    ["an empty payload", signText(":1")],
    ["a dot alone", signText(".:1")],
    ["two dots", signText("..W10:1")],
    ["padding", signText("W10=:1")],
    ["base64 that is not of URLs", signText("W10+/w:1")],
    ["no timestamp", signText("W10:")],
    ["no payload and no timestamp", signText("W10")],
    ["a fourth part", signText("W10:1:1")],
    ["a negative timestamp", signText("W10:-1")],
    ["a timestamp of eleven digits", signText("W10:zzzzzzzzzzz")],
    ["a line break at the end", `${signText("W10:1")}\n`],
    ["a space at the start", ` ${signText("W10:1")}`],
  ])("%s is nothing", (_, value) => {
    expect(signer.unsign(value)).toBeUndefined();
  });

  test("the largest timestamp that fits its place is read", () => {
    expect(signer.unsign(signText("W10:zzzzzzzzzz"))?.timestamp).toBeCloseTo(62 ** 10 - 1, -6);
  });
});

describe("a value that would take too much", () => {
  const spaces = (bytes: number) => Buffer.concat([Buffer.from("["), Buffer.alloc(bytes - 2, " "), Buffer.from("]")]);

  test("a compressed payload unfolds to a mebibyte at most", () => {
    expect(signer.unsign(signDeflated(spaces(1 << 20)))?.json).toHaveLength(1 << 20);
    expect(signer.unsign(signDeflated(spaces((1 << 20) + 1)))).toBeUndefined();
  });

  test("a bomb that is small enough to be looked at is nothing", () => {
    const bomb = signDeflated(Buffer.alloc(45 << 20));
    expect(bomb.length).toBeLessThanOrEqual(65_536);
    expect(signer.unsign(bomb)).toBeUndefined();
  });

  test("a bomb of a gibibyte is nothing", () => {
    const mebibyte = deflateRawSync(Buffer.alloc(1 << 20), { finishFlush: constants.Z_FULL_FLUSH });
    const gibibyte = Array.from({ length: 1024 }, () => mebibyte);
    const bomb = signZlib(Buffer.concat([Buffer.from([0x78, 0x9c]), ...gibibyte, Buffer.from([0x03, 0x00])]));
    expect(signer.unsign(bomb)).toBeUndefined();
  });

  test("a value is looked at up to 65,536 characters", () => {
    const around = (value: string) => `${value}:${"1".repeat(6)}`;
    const payload = (length: number) => Buffer.alloc((length * 3) / 4, "[").toString("base64url");
    const longest = signText(around(payload(65_536 - 52)));
    expect(longest.length).toBeGreaterThan(65_530);
    expect(signer.unsign(longest)?.json).toMatch(/^\[+$/);
    expect(signer.unsign(signText(around(payload(65_536 - 48))))).toBeUndefined();
  });

  test("a genuine value of ten megabytes is nothing", () => {
    const huge = signBytes(Buffer.alloc(10e6, "1"));
    expect(huge.length).toBeGreaterThan(10e6);
    expect(signer.unsign(huge)).toBeUndefined();
    expect(readUnverified(huge)).toBeUndefined();
  });

  test("ten megabytes of anything are nothing", () => {
    for (const character of ["A", ":", ".", "\u00e9", "-"]) {
      expect(signer.unsign(character.repeat(10e6))).toBeUndefined();
    }
  });
});
