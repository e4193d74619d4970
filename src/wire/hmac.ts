import * as crypto from "node:crypto";

/**
 * HMAC-SHA256 (RFC 2104) of text in ASCII, as base64url.
 *
 *     HMAC(key, text) = hash((key XOR opad) || hash((key XOR ipad) || text))
 *
 * `createHmac` makes a stream for each call, which takes longer than the two hashes. So they are asked for one by one where the
 * runtime has `crypto.hash` (Node.js 20.12); elsewhere `createHmac` does it.
 */
export type Hmac = (text: string) => string;

/** The size of a block of SHA-256, in bytes. */
const BLOCK = 64;

/** The size of a hash. */
const SIZE = 32;

/** The longest text that is signed without a stream; no cookie is longer. */
const MAX_TEXT = 8192;

/** @param key at most 64 bytes: a longer one would have to be hashed first. */
export function hmacOf(key: Buffer): Hmac {
  const { hash } = crypto as Partial<typeof crypto>;
  const stream: Hmac = (text) => crypto.createHmac("sha256", key).update(text).digest("base64url");
  if (!hash) return stream;
  // Written anew by each call, as none of them waits.
  const inner = padded(key, 0x36, MAX_TEXT);
  const views: Buffer[] = [];
  const outer = padded(key, 0x5c, SIZE);
  return (text) => {
    if (text.length > MAX_TEXT) return stream(text);
    const length = BLOCK + inner.write(text, BLOCK, "latin1");
    views[length] ??= inner.subarray(0, length);
    outer.write(hash("sha256", views[length], "binary"), BLOCK, "latin1");
    return hash("sha256", outer, "base64url");
  };
}

/** A block with the key in it, and room for some bytes more. */
function padded(key: Buffer, pad: number, more: number): Buffer {
  const block = Buffer.alloc(BLOCK + more, pad);
  for (const [index, byte] of key.entries()) block[index] = byte ^ pad;
  return block;
}
