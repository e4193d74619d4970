/**
 * One Express server with one variant, in a process of its own: `fork("server.ts", [variant])`.
 *
 * It sends its port when it listens, and the CPU time that it has used whenever it is asked, in microseconds.
 *
 * @module
 */
import type { AddressInfo } from "node:net";
import express from "express";
import type { Item } from "./floor.ts";
import { LARGE, TEXTS } from "./samples.ts";
import { VARIANTS, type Variant, type VariantName } from "./variants.ts";

declare module "express-session" {
  interface SessionData {
    visitor: string;
  }
}

const page = (items: readonly Item[]): string =>
  `<!doctype html><title>Page</title><ul>${items.map(([tag, text]) => `<li class="${tag}">${text}</li>`).join("")}</ul>`;

/** `3`: the first three; `large`, and `other-large`: one that is too large for a cookie; `other`: one unlike the first. */
function textsFor(which: string): readonly string[] {
  if (which === "other") return TEXTS.slice(1, 2);
  if (which === "large") return LARGE.slice(0, 1);
  if (which === "other-large") return LARGE.slice(1, 2);
  return TEXTS.slice(0, Number(which));
}

function appWith(variant: Variant): express.Express {
  const app = express();
  for (const middleware of variant.middleware) app.use(middleware);
  // So that wherever there is a session, it is that of a visitor who has logged in.
  app.get("/log-in", (req, res) => {
    if (req.session) req.session.visitor = "ada";
    res.send("Welcome.");
  });
  app.get("/untouched", (_req, res) => void res.send(page([])));
  app.get("/show", (req, res) => void res.send(page(variant.take(req, res))));
  app.post("/add/:which", (req, res) => {
    variant.add(req, res, textsFor(req.params.which));
    res.redirect(303, "/show");
  });
  return app;
}

const name = process.argv[2] as VariantName;
const server = appWith(VARIANTS[name]()).listen(0, "127.0.0.1", () => {
  process.send?.((server.address() as AddressInfo).port);
});
// A visitor may have to wait for its turn for longer than the usual 5 seconds.
server.keepAliveTimeout = 0;
process.on("message", () => {
  const { user, system } = process.cpuUsage();
  process.send?.(user + system);
});
process.on("disconnect", () => process.exit());
