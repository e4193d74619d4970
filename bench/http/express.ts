import type { Server } from "node:http";
import connectFlash from "connect-flash";
import cookieSession from "cookie-session";
import express, { type Express, type Request, type RequestHandler, type Response } from "express";
import session, { MemoryStore } from "express-session";
import type { Settings } from "onceover";
import { messages } from "onceover/express";
import { flashCookie, NO_FLASH, readFlash } from "../floor.ts";
import { type Item, PLAIN, page } from "../page.ts";
import { SECRET } from "../samples.ts";
import type { VariantName } from "./frameworks.ts";
import type { Servers } from "./server.ts";

declare module "express-session" {
  interface SessionData {
    visitor: string;
  }
}

/** One way to do one-time messages in Express. */
export interface Variant {
  /** Mounted in this order, after the parser of forms. */
  readonly middleware: readonly RequestHandler[];
  add(req: Request, res: Response, text: string): void;
  /** Takes all messages, for the page. */
  take(req: Request, res: Response): readonly Item[];
}

export function listen({ middleware, add, take }: Variant): Server {
  const app: Express = express();
  app.disable("x-powered-by");
  app.use(express.urlencoded({ extended: false }));
  for (const handler of middleware) app.use(handler);
  app.post("/add", (req, res) => {
    add(req, res, req.body.text);
    res.redirect(303, "/show");
  });
  app.get("/show", (req, res) => {
    res.type("html").send(page(take(req, res)));
  });
  app.get("/plain", (_req, res) => {
    res.type("html").send(PLAIN);
  });
  return app.listen(0, "127.0.0.1");
}

export const floor: Variant = {
  middleware: [],
  add(req, res, text) {
    res.append("Set-Cookie", flashCookie([...readFlash(req.headers.cookie), ["info", text]]));
  },
  take(req, res) {
    const items = readFlash(req.headers.cookie);
    if (items.length > 0) res.append("Set-Cookie", NO_FLASH);
    return items;
  },
};

/** Passes every request on: the least that a middleware costs. */
const empty: RequestHandler = (_req, _res, next) => next();

export function onceover(settings: Settings, ...sessions: readonly RequestHandler[]): Variant {
  return {
    middleware: [...sessions, messages(settings)],
    add: (req, _res, text) => void req.messages.info(text),
    take: (req) => Array.from(req.messages, (message): Item => [message.tags, String(message)]),
  };
}

/** What connect-flash puts on a request. */
interface WithFlash {
  flash(tag: string, text: string): number;
  flash(tag: string): readonly string[];
}

export function flash(...sessions: readonly RequestHandler[]): Variant {
  const on = (req: Request) => req as unknown as WithFlash;
  return {
    middleware: [...sessions, connectFlash()],
    add: (req, _res, text) => void on(req).flash("info", text),
    take: (req) =>
      on(req)
        .flash("info")
        .map((text): Item => ["info", text]),
  };
}

/** express-session in an app that keeps something in it, so that every visitor has a session from the first visit on. */
export function expressSession(store = new MemoryStore()): RequestHandler[] {
  return [
    session({ secret: SECRET, resave: false, saveUninitialized: false, store }),
    (req, _res, next) => {
      req.session.visitor ??= "ada";
      next();
    },
  ];
}

export const servers: Servers<VariantName<"express">> = {
  floor: () => listen(floor),
  "floor, one empty middleware more": () => listen({ ...floor, middleware: [empty] }),
  "floor + express-session": () => listen({ ...floor, middleware: expressSession() }),
  "onceover cookie": () => listen(onceover({ secret: SECRET, storage: "cookie" })),
  "onceover cookie, compat django": () => listen(onceover({ secret: SECRET, storage: "cookie", compat: "django" })),
  "onceover fallback + express-session": () =>
    listen(onceover({ secret: SECRET, storage: "fallback" }, ...expressSession())),
  "onceover session + express-session": () => listen(onceover({ storage: "session" }, ...expressSession())),
  "connect-flash + express-session": () => listen(flash(...expressSession())),
  "connect-flash + cookie-session": () => listen(flash(cookieSession({ secret: SECRET, sameSite: "lax" }))),
};
