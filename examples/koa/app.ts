import { randomBytes } from "node:crypto";
import { join } from "node:path";
import { bodyParser } from "@koa/bodyparser";
import Router from "@koa/router";
import ejs from "ejs";
import Koa, { type Context } from "koa";
import session from "koa-session";
import { type Config, defineMessages, WARNING } from "onceover";
import { messages } from "onceover/koa";

const secret = process.env.SECRET;

/** The example, ready to listen. */
export function createApp(config: Config = defineMessages({ secret })): Koa {
  const app = new Koa();
  app.keys = [secret ?? randomBytes(32).toString("hex")];
  app.use(session(app));
  // After the session, which takes what the cookies cannot hold, and before all that uses messages.
  app.use(messages(config));
  app.use(bodyParser({ enableTypes: ["form"] }));
  app.use(router.routes());
  app.use(router.allowedMethods());
  return app;
}

const router = new Router();

router.get("/", (ctx) => render(ctx, "profile", { title: "Profile" }));

router.post("/", (ctx) => {
  const name = field(ctx, "name");
  if (name !== "") {
    ctx.messages.success(`Saved, ${name}.`);
    ctx.status = 303;
    return ctx.redirect("/");
  }
  ctx.messages.error("A name is needed.");
  ctx.status = 422;
  return render(ctx, "profile", { title: "Profile" });
});

router.get("/about", (ctx) => render(ctx, "about", { title: "About" }));

/** Fills the page with a view. `ctx.state` has the messages; the layout shows them. */
async function render(ctx: Context, view: string, locals: Readonly<Record<string, unknown>>): Promise<void> {
  const file = (name: string) => join(import.meta.dirname, "views", `${name}.ejs`);
  const content = await ejs.renderFile(file(view), { ...ctx.state, ...locals });
  ctx.body = await ejs.renderFile(file("layout"), { ...ctx.state, ...locals, content, WARNING });
}

/** A field of the form that was posted, trimmed; empty if it was not there, or there twice. */
function field(ctx: Context, name: string): string {
  const { body } = ctx.request;
  const value: unknown = typeof body === "object" && body !== null ? Reflect.get(body, name) : undefined;
  return typeof value === "string" ? value.trim() : "";
}
