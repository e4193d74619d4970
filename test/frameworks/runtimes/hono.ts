import { Hono } from "hono";
import type { Config } from "onceover";
import { messages } from "onceover/hono";
import { contract } from "./contract.ts";

/** The contract's pages on Hono. */
export function honoApp(config: Config): Hono {
  const app = new Hono();
  app.use(messages(config));
  app.all("/contract/*", (c) => contract(c.req.raw, c.var.messages));
  return app;
}
