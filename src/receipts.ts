import { createHash, randomBytes } from "node:crypto";
import type { Exchange } from "./exchange.ts";
import type { Message } from "./message.ts";
import { digestOf, RECEIPTS_COOKIE, splitReceipts, writeReceipt } from "./wire/receipts.ts";

// Some answers are handed to a script that may never show them: a router's data, fetched ahead on hover. There, messages
// stay where they are, and each is handed out with a receipt. The browser hands back the receipts of what it has shown, in a
// cookie of its own, with whatever it asks for next; then they are gone. The cookie is not signed: all that a visitor can
// hide by it is messages of their own.

/** Makes the receipts of one exchange: what the message is, and which handing out of it this was. */
export function receiptMaker(): (message: Message) => string {
  const nonce = randomBytes(6).toString("base64url");
  const made = new Map<Message, string>();
  return (message) => {
    // Numbered, as two that say the same are two.
    const receipt = made.get(message) ?? writeReceipt(digest(message), nonce + made.size.toString(36));
    made.set(message, receipt);
    return receipt;
  };
}

/**
 * Those of the messages that the browser has shown.
 *
 * A message is known by what it says, as no storage numbers them: of two that say the same, the older one counts as shown.
 */
export function confirmedBy(receipts: string | undefined, messages: readonly Message[]): Message[] {
  if (!receipts) return [];
  const shown = splitReceipts(receipts).map(digestOf);
  return messages.filter((message) => {
    const index = shown.indexOf(digest(message));
    if (index >= 0) shown.splice(index, 1);
    return index >= 0;
  });
}

/** Takes the receipts back from the browser. */
export function clearReceipts(exchange: Exchange): void {
  exchange.setCookie({
    name: RECEIPTS_COOKIE,
    value: "",
    path: "/",
    secure: false,
    httpOnly: false,
    sameSite: "lax",
    maxAge: 0,
  });
}

function digest({ level, message, extraTags, data }: Message): string {
  const text = JSON.stringify([level, `${message}`, extraTags ?? "", data]);
  return createHash("sha256").update(text).digest("base64url").slice(0, 11);
}
