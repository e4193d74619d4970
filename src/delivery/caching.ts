import type { RequestHead } from "../core/exchange.ts";
import type { Outcome } from "../core/ledger.ts";
import { isRedirect, type ResponseHead } from "./response.ts";

/** A page that asked for messages differs by cookie; one that was given some is for one visitor alone (RFC 9111 §4.1, §5.2). */
export function keepCachesHonest({ looked, handedOut }: Outcome, response: ResponseHead): void {
  const mayBeShared = handedOut && !isRedirect(response.status) && !isPrivate(response.header("cache-control"));
  if (looked) varyByCookie(response);
  if (mayBeShared) response.setHeader("Cache-Control", "no-store");
}

/**
 * Drops the pages that Chromium fetched or rendered ahead by speculation rules: they are shown without what is added now, also
 * where they say `no-store`. Only where it is understood: a secure origin, in a browser that sends `Sec-CH-UA`.
 */
export function dropSpeculations({ added }: Outcome, request: RequestHead, response: ResponseHead): void {
  if (added.length === 0 || request.header("sec-ch-ua") === undefined) return;
  const own = response.header("clear-site-data");
  response.setHeader("Clear-Site-Data", own ? `${own}, ${SPECULATIONS}` : SPECULATIONS);
}

/** Neither cookies nor the HTTP cache: https://developer.mozilla.org/docs/Web/HTTP/Headers/Clear-Site-Data */
const SPECULATIONS = '"prefetchCache", "prerenderCache"';

/** True for a Cache-Control that keeps shared caches from storing the response. */
export function isPrivate(cacheControl: string | null | undefined): boolean {
  return /\b(private|no-store)\b/i.test(cacheControl ?? "");
}

function varyByCookie(response: ResponseHead): void {
  const vary = response.header("vary");
  if (!vary) {
    response.setHeader("Vary", "Cookie");
    return;
  }
  const names = vary.split(",").map((name) => name.trim().toLowerCase());
  if (!names.includes("*") && !names.includes("cookie")) response.setHeader("Vary", `${vary}, Cookie`);
}
