import type { Server } from "node:http";
import { bodyParser } from "@koa/bodyparser";
import Router from "@koa/router";
import Koa, { type Context } from "koa";
import betterFlash from "koa-better-flash";
import session from "koa-session";
import { messages } from "onceover/koa";
import { flashCookie, NO_FLASH, readFlash } from "../floor.ts";
import { type Item, PLAIN, page } from "../page.ts";
import { SECRET } from "../samples.ts";
import type { VariantName } from "./frameworks.ts";
import type { Servers } from "./server.ts";

/** One way to do one-time messages in Koa. */
interface Variant {
  mount(app: Koa): void;
  add(ctx: Context, text: string): void;
  /** Takes all messages, for the page. */
  take(ctx: Context): readonly Item[];
}

function listen({ mount, add, take }: Variant): Server {
  const router = new Router();
  router.post("/add", (ctx) => {
    add(ctx, (ctx.request.body as { text: string }).text);
    ctx.status = 303;
    ctx.redirect("/show");
  });
  router.get("/show", (ctx) => {
    ctx.type = "html";
    ctx.body = page(take(ctx));
  });
  router.get("/plain", (ctx) => {
    ctx.type = "html";
    ctx.body = PLAIN;
  });
  const app = new Koa();
  app.use(bodyParser({ enableTypes: ["form"] }));
  mount(app);
  app.use(router.routes());
  return app.listen(0, "127.0.0.1");
}

const floor: Variant = {
  mount() {},
  add(ctx, text) {
    ctx.append("Set-Cookie", flashCookie([...readFlash(ctx.headers.cookie), ["info", text]]));
  },
  take(ctx) {
    const items = readFlash(ctx.headers.cookie);
    if (items.length > 0) ctx.append("Set-Cookie", NO_FLASH);
    return items;
  },
};

const onceover: Variant = {
  mount: (app) => void app.use(messages({ secret: SECRET, storage: "cookie" })),
  add: (ctx, text) => void ctx.messages.info(text),
  take: (ctx) => Array.from(ctx.messages, (message): Item => [message.tags, String(message)]),
};

/** What koa-better-flash puts on the context. */
interface WithFlash {
  flash(tag: string, text: string): unknown;
  flash(tag: string): readonly string[];
}

const on = (ctx: Context) => ctx as unknown as WithFlash;

/** koa-session has no store here, so that the session itself is in a signed cookie: its default. */
const flash: Variant = {
  mount(app) {
    app.keys = [SECRET];
    app.use(session({ sameSite: "lax" }, app));
    app.use(betterFlash());
  },
  add: (ctx, text) => void on(ctx).flash("info", text),
  take: (ctx) =>
    on(ctx)
      .flash("info")
      .map((text): Item => ["info", text]),
};

export const servers: Servers<VariantName<"koa">> = {
  floor: () => listen(floor),
  "floor, one empty middleware more": () =>
    listen({ ...floor, mount: (app) => void app.use(async (_ctx, next) => void (await next())) }),
  "onceover cookie": () => listen(onceover),
  "koa-better-flash + koa-session": () => listen(flash),
};
