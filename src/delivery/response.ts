/** A response whose headers are about to go out. */
export interface ResponseHead {
  readonly status: number;
  /** False once the visitor's connection is gone. */
  readonly isConnected: boolean;
  header(name: string): string | undefined;
  setHeader(name: string, value: string): void;
}

/** True for a response that sends the visitor to another page (RFC 9110 §15.4), and for one without news (304). */
export function isRedirect(status: number): boolean {
  return status >= 300 && status < 400;
}

/** True if HTMX leaves the page for another one: https://htmx.org/reference/#response_headers */
export function leavesPage(response: ResponseHead): boolean {
  if (response.header("hx-redirect") !== undefined || response.header("hx-location") !== undefined) return true;
  return response.header("hx-refresh") === "true";
}
