import { readFileSync } from "node:fs";
import { inflateSync } from "node:zlib";
import { Message, markSafe } from "onceover";
import { Visitor } from "onceover/testing";
import { describe, expect, test, vi } from "vitest";
import { CookieFormat } from "../../src/storage/cookie/format.ts";
import { type CookieSettings, placesOf } from "../../src/storage/cookie/place.ts";
import { SingleCookieStorage } from "../../src/storage/cookie/single.ts";
import { writeSetCookie } from "../../src/wire/cookies.ts";
import { encodeMessages } from "../../src/wire/json.ts";
import { Signer } from "../../src/wire/signing.ts";
import { type StoredMessage, stored } from "./observation.ts";
import { parseSetCookie } from "./set-cookie.ts";

/** A message as the file of vectors has it. */
interface VectorMessage {
  readonly level: number;
  readonly message: string;
  readonly extra_tags: string | null;
  readonly safe: boolean;
}

/** What a version of Django made of some messages. */
interface Vector {
  readonly name: string;
  readonly input: readonly VectorMessage[];
  /** True: the cookie storage alone. False: what Fallback asks of it. */
  readonly remove_oldest: boolean;
  readonly unstored_indexes: readonly number[];
  readonly cookie_value: string;
  readonly compressed: boolean;
  readonly payload_json: string;
  /** What the cookie holds: messages, and the mark for those that did not fit. */
  readonly decoded: readonly (VectorMessage | string)[];
  readonly set_cookie_header: string;
  readonly session_json: string;
}

interface Vectors {
  readonly secret_key: string;
  readonly timestamp: number;
  readonly delete_set_cookie_header: string;
  readonly django_3_2: { readonly vectors: readonly Vector[] };
  readonly django_5_2: { readonly vectors: readonly Vector[] };
}

const VECTORS = JSON.parse(readFileSync(new URL("vectors.json", import.meta.url), "utf8")) as Vectors;

/** The vectors' own secret is too short for `cookieStorage()`, so that its parts are put together here. */
const SETTINGS: CookieSettings = {
  name: "messages",
  domain: undefined,
  path: "/",
  secure: false,
  httpOnly: true,
  sameSite: "lax",
  partitioned: false,
  maxAge: undefined,
  maxSize: 2048,
};
const signer = new Signer([VECTORS.secret_key]);
const format = new CookieFormat(SETTINGS, signer, true);
const storage = new SingleCookieStorage("messages", format, placesOf(SETTINGS, signer, true));

describe.each([
  ["3.2", VECTORS.django_3_2.vectors],
  ["5.2", VECTORS.django_5_2.vectors],
])("a cookie of Django %s is read", (_version, vectors) => {
  test.each(vectors)("$name", ({ cookie_value, payload_json, decoded }) => {
    expect(signer.unsign(cookie_value)).toMatchObject({ json: payload_json, timestamp: VECTORS.timestamp });
    const messages = decoded.filter((item) => typeof item !== "string");
    expect(format.decode(cookie_value)?.items.map(storedItem)).toEqual(messages.map(storedVector));
    expect(format.decode(cookie_value)?.complete).toBe(messages.length === decoded.length);
  });
});

describe("the cookie that Django 5.2 writes is written", () => {
  test.each(VECTORS.django_5_2.vectors)("$name", (vector) => {
    const { value, unstored, header } = write(vector);
    expect(payloadJson(value)).toBe(vector.payload_json);
    expect(unstored).toEqual(vector.unstored_indexes);
    const [ours, djangos] = [parseSetCookie(header), parseSetCookie(vector.set_cookie_header)];
    expect(ours.attributes).toEqual(djangos.attributes);
    // Two builds of zlib make different bytes of the same text, and may disagree on whether it pays.
    if (!isCompressed(value) && !vector.compressed) expect(ours).toEqual(djangos);
  });

  test("most of them to the byte", () => {
    const same = VECTORS.django_5_2.vectors.filter((vector) => write(vector).value === vector.cookie_value);
    expect(same.map(({ name }) => name)).toEqual(
      expect.arrayContaining(["short", "unicode", "safestring", "single_too_large_sentinel_only"]),
    );
  });

  test("and so is the text for the session", () => {
    for (const { input, session_json } of VECTORS.django_5_2.vectors)
      expect(encodeMessages(input.map(message), ", ")).toBe(session_json);
  });

  test("and the header that deletes the cookie", () => {
    const visitor = new Visitor();
    visitor.cookies.set("messages", VECTORS.django_5_2.vectors[0]?.cookie_value ?? "");
    const exchange = visitor.exchange();
    const waiting = storage.open(exchange);
    expect(waiting.messages.length).toBeGreaterThan(0);
    waiting.commit({ kept: [], added: [], consumed: waiting.messages });
    expect(parseSetCookie(headerOf(visitor))).toEqual(parseSetCookie(VECTORS.delete_set_cookie_header));
  });
});

/** What our storage makes of a vector's messages, at the time of the vectors. */
function write({ input, remove_oldest }: Vector): { value: string; header: string; unstored: number[] } {
  const visitor = new Visitor();
  const added = input.map(message);
  vi.useFakeTimers({ now: VECTORS.timestamp * 1000, toFake: ["Date"] });
  const waiting = remove_oldest ? storage.open(visitor.exchange()) : storage.openLinked(visitor.exchange());
  const unstored = waiting.commit({ kept: [], added, consumed: [] });
  vi.useRealTimers();
  const value = visitor.cookies.get("messages") ?? "";
  return { value, header: headerOf(visitor), unstored: unstored.map((left) => added.indexOf(left)) };
}

function headerOf({ setCookies }: Visitor): string {
  const [cookie] = setCookies;
  if (!cookie || setCookies.length > 1) throw new Error("One Set-Cookie was expected.");
  return writeSetCookie(cookie);
}

function message({ level, message, extra_tags, safe }: VectorMessage): Message {
  return new Message(level, safe ? markSafe(message) : message, { extraTags: extra_tags });
}

function storedVector({ level, message, extra_tags, safe }: VectorMessage): StoredMessage {
  return { level, text: message, safe, extraTags: extra_tags };
}

const storedItem = (item: Message | string): StoredMessage | string => (typeof item === "string" ? item : stored(item));

const isCompressed = (value: string): boolean => value.startsWith(".");

/** The JSON in a cookie's value, unpacked without the help of the code under test. */
function payloadJson(value: string): string {
  const [payload = ""] = value.split(":");
  if (!isCompressed(payload)) return Buffer.from(payload, "base64url").toString();
  return inflateSync(Buffer.from(payload.slice(1), "base64url")).toString();
}
