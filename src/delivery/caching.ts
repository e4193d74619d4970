import type { RequestHead } from "../core/exchange.ts";
import type { Outcome } from "../core/ledger.ts";
import { isRedirect, type ResponseHead } from "./response.ts";

/**
 * A page that asked for messages differs by cookie (RFC 9111 §4.1). One that was given some is stored nowhere, as the
 * visitor's own browser would show it again; nor does a shared cache store what was written for one visitor (§5.2.2.5).
 *
 * @param isWritten true if a cookie was set, or anything that the storage keeps for this visitor was changed.
 */
export function keepCachesHonest({ looked, handedOut }: Outcome, isWritten: boolean, response: ResponseHead): void {
  if (looked) varyByCookie(response);
  if (handedOut && !isRedirect(response.status)) forbid(response, isStoredNowhere);
  else if (isWritten) forbid(response, isPrivate);
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
  return hasDirective(cacheControl, "private") || isStoredNowhere(cacheControl);
}

function isStoredNowhere(cacheControl: string | null | undefined): boolean {
  return hasDirective(cacheControl, "no-store");
}

/** `private="x-foo"` is about one header, and leaves the rest to shared caches (RFC 9111 §5.2.2.7). */
function hasDirective(cacheControl: string | null | undefined, name: string): boolean {
  if (!cacheControl) return false;
  const directives = cacheControl.replace(/"(\\.|[^"\\])*"/g, '""').split(",");
  return directives.some((directive) => directive.trim().toLowerCase() === name);
}

function forbid(response: ResponseHead, isForbidden: (cacheControl: string | undefined) => boolean): void {
  if (!isForbidden(response.header("cache-control"))) response.setHeader("Cache-Control", "no-store");
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
