import { Elysia, t } from "elysia";
import { form, html, page } from "../page.ts";
import { withMessages } from "./messages.ts";

const app = new Elysia()
  .use(withMessages)
  .get("/", ({ messages }) => page("Profile", messages, form))
  .post(
    "/",
    ({ body, messages, redirect }) => {
      const name = body.name.trim();
      if (name === "") {
        messages.error("A name is needed.");
        return page("Profile", messages, form, 422);
      }
      messages.success(`Saved, ${name}.`);
      return redirect("/", 303);
    },
    { body: t.Object({ name: t.String() }) },
  )
  .get("/about", ({ messages }) =>
    page("About", messages, html`<p>Messages are shown on whichever page comes next.</p>`),
  )
  .listen({ port: process.env.PORT ?? 3000, hostname: "127.0.0.1" });

console.log(app.server?.url.href);
