import type { Exchange, RequestHead } from "../core/exchange.ts";
import { isRedirect, leavesPage, type ResponseHead } from "./response.ts";

/** An exchange as its adapter leads it: what delivery asks, and storages do not. */
export interface LiveExchange extends Exchange {
  /**
   * True if a script gets the answer and may never show it: the data of a page for a router in the browser, or a part of a
   * page that is rendered ahead. Then messages leave the storage when the browser returns their receipts.
   */
  readonly needsReceipt?: boolean;
  /** True once the response's headers have gone out: nothing can be written any more. */
  readonly isAnswered?: boolean;
  /** True once the handler has failed, where the framework says so, and does not call {@link Delivery.fail}. */
  readonly hasFailed?: boolean;
  /** True once a cookie was set. */
  readonly hasSetCookie?: boolean;
  /** Called when the messages are touched for the first time, before the response is answered. */
  onTouch?(): void;
  /** Called when a page is given messages that wait: an answer of "Not Modified" (304) would show one without them. */
  ignoreConditions?(): void;
  /** True if the framework's session gives promises, so that the session storage is not at hand at once. */
  readonly hasAsyncSession?: boolean;
}

/** The headers by which a browser asks for a page only if it has changed (RFC 9110 §13.1). */
export const CONDITIONS = ["if-none-match", "if-modified-since"] as const;

/** True for a request that wants a page, or its data: there an asynchronous storage is opened before the handler runs. */
export function wantsPage(exchange: LiveExchange): boolean {
  if (exchange.needsReceipt || exchange.header("hx-request") === "true") return true;
  return Boolean(exchange.header("accept")?.includes("text/html"));
}

/** The headers by which browsers and client-side routers say that the answer may never be looked at. */
const PREFETCH_HEADERS: readonly { readonly name: string; readonly value: RegExp }[] = [
  { name: "sec-purpose", value: /prefetch/i },
  { name: "purpose", value: /prefetch/i },
  { name: "x-purpose", value: /preview/i },
  { name: "x-moz", value: /prefetch/i },
  { name: "x-sec-purpose", value: /prefetch/i }, // Turbo: scripts may not send Sec- headers
  { name: "hx-preloaded", value: /true/i }, // HTMX 2's preload extension
  { name: "next-router-prefetch", value: /./ }, // Next.js leaves it to Route Handlers, and takes it from the proxy and pages
];

/** True for a request that is made ahead of a visit that may never come. */
export function isPrefetch(request: RequestHead): boolean {
  return PREFETCH_HEADERS.some(({ name, value }) => {
    const header = request.header(name);
    return header !== undefined && value.test(header);
  });
}

/**
 * True for a prefetch whose visit asks again, and so adds again what this one adds. Turbo shows what it prefetched, and what is
 * not a GET is not done twice.
 */
export function isAskedAgain(request: RequestHead): boolean {
  return request.method === "GET" && request.header("x-sec-purpose") === undefined && isPrefetch(request);
}

/**
 * What a browser fetches for a page without showing it as one, or for no page at all: a 404 page is what an image gets that is
 * not there (https://fetch.spec.whatwg.org/#concept-request-destination). Frames and `fetch()` ("empty") are seen.
 */
const UNSEEN_DESTINATION =
  /^(audio|audioworklet|dictionary|font|image|manifest|paintworklet|report|script|serviceworker|sharedworker|speculationrules|style|track|video|worker|xslt)$/;

/** True if a person gets to see the response: only then what was iterated is displayed. */
export function isSeen(exchange: LiveExchange, response: ResponseHead): boolean {
  const { status } = response;
  if (exchange.needsReceipt || status >= 500 || status === 204 || status === 205 || isRedirect(status)) return false;
  if (!isReceived(exchange, response) || leavesPage(response)) return false;
  return !UNSEEN_DESTINATION.test(exchange.header("sec-fetch-dest") ?? "");
}

/** True if a script reads the response: only then what went into JSON is displayed. */
export function isForScript(response: ResponseHead): boolean {
  return SCRIPTS.test(response.header("content-type") ?? "");
}

/** JSON in all its kinds, scripts, and streams of events. */
const SCRIPTS = /[/+-](json|jsonl|json-seq|ndjson|javascript|event-stream)\s*(;|$)/i;

/** True if a client is there to receive the response, and asked for more than its headers. */
export function isReceived(request: RequestHead, response: ResponseHead): boolean {
  return response.isConnected && request.method !== "HEAD";
}
