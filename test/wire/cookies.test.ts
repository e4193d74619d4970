import { parseCookie } from "cookie";
import fc from "fast-check";
import type { CookieAttributes, SetCookie } from "onceover";
import { describe, expect, test } from "vitest";
import { readCookies, writeSetCookie } from "../../src/wire/cookies.ts";
import { encodeMessages } from "../../src/wire/json.ts";
import { packShortest, Signer } from "../../src/wire/signing.ts";
import { SECRET } from "../support.ts";
import { anyMessage, anyText } from "./arbitraries.ts";

const attributes: CookieAttributes = { path: "/", secure: false, httpOnly: true, sameSite: "lax" };
const cookie: SetCookie = { name: "messages", value: "x", attributes };
const withAttributes = (some: Partial<CookieAttributes>) => ({ ...cookie, attributes: { ...attributes, ...some } });
const attributesOf = (header: string) => header.split("; ").slice(1).sort();

describe("a Cookie header", () => {
  test("gives each value as it was sent, not decoded", () => {
    expect(Object.fromEntries(readCookies("a=x%3Ay; b=x:y:z; c=%ff%zz; d=1=2"))).toEqual({
      a: "x%3Ay",
      b: "x:y:z",
      c: "%ff%zz",
      d: "1=2",
    });
  });

  test("gives the first of several cookies with one name", () => {
    expect(readCookies("a=1; a=2; b=3; a=4").get("a")).toBe("1");
  });

  test("gives bytes that are no ASCII as Node passes them on, one character each", () => {
    const header = Buffer.from("a=é; ü=1; messages=\u{1f600}", "utf8").toString("latin1");
    const cookies = readCookies(header);
    expect(cookies.get("a")).toBe("\u00c3\u00a9");
    expect(cookies.get("messages")).toBe("\u00f0\u009f\u0098\u0080");
  });

  test("gives names as keys, whatever they are", () => {
    const cookies = readCookies("__proto__=1; constructor=2; toString=3");
    expect([...cookies.keys()].sort()).toEqual(["__proto__", "constructor", "toString"]);
    expect(cookies.get("hasOwnProperty")).toBeUndefined();
  });

  test("is read as the package cookie reads it", () => {
    const anyHeader = fc.oneof(
      anyText,
      fc.array(fc.tuple(anyText, anyText)).map(join),
      fc.string({ unit: fc.constantFrom(...'a=; \t"') }),
    );
    fc.assert(
      fc.property(anyHeader, (header) => {
        // A cookie without a name is none of ours; the package reads some of them, and not "=".
        const { "": _theirs, ...theirs } = parseCookie(header, { decode: (value) => value });
        const { "": _ours, ...ours } = Object.fromEntries(readCookies(header));
        expect(ours).toEqual(theirs);
      }),
      { numRuns: 1000 },
    );
  });

  test("that holds nothing gives nothing", () => {
    for (const header of ["", ";", "; ;", "a", "=", "a; b; c"]) {
      expect(
        [...readCookies(header).values()].filter((value) => value !== ""),
        header,
      ).toEqual([]);
    }
  });

  test("of any text gives texts", () => {
    fc.assert(
      fc.property(fc.oneof(anyText, fc.array(fc.tuple(anyText, anyText)).map(join)), (header) => {
        for (const value of readCookies(header).values()) expect(typeof value).toBe("string");
      }),
    );
  });
});

describe("a Set-Cookie header", () => {
  test("carries the colons of a signed value raw", () => {
    expect(writeSetCookie({ ...cookie, value: ".eJw-_:1abc:SIG" })).toMatch(/^messages=\.eJw-_:1abc:SIG; /);
  });

  test("carries any messages to the next request as they were", () => {
    const signer = new Signer([SECRET]);
    fc.assert(
      fc.property(fc.array(anyMessage), (messages) => {
        const json = encodeMessages(messages, ",");
        const [pair = ""] = writeSetCookie({ ...cookie, value: signer.sign(packShortest(json)) }).split("; ");
        const value = readCookies(`other=1; ${pair}; more=2`).get("messages") ?? "";
        expect(value).not.toMatch(/[\\,;"\s]|[^\x20-\x7e]/);
        expect(signer.unsign(value)?.json).toBe(json);
      }),
    );
  });

  test("says what Django's says", () => {
    expect(attributesOf(writeSetCookie(cookie))).toEqual(["HttpOnly", "Path=/", "SameSite=Lax"]);
  });

  test("says no more than is set", () => {
    const few = withAttributes({ httpOnly: false, domain: undefined, maxAge: undefined });
    expect(attributesOf(writeSetCookie(few))).toEqual(["Path=/", "SameSite=Lax"]);
  });

  test("says everything that is set", () => {
    const all = withAttributes({
      domain: ".example.com",
      path: "/app",
      secure: true,
      sameSite: "none",
      maxAge: 60,
    });
    expect(attributesOf(writeSetCookie(all))).toEqual([
      "Domain=.example.com",
      "HttpOnly",
      "Max-Age=60",
      "Path=/app",
      "SameSite=None",
      "Secure",
    ]);
    expect(attributesOf(writeSetCookie(withAttributes({ sameSite: "strict" })))).toContain("SameSite=Strict");
  });

  test("that deletes has an empty value and no time left, and the epoch where it is asked for", () => {
    const place = withAttributes({ domain: "example.com", secure: true, maxAge: 0, epoch: true });
    const deletion = writeSetCookie({ ...place, value: "" });
    expect(deletion).toMatch(/^messages=; /);
    expect(attributesOf(deletion)).toEqual([
      "Domain=example.com",
      "Expires=Thu, 01 Jan 1970 00:00:00 GMT",
      "HttpOnly",
      "Max-Age=0",
      "Path=/",
      "SameSite=Lax",
      "Secure",
    ]);
  });

  test("has no SameSite and no Expires where none are given, and says that it is partitioned", () => {
    const attributes = { path: "/", secure: true, httpOnly: false, maxAge: 0, partitioned: true };
    expect(writeSetCookie({ name: "messages", value: "", attributes })).toBe(
      "messages=; Max-Age=0; Path=/; Secure; Partitioned",
    );
  });

  test("refuses what would break out of it", () => {
    for (const broken of [
      { value: "x; Domain=evil" },
      { value: "a\r\nb" },
      { name: "a b" },
      withAttributes({ domain: "a;b" }),
      withAttributes({ path: "/;b" }),
    ]) {
      // Twice, as attributes that were refused must not be remembered as good ones.
      for (let time = 0; time < 2; time += 1) expect(() => writeSetCookie({ ...cookie, ...broken })).toThrow(TypeError);
    }
  });

  test("says the same of each cookie that has the same attributes, and nothing of other cookies' values", () => {
    const place = Object.freeze({ ...attributes, domain: "example.com", maxAge: 60 });
    const write = (name: string, value: string) => writeSetCookie({ name, value, attributes: place });
    const rest = "; Max-Age=60; Domain=example.com; Path=/; HttpOnly; SameSite=Lax";
    expect([write("a", "1"), write("b", "2"), write("n", "")]).toEqual([`a=1${rest}`, `b=2${rest}`, `n=${rest}`]);
  });
});

const join = (pairs: readonly (readonly [string, string])[]) => pairs.map((pair) => pair.join("=")).join("; ");
