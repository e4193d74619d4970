import { SECRET, signText } from "../support.ts";

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

/** A messages cookie with any payload. */
export function signedPayload(payload: string, { secret = SECRET, time = Date.now() / 1000 }: SignedBy = {}): string {
  return signText(`${payload}:${base62(Math.floor(time))}`, secret);
}

function base62(number: number): string {
  return number < 62 ? `${DIGITS[number]}` : base62(Math.floor(number / 62)) + DIGITS[number % 62];
}
