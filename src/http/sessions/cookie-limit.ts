/** More than this, as name and value of one cookie, browsers do not keep (RFC 6265bis §5.7). */
export const MAX_COOKIE = 4096;

/** True if browsers keep a cookie of this name and a value of this length, as it is written: `name=value`. */
export function fitsIntoCookie(name: string, length: number): boolean {
  return name.length + 1 + length <= MAX_COOKIE;
}

/** How long a text is in base64, with its padding. */
export function base64Length(text: string): number {
  return 4 * Math.ceil(Buffer.byteLength(text) / 3);
}

/** True for the error by which iron-session and React Router refuse to write a cookie that browsers would not keep. */
export function isTooLarge(error: unknown): boolean {
  return error instanceof Error && /cookie length|cookies and the maximum/i.test(error.message);
}
