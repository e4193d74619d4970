import { createHash, createHmac } from "node:crypto";
import { SECRET } from "../support.ts";

const SALT = "django.contrib.messagessignerdjango.http.cookies";
const DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

/** The mark by which a cookie says that the session has more. */
export const NOT_FINISHED = "__messagesnotfinished__";

/** Who signed a cookie, and when: Unix seconds, now by default. */
export interface SignedBy {
  readonly secret?: string;
  readonly time?: number;
}

/** A message as Django's JSON has it. */
export function djangoMessage(text: string): readonly unknown[] {
  return ["__json_message", 0, 20, text, ""];
}

/** A messages cookie that holds any JSON, signed as Django signs it. */
export function signedJson(value: unknown, by?: SignedBy): string {
  return signedPayload(Buffer.from(JSON.stringify(value)).toString("base64url"), by);
}

/** A messages cookie with any payload. It is signed here, by Django's rules and not by our sources. */
export function signedPayload(payload: string, { secret = SECRET, time = Date.now() / 1000 }: SignedBy = {}): string {
  const key = createHash("sha256")
    .update(SALT + secret)
    .digest();
  const value = `${payload}:${base62(Math.floor(time))}`;
  return `${value}:${createHmac("sha256", key).update(value).digest("base64url")}`;
}

function base62(number: number): string {
  return number < 62 ? `${DIGITS[number]}` : base62(Math.floor(number / 62)) + DIGITS[number % 62];
}
