import { MemoryStore, type SessionData } from "express-session";
import type { Settings } from "onceover";
import { SECRET } from "../samples.ts";
import { expressSession, flash, floor, listen, onceover } from "./express.ts";
import type { Start } from "./server.ts";

/** Longer than a visitor's next request takes to arrive, even on a busy machine. */
const WRITE_MS = 100;

/** For `losses.ts`: a store whose writes take time, as those of a store behind a network do. */
class SlowStore extends MemoryStore {
  override set(id: string, data: SessionData, done?: (error?: unknown) => void): void {
    // What is written is the session as it was when it was saved.
    const copy = structuredClone(data);
    setTimeout(() => super.set(id, copy, done), WRITE_MS);
  }
}

const slowSession = () => expressSession(new SlowStore());

/** Losses are counted; warnings about them would only fill the screen. */
const quiet = { onWarning: () => {} } satisfies Settings;

export const servers = {
  floor: () => listen(floor),
  "onceover cookie": () => listen(onceover({ ...quiet, secret: SECRET, storage: "cookie" })),
  "onceover cookie, compat django": () =>
    listen(onceover({ ...quiet, secret: SECRET, storage: "cookie", compat: "django" })),
  "onceover fallback + slow express-session": () =>
    listen(onceover({ ...quiet, secret: SECRET, storage: "fallback" }, ...slowSession())),
  "onceover session + slow express-session": () => listen(onceover({ ...quiet, storage: "session" }, ...slowSession())),
  "connect-flash + slow express-session": () => listen(flash(...slowSession())),
} satisfies Record<string, Start>;
