/** @jsxImportSource hono/jsx */
import { randomBytes } from "node:crypto";
import { Hono } from "hono";
import { MemoryStore, sessionMiddleware } from "hono-sessions";
import type { Config, Settings } from "onceover";
import { messages } from "onceover/hono";
import { layout } from "./layout.tsx";

const secret = process.env.SECRET;
/** Of the session; in development, a new one at each start. */
const encryptionKey = secret ?? randomBytes(32).toString("hex");

/** A profile with a form, and a page about it. */
export function createApp(config: Settings | Config = { secret }): Hono {
  const app = new Hono();
  app.use(sessionMiddleware({ store: new MemoryStore(), encryptionKey }));
  // After the session, which takes what the cookies cannot hold, and before the routes.
  app.use(messages(config));
  app.use(layout);

  app.get("/", (c) => c.render(<Profile />));

  app.post("/", async (c) => {
    const { name } = await c.req.parseBody();
    if (typeof name !== "string" || name.trim() === "") {
      c.var.messages.error("A name is needed.");
      c.status(422);
      return c.render(<Profile />);
    }
    c.var.messages.success(`Saved, ${name}.`);
    return c.redirect("/", 303);
  });

  app.get("/about", (c) =>
    c.render(
      <>
        <h1>About</h1>
        <p>Messages are shown on whichever page comes next.</p>
      </>,
    ),
  );
  return app;
}

function Profile() {
  return (
    <>
      <h1>Profile</h1>
      <form method="post">
        <label>
          Name <input type="text" name="name" />
        </label>
        <button type="submit">Save</button>
      </form>
    </>
  );
}
