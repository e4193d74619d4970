import type { MessageJson } from "../core/message.ts";
import type { MessagesEventDetail } from "./element.ts";

/**
 * Hands messages to the page's `<onceover-messages>` element, wherever it is.
 *
 * It dispatches `onceover:messages` on the window, which whoever shows messages in another way can listen for, too.
 *
 * @param messages what `messages.toJSON()` gave, as part of an answer to `fetch`.
 * @returns true if an element has taken them.
 *
 * @example
 * ```ts
 * import { showMessages } from "onceover/client";
 *
 * export async function save(form: FormData): Promise<void> {
 *   const response = await fetch("/profile", { method: "POST", body: form });
 *   const { messages } = await response.json();
 *   showMessages(messages);
 * }
 * ```
 */
export function showMessages(messages: readonly MessageJson[]): boolean {
  const detail: MessagesEventDetail = { messages };
  return !window.dispatchEvent(new CustomEvent("onceover:messages", { detail, cancelable: true }));
}
