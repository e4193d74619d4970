/**
 * Registers the `<onceover-messages>` element. On a server it does nothing.
 *
 * @module
 */
import { OnceoverMessages } from "./element.ts";

export type { MessagesEventDetail, OnceoverMessagesAttributes } from "./element.ts";
export { showMessages } from "./show-messages.ts";
export { OnceoverMessages };

const NAME = "onceover-messages";

if (globalThis.customElements && !customElements.get(NAME)) customElements.define(NAME, OnceoverMessages);
