/** As long as any cookie; longer texts get a buffer of their own. */
const SIZE = 16_384;

/** Shared by all calls, as none of them waits: to allocate a buffer for each takes longer than what is done with it. */
const scratch = Buffer.allocUnsafeSlow(SIZE);

/** The bytes that a text stands for in one encoding, as a text in another one. */
export function transcode(text: string, from: BufferEncoding, to: BufferEncoding): string {
  // No encoding that is used here makes more than one byte of a character.
  if (text.length > SIZE) return Buffer.from(text, from).toString(to);
  return scratch.toString(to, 0, scratch.write(text, from));
}
