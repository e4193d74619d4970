/**
 * Tells the server what a page that was rendered in the browser has shown.
 *
 * @module
 */
import { joinReceipts, RECEIPTS_COOKIE, splitReceipts } from "../wire/receipts.ts";

/** Seconds that the browser remembers what it has shown, at most: longer than any message should wait. */
const MAX_AGE = 30 * 24 * 60 * 60;

/** More than these need no cookie: whoever shows so many asks the server for something in between. */
const MAX_RECEIPTS = 50;

/**
 * Confirms that messages are on the page, where a router of the browser fetched them: with the next request they are gone.
 *
 * Messages without a receipt need no confirmation and are passed over, so that a component can hand over whatever it shows.
 * On a server it does nothing.
 *
 * @param messages what `messages.toJSON()` gave the page.
 *
 * @example
 * ```ts
 * import type { MessageJson } from "onceover";
 * import { shown } from "onceover/shown";
 *
 * // In an effect of the component that shows them: useEffect, $effect, onMounted.
 * export const afterRender = (messages: readonly MessageJson[]) => shown(messages);
 * ```
 */
export function shown(messages: Iterable<{ readonly receipt?: string }>): void {
  if (typeof document === "undefined") return;
  const added = [...messages].flatMap(({ receipt }) => receipt ?? []);
  if (added.length === 0) return;
  const receipts = splitReceipts(joinReceipts([...sent(), ...added])).slice(-MAX_RECEIPTS);
  const secure = location.protocol === "https:" ? "; Secure" : "";
  // biome-ignore lint/suspicious/noDocumentCookie: the Cookie Store API is asynchronous, and the next request may not wait.
  document.cookie = `${RECEIPTS_COOKIE}=${joinReceipts(receipts)}; Path=/; Max-Age=${MAX_AGE}; SameSite=Lax${secure}`;
}

/** The receipts that the server has not taken back yet. */
function sent(): string[] {
  const cookie = document.cookie.split("; ").find((pair) => pair.startsWith(`${RECEIPTS_COOKIE}=`));
  return splitReceipts(cookie?.slice(RECEIPTS_COOKIE.length + 1) ?? "");
}
