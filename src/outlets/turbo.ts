/**
 * Messages for Turbo, as a stream.
 *
 * @module
 */
import { escapeHtml } from "../core/escape.ts";
import { type Renderable, type RenderOptions, renderMessages } from "../html/render.ts";

/** Where a stream puts messages, and how they look. */
export interface TurboStreamOptions extends RenderOptions {
  /** CSS selector of what they are appended to; the element `onceover-messages` by default. */
  readonly target?: string;
}

/**
 * Writes messages as a `<turbo-stream>`: for a response of type `text/vnd.turbo-stream.html`, or inside a frame.
 *
 * Turbo appends them to the target, wherever on the page that is. Like any loop, it shows what it is given. Leave it out
 * beside `<turbo-stream action="refresh">`, which fetches the page anew: the messages wait for that page.
 *
 * @param messages what a request has.
 * @param options the target, and what {@link renderMessages} takes.
 * @returns the HTML; `""` if there are no messages.
 * @throws {MessagesError} what {@link renderMessages} throws.
 *
 * @example
 * ```ts
 * import { Message, SUCCESS } from "onceover";
 * import { turboStream } from "onceover/turbo";
 *
 * console.log(turboStream([new Message(SUCCESS, "Added.")], { preset: "bootstrap" }));
 * ```
 */
export function turboStream(messages: Renderable, options: TurboStreamOptions = {}): string {
  const { target = "onceover-messages", ...look } = options;
  const html = renderMessages(messages, look);
  return (
    html && `<turbo-stream action="append" targets="${escapeHtml(target)}"><template>${html}</template></turbo-stream>`
  );
}
