import { node } from "@elysiajs/node";
import { Elysia, t } from "elysia";
import type { Config, Settings } from "onceover";
import { messages } from "onceover/elysia";
import { html, page } from "./page.ts";

const secret = process.env.SECRET;

const form = html`
  <form method="post">
    <label>Name <input type="text" name="name"></label>
    <button>Save</button>
  </form>`;

/** A profile with a form, and a page about it. */
export function createApp(config: Settings | Config = { secret }) {
  return new Elysia({ adapter: node() })
    .use(messages(config))
    .get("/", ({ messages }) => page("Profile", messages, form))
    .post(
      "/",
      ({ body, messages, redirect, request }) => {
        const name = body.name.trim();
        if (name === "") {
          messages.error("A name is needed.");
          return page("Profile", messages, form, 422);
        }
        messages.success(`Saved, ${name}.`);
        // On Node.js the address of a redirect must be a whole one.
        return redirect(new URL("/", request.url).href, 303);
      },
      { body: t.Object({ name: t.String() }) },
    )
    .get("/about", ({ messages }) =>
      page("About", messages, html`<p>Messages are shown on whichever page comes next.</p>`),
    );
}
