/**
 * Messages for HTMX 2 and 4: as an event in the HX-Trigger header, or as an out-of-band swap in the body.
 *
 * @module
 */
import { bisectKeepLeft } from "../core/bisect.ts";
import { type Checks, isWhole, withDefaults } from "../core/checks.ts";
import { escapeHtml } from "../core/escape.ts";
import type { Message } from "../core/message.ts";
import type { Outlet } from "../delivery/outlet.ts";
import { isRedirect, leavesPage } from "../delivery/response.ts";
import { type Renderable, type RenderOptions, renderMessages } from "../html/render.ts";

/** How much the header may carry. */
export interface HxTriggerOptions {
  /** Characters of the whole HX-Trigger header, the app's own events included; 800 by default: with cookies, that stays below the 3 KB that proxies leave. */
  readonly maxSize?: number;
}

const CHECKS: Checks<HxTriggerOptions> = {
  maxSize: ["a positive integer", isWhole(1)],
};

/** The event that the header has HTMX dispatch, and for which `<onceover-messages>` listens. */
const EVENT = "onceover:messages";

/**
 * Sends messages that the response's HTML does not show along with it, as an event: for the setting `outlet`.
 *
 * On each request of HTMX, whatever its status, HX-Trigger gets the event `onceover:messages`, beside the app's own events.
 * Its detail has the messages as JSON. What does not fit into the header waits, and `more: true` tells the element to fetch
 * it from its `src`. Redirects, HX-Redirect, HX-Location and HX-Refresh leave the messages for the page that follows.
 *
 * @param options the limit of the header.
 * @returns an outlet.
 * @throws {MessagesError} `invalid-setting`, when the app starts.
 *
 * @example
 * ```ts
 * import express from "express";
 * import { messages } from "onceover/express";
 * import { hxTrigger } from "onceover/htmx";
 *
 * export const app = express();
 * app.use(messages({ secret: process.env.SECRET, outlet: hxTrigger() }));
 *
 * app.post("/items", (req, res) => {
 *   req.messages.success("Added.");
 *   res.send("<li>Milk</li>");
 * });
 * ```
 */
export function hxTrigger(options: HxTriggerOptions = {}): Outlet {
  const { maxSize = 800 } = withDefaults<HxTriggerOptions>("hxTrigger.", options, CHECKS, {});
  return {
    serves: (request) => request.header("hx-request") === "true",
    put(messages, response) {
      if (messages.length === 0 || isRedirect(response.status) || leavesPage(response)) return [];
      const events = parseEvents(response.header("hx-trigger") ?? "");
      if (!events || Object.hasOwn(events, EVENT)) return []; // What cannot be merged is left as the app made it.
      const headerOf = (some: readonly Message[]) => writeEvents(events, some, some.length < messages.length);
      const isTooLong = (some: readonly Message[]) => headerOf(some).length > maxSize;
      // One that no header could carry must not hold up the others.
      const able = messages.filter((message) => !isTooLong([message]));
      const taken = able.slice(0, bisectKeepLeft(able, isTooLong));
      if (!isTooLong(taken)) response.setHeader("HX-Trigger", headerOf(taken));
      return taken;
    },
  };
}

/** Where an out-of-band swap puts messages, and how they look. */
export interface HxSwapOobOptions extends RenderOptions {
  /** CSS selector of what they are appended to; the element `onceover-messages` by default. */
  readonly target?: string;
}

/**
 * Writes messages as an out-of-band swap, for the end of a fragment that HTMX asked for.
 *
 * HTMX appends them to the target, wherever on the page that is. Like any loop, it shows what it is given.
 *
 * @param messages what a request has.
 * @param options the target, and what {@link renderMessages} takes.
 * @returns the HTML; `""` if there are no messages.
 * @throws {MessagesError} what {@link renderMessages} throws.
 *
 * @example
 * ```ts
 * import { Message, SUCCESS } from "onceover";
 * import { hxSwapOob } from "onceover/htmx";
 *
 * console.log(`<li>Milk</li>${hxSwapOob([new Message(SUCCESS, "Added.")], { target: "#messages" })}`);
 * ```
 */
export function hxSwapOob(messages: Renderable, options: HxSwapOobOptions = {}): string {
  const { target = "onceover-messages", ...look } = options;
  const html = renderMessages(messages, look);
  return html && `<div hx-swap-oob="beforeend:${escapeHtml(target)}">${html}</div>`;
}

type Events = Readonly<Record<string, unknown>>;

/** The app's own events: names with a comma between them, or JSON by name; undefined for what HTMX cannot read, either. */
function parseEvents(header: string): Events | undefined {
  // White space around a header is no part of it (RFC 9110 §5.5), and HTMX never sees it.
  if (!header.trimStart().startsWith("{")) {
    const names = header.split(",").map((name) => name.trim());
    return Object.fromEntries(names.filter(Boolean).map((name) => [name, {}]));
  }
  try {
    return JSON.parse(header) as Events;
  } catch {
    return undefined;
  }
}

/**
 * Events as a header, in ASCII: HTTP has no other letters (RFC 9110 §5.5).
 *
 * HTMX dispatches ours at the body, as what had asked may be gone from the page by then.
 */
function writeEvents(events: Events, messages: readonly Message[], more: boolean): string {
  const detail = { messages, ...(more ? { more } : {}), target: "body" };
  return JSON.stringify({ ...events, [EVENT]: detail }).replace(
    /[\u007f-\uffff]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}
