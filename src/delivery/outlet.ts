import type { RequestHead } from "../core/exchange.ts";
import type { Message } from "../core/message.ts";
import type { ResponseHead } from "./response.ts";

/**
 * A way to the visitor beside the page: a script there shows the messages that the page did not.
 *
 * @example
 * ```ts
 * import type { Outlet } from "onceover";
 *
 * // Tells a script of the app's how many wait, and leaves them where they are.
 * export const countHeader: Outlet = {
 *   serves: (request) => request.header("x-requested-with") === "fetch",
 *   put(messages, response) {
 *     response.setHeader("X-Messages", String(messages.length));
 *     return [];
 *   },
 * };
 * ```
 */
export interface Outlet {
  /** True for a request whose response a script receives; asked before the handler runs. */
  serves(request: RequestHead): boolean;
  /**
   * Puts messages on a response whose headers are about to go out, if the script gets to see it.
   *
   * @returns those of them that it took: these count as displayed, the others wait.
   */
  put(messages: readonly Message[], response: ResponseHead): readonly Message[];
}
