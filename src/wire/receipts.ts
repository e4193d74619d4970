/** The cookie in which the browser says what it has shown: receipts, one after the other. */
export const RECEIPTS_COOKIE = "messages.shown";

/** The request header by which a page says that it returns the receipts of what it shows. */
export const RECEIPTS_HEADER = "x-messages-receipts";

/** Between two receipts, and between the two parts of one: characters that no encoding of cookies or addresses touches. */
const BETWEEN = "~";
const WITHIN = ".";

/** What is longer was not written by us: no browser keeps a cookie of half of it (RFC 6265 §6.1). */
const MAX_LENGTH = 8192;

/** A receipt: which message it is, and which handing out of it this was. */
export function writeReceipt(digest: string, nonce: string): string {
  return digest + WITHIN + nonce;
}

/** Receipts as the value of the cookie. */
export function joinReceipts(receipts: readonly string[]): string {
  return receipts.join(BETWEEN);
}

/** The receipts of a cookie's value, each once; none of one that is too long. */
export function splitReceipts(value: string): string[] {
  if (value.length > MAX_LENGTH) return [];
  return [...new Set(value.split(BETWEEN))].filter((receipt) => receipt !== "");
}

/** Which message a receipt is for. */
export function digestOf(receipt: string): string {
  return receipt.split(WITHIN, 1)[0] ?? "";
}
