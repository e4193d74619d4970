import { MessagesError } from "../../core/errors.ts";
import type { Session } from "../../core/exchange.ts";

/** A session that the app has ended, as in a log-out: it holds nothing, and what is added waits in the cookies, if at all. */
export const ENDED: Session = {
  hasEnded: true,
  get: () => undefined,
  set: () => {},
  delete: () => {},
  save() {
    throw new MessagesError(
      "no-session",
      "The session was ended before these messages were stored, so it cannot hold them. " +
        'Use cookies as well: `storage: "fallback"` (the default), or `cookieStorage()` in the chain.',
    );
  },
};
