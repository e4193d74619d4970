import type { RequestListener } from "node:http";
import { MessagesError } from "onceover";
import type { NitroApp } from "onceover/nuxt";

export type Event = Parameters<NitroApp["h3App"]["handler"]>[0];
export type Handler = (
  event: Event & { context: { messages: Iterable<unknown> & { info(text: string): void } } },
) => unknown;

/** What Nitro does around its handlers, as far as messages see it. The framework itself is tested in test/frameworks. */
export function nitro(handler: Handler, ...plugins: ((nitroApp: NitroApp) => void)[]): RequestListener {
  const router = { handler: (event: Event) => handler(event as never) };
  const stack = [{ ...router }];
  const h3App: NitroApp["h3App"] = {
    handler: (event) => stack[0]?.handler(event),
    stack,
    options: {
      onError: (error, { node }) =>
        node.res.writeHead(500).end(error instanceof MessagesError ? `${error.code}: ${error.message}` : `${error}`),
    },
  };
  for (const plugin of plugins) plugin({ h3App, router, hooks: { hook: () => {} } });
  return async (req, res) => {
    const event: Event = { node: { req, res }, context: {}, _handled: false };
    try {
      await h3App.handler(event);
    } catch (error) {
      await h3App.options.onError?.(error as Error, event);
    }
  };
}
