const LETTERS = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";

/** Letters and digits in no order, the same for the same seed: text that zlib can hardly make shorter. */
export function noise(seed: number, length: number): string {
  let state = seed + 1;
  return Array.from({ length }, () => {
    state = (state * 48_271) % 2_147_483_647;
    return LETTERS[Math.floor((state / 2_147_483_647) * LETTERS.length)];
  }).join("");
}

/** The length of text of which four messages fit into a cookie of 2048 characters, and five do not (Django's own sum). */
const QUARTER: number = Math.floor((2048 - 54) / 4.5 - 37);

/** Five messages' texts, of which a cookie holds four. */
export const FIVE_TEXTS: readonly string[] = [1, 2, 3, 4, 5].map((seed) => noise(seed, QUARTER));
