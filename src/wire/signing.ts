import { createHash, createHmac, randomInt, timingSafeEqual } from "node:crypto";
import { deflateSync, inflateSync } from "node:zlib";

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

/** The longest value that is looked at. Browsers refuse cookies over 4096 bytes; the rest is for a limit raised by hand. */
const MAX_SIGNED_LENGTH = 1 << 16;

/** The most that a compressed payload may unfold to. */
const MAX_PAYLOAD_BYTES = 1 << 20;

const FORMAT = /^(\.?[\w-]+):([0-9A-Za-z]{1,10}):([\w-]{43})$/;

/** A JSON text that was signed, and when: Unix seconds. */
export interface Signed {
  readonly json: string;
  readonly timestamp: number;
  /** The signature: equal for equal values, and nobody else's to choose. */
  readonly signature: string;
}

/** Signs with the newest secret and reads what any of them signed. */
export class Signer {
  readonly #keys: readonly Buffer[];
  readonly #newest: Buffer;

  /** @param secrets newest first (Django: `SECRET_KEY`, then `SECRET_KEY_FALLBACKS`). */
  constructor(secrets: readonly [string, ...string[]]) {
    this.#newest = keyOf(secrets[0]);
    this.#keys = [this.#newest, ...secrets.slice(1).map(keyOf)];
  }

  /** Packs and signs a JSON text. @param now Unix seconds; by default, now. */
  sign(json: string, now: number = Date.now() / 1000): string {
    const value = `${pack(json)}:${toBase62(Math.floor(now))}`;
    return `${value}:${signatureOf(this.#newest, value)}`;
  }

  /** What was signed, or undefined if it was not signed by us or is not what we sign. Never throws. */
  unsign(signed: string): Signed | undefined {
    return open(signed, (value, signature) =>
      this.#keys.some((key) => equalInConstantTime(signatureOf(key, value), signature)),
    );
  }
}

/** What a value says of itself, its signature unchecked: to look at in tests and demos, never to trust. */
export function readUnverified(signed: string): Signed | undefined {
  return open(signed, () => true);
}

function open(signed: string, isGenuine: (value: string, signature: string) => boolean): Signed | undefined {
  if (signed.length > MAX_SIGNED_LENGTH) return undefined;
  const [, payload, timestamp, signature] = FORMAT.exec(signed) ?? [];
  if (payload === undefined || timestamp === undefined || signature === undefined) return undefined;
  if (!isGenuine(`${payload}:${timestamp}`, signature)) return undefined;
  const json = unpack(payload);
  return json === undefined ? undefined : { json, timestamp: fromBase62(timestamp), signature };
}

function keyOf(secret: string): Buffer {
  return createHash("sha256")
    .update(SALT + secret)
    .digest();
}

function signatureOf(key: Buffer, value: string): string {
  return createHmac("sha256", key).update(value).digest("base64url");
}

/** Digits and letters by chance, for a name that nobody else will choose; at most 9. */
export function randomText(length: number): string {
  return randomInt(36 ** length)
    .toString(36)
    .padStart(length, "0");
}

/** The packed form: compressed where that is shorter, as Django decides it. */
function pack(json: string): string {
  const raw = Buffer.from(json, "latin1");
  const compressed = deflateSync(raw, { chunkSize: raw.length + 64 }); // the default is 16 KiB a call
  return compressed.length < raw.length - 1 ? `.${compressed.toString("base64url")}` : raw.toString("base64url");
}

function unpack(payload: string): string | undefined {
  try {
    if (!payload.startsWith(".")) return Buffer.from(payload, "base64url").toString("utf8");
    const compressed = Buffer.from(payload.slice(1), "base64url");
    return inflateSync(compressed, { maxOutputLength: MAX_PAYLOAD_BYTES, chunkSize: 1024 }).toString("utf8");
  } catch {
    return undefined;
  }
}

function equalInConstantTime(ours: string, theirs: string): boolean {
  return timingSafeEqual(Buffer.from(ours), Buffer.from(theirs));
}

function toBase62(number: number): string {
  let digits = "";
  for (let rest = number; rest > 0; rest = Math.floor(rest / 62)) digits = BASE62[rest % 62] + digits;
  return digits || "0";
}

function fromBase62(digits: string): number {
  return [...digits].reduce((number, digit) => number * 62 + BASE62.indexOf(digit), 0);
}
