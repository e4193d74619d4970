import { createHash, timingSafeEqual } from "node:crypto";
import { deflate, inflate, remember } from "./compression.ts";
import { type Hmac, hmacOf } from "./hmac.ts";
import { transcode } from "./transcode.ts";

/**
 * Django's signed objects (`django/core/signing.py`, `TimestampSigner.sign_object`), with the salts of its messages cookie.
 *
 *     signed    = payload ":" timestamp ":" signature
 *     payload   = [ "." ] base64url                   ; ".": the JSON inside is compressed with zlib
 *     timestamp = 1*( DIGIT / ALPHA )                 ; Unix seconds in base 62
 *     signature = 43base64url                         ; HMAC-SHA256 of everything before the last ":"
 */
const SALT = "django.contrib.messagessignerdjango.http.cookies";

const BASE62 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
const BASE36 = "0123456789abcdefghijklmnopqrstuvwxyz";

/** The longest value that is looked at. Browsers refuse cookies over 4096 bytes; the rest is for a limit that an app raised. */
export const MAX_SIGNED_LENGTH: number = 1 << 16;

const SIGNATURE_LENGTH = 43;

const PAYLOAD = /^\.?[\w-]+$/;
const TIMESTAMP = /^[0-9A-Za-z]{1,10}$/;
const SIGNATURE = /^[\w-]{43}$/;

/** A JSON text that was signed, and when: Unix seconds. */
export interface Signed {
  readonly json: string;
  readonly timestamp: number;
  /** The signature: equal for equal values, and not for anyone else to choose. */
  readonly signature: string;
}

/** Signs with the newest secret and reads what any of them signed. */
export class Signer {
  readonly #signatures: readonly Hmac[];
  readonly #newest: Hmac;

  /** @param secrets newest first (Django: `SECRET_KEY`, then `SECRET_KEY_FALLBACKS`). */
  constructor(secrets: readonly [string, ...string[]]) {
    this.#newest = signatureBy(secrets[0]);
    this.#signatures = [this.#newest, ...secrets.slice(1).map(signatureBy)];
  }

  /** Signs a payload. @param now Unix seconds; by default, now. */
  sign(payload: string, now: number = Date.now() / 1000): string {
    const value = `${payload}:${timestampOf(Math.floor(now))}`;
    return `${value}:${this.#newest(value)}`;
  }

  /** What each secret makes of a text, newest first: a text that tells the secret apart, and tells nothing of it. */
  digests(text: string): readonly string[] {
    return this.#signatures.map((sign) => sign(text));
  }

  /** What was signed, or undefined if it was not signed by us or is not what we sign. Never throws. */
  unsign(signed: string): Signed | undefined {
    const parts = this.#genuine(signed);
    return parts && unpacked(parts);
  }

  /** True for what one of the secrets has signed, whatever it is. */
  isGenuine(signed: string): boolean {
    return this.#genuine(signed) !== undefined;
  }

  #genuine(signed: string): Parts | undefined {
    const parts = split(signed);
    if (parts === undefined) return undefined;
    const value = signed.slice(0, -SIGNATURE_LENGTH - 1);
    return this.#signatures.some((sign) => equalInConstantTime(sign(value), parts.signature)) ? parts : undefined;
  }
}

/** What a value says of itself, its signature unchecked: to look at in tests and demos, never to trust. */
export function readUnverified(signed: string): Signed | undefined {
  const parts = split(signed);
  return parts && unpacked(parts);
}

/** The payload of a JSON text in ASCII, not compressed. */
export function pack(json: string): string {
  return transcode(json, "latin1", "base64url");
}

/** The payload of a JSON text in ASCII, compressed where that is shorter, as Django decides it. */
export function packShortest(json: string): string {
  const compressed = deflate(Buffer.from(json, "latin1"));
  if (compressed.length >= json.length - 1) return pack(json);
  const text = compressed.toString("base64url");
  remember(text, json);
  return `.${text}`;
}

/** How long the signed value of a payload is, of so many characters. */
export function signedLength(payloadLength: number): number {
  return payloadLength + 1 + timestampOf(Math.floor(Date.now() / 1000)).length + 1 + SIGNATURE_LENGTH;
}

/** Digits and letters by chance, for a name that no other server will choose; at most 9, and nothing that has to be secret. */
export function randomText(length: number): string {
  return toBase36(Math.floor(Math.random() * 36 ** length), length);
}

/** A whole number in base 36, with zeros before it: in the order of texts, such numbers are in their own order. */
export function toBase36(number: number, length: number): string {
  let digits = "";
  for (let rest = number; digits.length < length; rest = Math.floor(rest / 36)) digits = BASE36[rest % 36] + digits;
  return digits;
}

/** A signed value in its three parts. */
interface Parts {
  readonly payload: string;
  readonly timestamp: string;
  readonly signature: string;
}

function split(signed: string): Parts | undefined {
  if (signed.length > MAX_SIGNED_LENGTH) return undefined;
  const afterValue = signed.lastIndexOf(":");
  const afterPayload = signed.lastIndexOf(":", afterValue - 1);
  if (afterPayload < 0) return undefined;
  const payload = signed.slice(0, afterPayload);
  const timestamp = signed.slice(afterPayload + 1, afterValue);
  const signature = signed.slice(afterValue + 1);
  return SIGNATURE.test(signature) && TIMESTAMP.test(timestamp) ? { payload, timestamp, signature } : undefined;
}

function unpacked({ payload, timestamp, signature }: Parts): Signed | undefined {
  const json = PAYLOAD.test(payload) ? unpack(payload) : undefined;
  return json === undefined ? undefined : { json, timestamp: fromBase62(timestamp), signature };
}

function signatureBy(secret: string): Hmac {
  const key = createHash("sha256")
    .update(SALT + secret)
    .digest();
  return hmacOf(key);
}

function unpack(payload: string): string | undefined {
  return payload.startsWith(".") ? inflate(payload.slice(1)) : transcode(payload, "base64url", "utf8");
}

const [a, b] = [Buffer.alloc(SIGNATURE_LENGTH), Buffer.alloc(SIGNATURE_LENGTH)];

/** Compares two signatures. */
function equalInConstantTime(ours: string, theirs: string): boolean {
  a.write(ours, "latin1");
  b.write(theirs, "latin1");
  return timingSafeEqual(a, b);
}

const latest = { seconds: 0, text: "0" };

/** A time in base 62. Within one second, it is written once. */
function timestampOf(seconds: number): string {
  if (seconds !== latest.seconds) {
    latest.seconds = seconds;
    latest.text = toBase62(seconds);
  }
  return latest.text;
}

function toBase62(number: number): string {
  let digits = "";
  for (let rest = number; rest > 0; rest = Math.floor(rest / 62)) digits = BASE62[rest % 62] + digits;
  return digits || "0";
}

function fromBase62(digits: string): number {
  let number = 0;
  for (const digit of digits) number = number * 62 + BASE62.indexOf(digit);
  return number;
}
