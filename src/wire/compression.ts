import { deflateSync, inflateSync } from "node:zlib";

/** The longest text that is unfolded, in characters of ASCII. */
const MAX_UNFOLDED_LENGTH = 1 << 20;

/** The longest text that is signed: less than that, with room for what stands around messages. */
export const MAX_TEXT_LENGTH: number = MAX_UNFOLDED_LENGTH - 4096;

/**
 * zlib's defaults take 256 KB for each call. A short text is compressed to the same bytes with 24 KB: its repetitions are no
 * further away than this window (2 KiB less zlib's look-ahead), and it has no more symbols than this memory holds (2048).
 */
const SMALL = { windowBits: 11, memLevel: 5 } as const;
const MAX_SMALL = 2048 - 262;

/** What a stream with the default window begins with (RFC 1950 §2.2). */
const HEADER = [0x78, 0x9c] as const;

/** Compresses as Python's `zlib.compress` does. */
export function deflate(raw: Buffer): Buffer {
  const isSmall = raw.length <= MAX_SMALL;
  const compressed = deflateSync(raw, { chunkSize: raw.length + 64, ...(isSmall && SMALL) }); // by default, 16 KiB
  compressed.set(HEADER);
  return compressed;
}

/**
 * What was unfolded last, by its compressed text. A message is shown soon after it was added, often by the process that has
 * added it; and a value may be sent under several names.
 */
const unfolded = new Map<string, string>();
const MAX_UNFOLDED = 100;

/** Unfolds a text that was compressed and written as base64url; undefined for one that was not. */
export function inflate(compressed: string): string | undefined {
  const known = unfolded.get(compressed);
  if (known !== undefined) return known;
  try {
    const bytes = Buffer.from(compressed, "base64url");
    const text = inflateSync(bytes, { maxOutputLength: MAX_UNFOLDED_LENGTH, chunkSize: 512 }).toString("utf8");
    remember(compressed, text);
    return text;
  } catch {
    return undefined;
  }
}

/** Notes what a compressed text unfolds to, so that it need not be unfolded. */
export function remember(compressed: string, text: string): void {
  if (text.length > MAX_SMALL * 4) return;
  for (const oldest of unfolded.keys()) {
    if (unfolded.size < MAX_UNFOLDED) break;
    unfolded.delete(oldest);
  }
  unfolded.set(compressed, text);
}
