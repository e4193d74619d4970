import { MESSAGES } from "../../core/request.ts";
import type { Visit } from "../visit.ts";

/** What is used of an app of Express. */
interface App {
  use?(handler: (error: unknown, request: unknown, response: unknown, next: (error: unknown) => void) => void): unknown;
  readonly router?: Router;
  /** Express 4, where `router` throws. */
  readonly _router?: Router;
}

interface Router {
  readonly stack?: readonly object[];
}

/** How Express calls a handler with an error: `handleError` in Express 5, `handle_error` in Express 4. */
type Handle = (error: unknown, request: { [MESSAGES]?: Visit }, ...rest: unknown[]) => unknown;
type Layer = Record<"handleError" | "handle_error", Handle | undefined>;

const apps = new WeakSet<object>();
const layers = new WeakSet<object>();

/**
 * Hears of handlers that fail, so that what they read is kept, and may be shown by the page of the error.
 *
 * Express tells error handlers alone, and those that come after the failure: so it is heard where these are called; and one
 * at the end of the app is called where the app has none.
 */
export function hearFailures(app: App | undefined): void {
  if (!app?.use || apps.has(app)) return;
  apps.add(app);
  const { stack } = app._router ?? app.router ?? {};
  if (!stack?.[0]) return;
  app.use((error, _request, _response, next) => next(error));
  hearLayers(Object.getPrototypeOf(stack[0]));
}

function hearLayers(layer: Layer): void {
  if (layers.has(layer)) return;
  layers.add(layer);
  const name = layer.handleError ? "handleError" : "handle_error";
  const handle = layer[name];
  layer[name] = function (error, request, ...rest) {
    request[MESSAGES]?.delivery?.fail();
    return handle?.call(this, error, request, ...rest);
  };
}
