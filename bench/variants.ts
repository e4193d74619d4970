import connectFlash from "connect-flash";
import type { Request, RequestHandler, Response } from "express";
import session, { MemoryStore, type SessionData } from "express-session";
import type { Settings } from "onceover";
import { messages } from "onceover/express";
import { type Flash, floor, type Item } from "./floor.ts";
import { SECRET } from "./samples.ts";

/** One way to do one-time messages in Express. */
export interface Variant {
  /** Mounted in this order; the first is the session, if there is one. */
  readonly middleware: readonly RequestHandler[];
  /** Adds messages with the tag `success`. */
  add(req: Request, res: Response, texts: readonly string[]): void;
  /** Takes all messages, for the page. */
  take(req: Request, res: Response): readonly Item[];
}

/** Everything that is measured, by the name that it has in the tables. Made anew for each server. */
export const VARIANTS = {
  "no middleware at all": () => ({ middleware: [], add: () => {}, take: () => [] }),
  floor: () => byHand(),
  "onceover cookie": () => onceover({ secret: SECRET, storage: "cookie" }),
  "onceover cookie, compat django": () => onceover({ secret: SECRET, storage: "cookie", compat: "django" }),
  "floor beside express-session": () => byHand(sessions()),
  "onceover fallback + express-session": () => onceover({ secret: SECRET }, sessions()),
  "onceover session + express-session": () => onceover({ storage: "session" }, sessions()),
  "connect-flash + express-session": () => flash(sessions()),

  // For what is lost: the same over a session store that is not in the server's memory.
  "onceover fallback + slow express-session": () => onceover({ secret: SECRET }, sessions(new SlowStore())),
  "onceover session + slow express-session": () => onceover({ storage: "session" }, sessions(new SlowStore())),
  "connect-flash + slow express-session": () => flash(sessions(new SlowStore())),
} satisfies Record<string, () => Variant>;

export type VariantName = keyof typeof VARIANTS;

function byHand(...middleware: RequestHandler[]): Variant {
  return {
    middleware: [...middleware, floor],
    add: (_req, res, texts) => flashOf(res).add(...texts.map((text): Item => ["success", text])),
    take: (_req, res) => flashOf(res).take(),
  };
}

const flashOf = (res: Response): Flash => res.locals.flash;

function onceover(settings: Settings, ...middleware: RequestHandler[]): Variant {
  return {
    // What is lost is counted, not told.
    middleware: [...middleware, messages({ ...settings, onWarning: () => {} })],
    add: (req, _res, texts) => {
      for (const text of texts) req.messages.success(text);
    },
    take: (req) => Array.from(req.messages, (message) => [message.tags, `${message}`]),
  };
}

/** What connect-flash puts on a request. */
interface WithFlash {
  flash(tag: string, text: string): number;
  flash(): Record<string, string[]>;
}

function flash(...middleware: RequestHandler[]): Variant {
  const on = (req: Request) => req as unknown as WithFlash;
  return {
    middleware: [...middleware, connectFlash()],
    add: (req, _res, texts) => {
      for (const text of texts) on(req).flash("success", text);
    },
    take: (req) => Object.entries(on(req).flash()).flatMap(([tag, texts]) => texts.map((text): Item => [tag, text])),
  };
}

function sessions(store: MemoryStore = new MemoryStore()): RequestHandler {
  return session({ secret: SECRET, resave: false, saveUninitialized: false, store });
}

/** A store whose writes take 30 ms, as those of one behind a network may. */
class SlowStore extends MemoryStore {
  override set(id: string, data: SessionData, done?: (error?: unknown) => void): void {
    // What is written is what the session was when it was saved.
    const copy = structuredClone(data);
    setTimeout(() => super.set(id, copy, done), 30);
  }
}
