import { randomBytes } from "node:crypto";
import { H3, readBody, redirect, type SessionManager, useSession } from "h3";
import type { Config, Settings } from "onceover";
import { messages } from "onceover/h3";
import { page } from "./page.ts";

declare module "h3" {
  interface H3EventContext {
    session: SessionManager;
  }
}

const secret = process.env.SECRET;
/** Of the session; in development, a new one at each start. */
const password = secret ?? randomBytes(32).toString("hex");

/** A profile with a form, and a page about it. */
export function createApp(config: Settings | Config = { secret }): H3 {
  const app = new H3();
  app.use(async (event) => {
    event.context.session = await useSession(event, { password });
  });
  // After the session, which takes what the cookies cannot hold.
  app.use(messages(config, { session: (event) => event.context.session }));

  app.get("/", (event) => profile(event.context.messages));

  app.post("/", async (event) => {
    const { messages } = event.context;
    const { name } = (await readBody<{ name?: string }>(event)) ?? {};
    if (!name) {
      messages.error("A name is needed.");
      event.res.status = 422;
      return profile(messages);
    }
    messages.success(`Saved, ${name}.`);
    return redirect("/", 303);
  });

  app.get("/about", (event) =>
    page("About", event.context.messages, "<p>Messages are shown on whichever page comes next.</p>"),
  );
  return app;
}

const profile = (messages: Parameters<typeof page>[1]) =>
  page(
    "Profile",
    messages,
    '<form method="post"><label>Name <input type="text" name="name"></label> <button>Save</button></form>',
  );
