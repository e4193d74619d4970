import { randomBytes } from "node:crypto";
import { Hono } from "hono";
import { CookieStore, sessionMiddleware } from "hono-sessions";
import { messages } from "onceover/hono";
import { form, html, page } from "../page.ts";

const secret = process.env.SECRET;

const app = new Hono();
app.use(
  sessionMiddleware({
    store: new CookieStore(),
    // In development, a new one at each start.
    encryptionKey: secret ?? randomBytes(32).toString("hex"),
    // Otherwise every response renews the session's cookie.
    autoExtendExpiration: false,
    cookieOptions: { path: "/", httpOnly: true, sameSite: "Lax" },
  }),
);
// After the session, which takes what the cookies cannot hold, and before the routes.
app.use(messages({ secret }));

app.get("/", (c) => page("Profile", c.var.messages, form));

app.post("/", async (c) => {
  const { name } = await c.req.parseBody();
  if (typeof name !== "string" || name.trim() === "") {
    c.var.messages.error("A name is needed.");
    return page("Profile", c.var.messages, form, 422);
  }
  c.var.messages.success(`Saved, ${name}.`);
  return c.redirect("/", 303);
});

app.get("/about", (c) => page("About", c.var.messages, html`<p>Messages are shown on whichever page comes next.</p>`));

// biome-ignore lint/style/noDefaultExport: Bun, `deno serve` and Workers serve what a module has as its default.
export default { fetch: app.fetch, hostname: "127.0.0.1" };
