import { Hono } from "hono";
import { CookieStore, sessionMiddleware } from "hono-sessions";
import type { Config } from "onceover";
import { messages } from "onceover/hono";
import { contract } from "./contract.ts";
import { SECRET } from "./contract-app.ts";

/** The contract's pages on Hono, with a session or without. */
export function honoApp(config: Config, { session }: { session: boolean }): Hono {
  const app = new Hono();
  if (session) {
    app.use(sessionMiddleware({ store: new CookieStore(), encryptionKey: SECRET, autoExtendExpiration: false }));
  }
  app.use(messages(config));
  app.all("/contract/*", (c) => contract(c.req.raw, c.var.messages));
  return app;
}
