import type { RequestHead } from "../core/exchange.ts";
import type { Outcome } from "../core/ledger.ts";
import { dropSpeculations, keepCachesHonest } from "./caching.ts";
import type { ResponseHead } from "./response.ts";
import { isAskedAgain, isForScript, isPrefetch, isSeen, type LiveExchange } from "./visibility.ts";

/** What delivery promises: by default what a visitor expects, with `compat: "django"` what Django does. */
export interface Policy {
  /** True for a request to which the messages look empty, and stay where they are. */
  hidesMessages(request: RequestHead): boolean;
  /** True for a request of which nothing is stored that it adds, as the visitor has not gone there yet. */
  dropsAdded(request: RequestHead): boolean;
  /** True for a response that displays what its page iterated. */
  isDisplayed(exchange: LiveExchange, response: ResponseHead): boolean;
  /** True for a response that displays what went into JSON, and may have gone into a log instead. */
  sendsJson(response: ResponseHead): boolean;
  /**
   * Says in the response's headers for whom it is, and what was kept before it is out of date.
   *
   * @param isWritten true if anything was written that is for this visitor alone.
   */
  tellCaches(outcome: Outcome, isWritten: boolean, request: RequestHead, response: ResponseHead): void;
  /** True if a page with messages is sent whole, whatever the browser has in its cache. */
  readonly ignoresConditions: boolean;
  /** True if messages that a script fetched are kept until the browser returns their receipts. */
  readonly usesReceipts: boolean;
  /** True if messages are there again for the error page, where the page that iterated them has failed. */
  readonly keepsAfterFailure: boolean;
  /** True if a message may carry `data`. */
  readonly carriesData: boolean;
}

export const ONCEOVER: Policy = {
  hidesMessages: isPrefetch,
  dropsAdded: isAskedAgain,
  isDisplayed: isSeen,
  sendsJson: isForScript,
  tellCaches(outcome, isWritten, request, response) {
    keepCachesHonest(outcome, isWritten, response);
    dropSpeculations(outcome, request, response);
  },
  ignoresConditions: true,
  usesReceipts: true,
  keepsAfterFailure: true,
  carriesData: true,
};

export const DJANGO: Policy = {
  hidesMessages: () => false,
  dropsAdded: () => false,
  isDisplayed: () => true,
  sendsJson: () => true,
  tellCaches: () => {},
  ignoresConditions: false,
  usesReceipts: false,
  keepsAfterFailure: false,
  carriesData: false,
};
