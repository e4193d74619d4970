import { withMessages } from "./messages.ts";
import { form, html, page } from "./page.ts";

/** A profile with a form, and a page about it: a `Request` in, a `Response` out. */
export const app = withMessages(async (request) => {
  const { messages, method, url } = request;
  const { pathname } = new URL(url);
  if (pathname === "/about") {
    return page("About", messages, html`<p>Messages are shown on whichever page comes next.</p>`);
  }
  if (pathname !== "/") return page("Not found", messages, html``, 404);
  if (method !== "POST") return page("Profile", messages, form);

  const name = (await request.formData()).get("name");
  if (typeof name !== "string" || name.trim() === "") {
    messages.error("A name is needed.");
    return page("Profile", messages, form, 422);
  }
  messages.success(`Saved, ${name}.`);
  return Response.redirect(new URL("/", url).href, 303);
});
