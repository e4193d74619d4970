import { createHash, randomBytes } from "node:crypto";
import type { CookieAttributes, Exchange } from "../core/exchange.ts";
import { contentOf, type Message } from "../core/message.ts";
import { digestOf, RECEIPTS_COOKIE, splitReceipts, writeReceipt } from "../wire/receipts.ts";

// Some answers are handed to a script that may never show them: a router's data, fetched ahead on hover. There, messages
// stay where they are, and each is handed out with a receipt. The browser hands back the receipts of what it has shown, in a
// cookie of its own, with the request that it makes next; then they are gone. The cookie is not signed: all that a visitor
// can hide by it is messages of their own.

/** Makes the receipts of one exchange: what the message is, and which handing out of it this was. */
export function receiptMaker(keyOf: KeyOf): (message: Message) => string {
  const nonce = randomBytes(6).toString("base64url");
  const made = new Map<Message, string>();
  return (message) => {
    // Numbered, as two that say the same are two.
    const receipt = made.get(message) ?? writeReceipt(digest(message, keyOf), nonce + made.size.toString(36));
    made.set(message, receipt);
    return receipt;
  };
}

/** What tells messages apart that say the same. */
export type KeyOf = (message: Message) => string | undefined;

/** Those of the messages that the browser has shown: of two that cannot be told apart, the older one counts as shown. */
export function confirmedBy(receipts: string | undefined, messages: readonly Message[], keyOf: KeyOf): Message[] {
  if (!receipts) return [];
  const shown = new Map<string, number>();
  for (const receipt of splitReceipts(receipts)) shown.set(digestOf(receipt), (shown.get(digestOf(receipt)) ?? 0) + 1);
  return messages.filter((message) => {
    const digested = digest(message, keyOf);
    const left = shown.get(digested) ?? 0;
    if (left > 0) shown.set(digested, left - 1);
    return left > 0;
  });
}

/** Takes the receipts back from the browser. */
export function clearReceipts(exchange: Exchange): void {
  exchange.setCookie({ name: RECEIPTS_COOKIE, value: "", attributes: GONE });
}

const GONE: CookieAttributes = { path: "/", secure: false, httpOnly: false, sameSite: "lax", maxAge: 0 };

function digest(message: Message, keyOf: KeyOf): string {
  const text = contentOf(message) + (keyOf(message) ?? "");
  return createHash("sha256").update(text).digest("base64url").slice(0, 11);
}
