import { MessagesError } from "../core/errors.ts";
import type { Exchange } from "../core/exchange.ts";
import type { Touch } from "../core/messages.ts";
import type { Unstored } from "../storage/storage.ts";

/** Messages were used when the response had gone out. */
export function lateTouch(how: Touch, { mount }: Exchange): MessagesError {
  const fate = how === "added" ? "is lost" : "will be shown again on the next page";
  const deadline = mount?.deadline ?? "before the response is sent";
  const text = `A message was ${how} after the response's headers had gone out, and ${fate}. Do it ${deadline}.`;
  return new MessagesError("too-late", text);
}

// An error may be printed on a page, by the framework's rules. So the text of a foreign error, which may hold secrets, is no part
// of ours: it is the `cause`.

/** The storage's own error, or what it is the cause of. */
export function storageFailed(cause: unknown): MessagesError {
  if (cause instanceof MessagesError) return cause;
  const text =
    "The messages storage failed, and the messages of this request with it. Why is the `cause` of this error.";
  return new MessagesError("storage-failed", text, { cause });
}

/** The outlet's own error: what it was given waits for the next page. */
export function outletFailed(cause: unknown): MessagesError {
  const text = "The outlet failed, and the messages wait for the next page. Why is the `cause` of this error.";
  return new MessagesError("outlet-failed", text, { cause });
}

/** The text of a message cannot be had: it is left out. */
export function textFailed(cause: unknown): MessagesError {
  const text = "The toString() of a message failed, and the message is left out. Why is the `cause` of this error.";
  return new MessagesError("invalid-text", text, { cause });
}

/** Messages did not fit, and are lost. */
export function notStored(unstored: Unstored, exchange: Exchange): MessagesError {
  const [count, first] = [unstored.length, JSON.stringify(`${unstored[0]}`.slice(0, 40))];
  const text = `Not all messages could be stored: ${count} did not fit, the first of them ${first}…`;
  const cause = whyNoSession(exchange);
  return new MessagesError("not-stored", `${text} ${cause?.message ?? HINT}`, { cause });
}

const HINT =
  "Cookies hold little (`cookie.maxSize`; for a session in a cookie, the 4096 bytes that browsers keep): " +
  "use a session that keeps its data on the server.";

/** Why the session did not take what was too much for a cookie; undefined if there is one. */
function whyNoSession(exchange: Exchange): MessagesError | undefined {
  try {
    if (exchange.session) return undefined;
  } catch (error) {
    if (error instanceof MessagesError) return error;
    throw error;
  }
  const mend = exchange.mount?.session ?? "the session before the messages";
  return new MessagesError(
    "no-session",
    `There is no session to hold them: mount ${mend}; or, unless many were added at once, raise \`cookie.maxSize\`.`,
  );
}
