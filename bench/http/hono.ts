import type { Server } from "node:http";
import { serve } from "@hono/node-server";
import { type Context, Hono, type MiddlewareHandler } from "hono";
import { CookieStore, type Session, sessionMiddleware } from "hono-sessions";
import { messages } from "onceover/hono";
import { flashCookie, NO_FLASH, readFlash } from "../floor.ts";
import { type Item, PLAIN, page } from "../page.ts";
import { SECRET } from "../samples.ts";
import type { VariantName } from "./frameworks.ts";
import type { Servers } from "./server.ts";

/** One way to do one-time messages in Hono. */
interface Variant {
  mount(app: Hono): void;
  add(c: Context, text: string): void;
  /** Takes all messages, for the page. */
  take(c: Context): readonly Item[];
}

function listen({ mount, add, take }: Variant): Server {
  const app = new Hono();
  mount(app);
  app.post("/add", async (c) => {
    const { text } = await c.req.parseBody();
    add(c, String(text));
    return c.redirect("/show", 303);
  });
  app.get("/show", (c) => c.html(page(take(c))));
  app.get("/plain", (c) => c.html(PLAIN));
  return serve({ fetch: app.fetch, port: 0, hostname: "127.0.0.1" }) as Server;
}

const floor: Variant = {
  mount() {},
  add(c, text) {
    c.header("Set-Cookie", flashCookie([...readFlash(c.req.header("Cookie")), ["info", text]]), { append: true });
  },
  take(c) {
    const items = readFlash(c.req.header("Cookie"));
    if (items.length > 0) c.header("Set-Cookie", NO_FLASH, { append: true });
    return items;
  },
};

/** What `c.header()` does after the handler, before it sets a header. */
const copy: MiddlewareHandler = async (c, next) => {
  await next();
  const { res } = c;
  c.res = undefined;
  c.res = new Response(res.body, res);
};

const onceover: Variant = {
  mount: (app) => void app.use(messages({ secret: SECRET, storage: "cookie" })),
  add: (c, text) => void c.var.messages.info(text),
  take: (c) => Array.from(c.var.messages, (message): Item => [message.tags, String(message)]),
};

const sessionOf = (c: Context): Session<{ info: string }> => c.get("session");

const flash: Variant = {
  mount(app) {
    const cookieOptions = { path: "/", httpOnly: true, sameSite: "Lax" } as const;
    app.use(sessionMiddleware({ store: new CookieStore(), encryptionKey: SECRET, cookieOptions }));
  },
  add: (c, text) => sessionOf(c).flash("info", text),
  take: (c) => {
    const text = sessionOf(c).get("info");
    return text === null ? [] : [["info", text]];
  },
};

export const servers: Servers<VariantName<"hono">> = {
  floor: () => listen(floor),
  "floor, one empty middleware more": () =>
    listen({ ...floor, mount: (app) => void app.use(async (_c, next) => void (await next())) }),
  "floor, its responses copied": () => listen({ ...floor, mount: (app) => void app.use(copy) }),
  "onceover cookie": () => listen(onceover),
  "hono-sessions flash + CookieStore": () => listen(flash),
};
