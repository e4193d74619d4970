import { Hono } from "hono";
import { html, raw } from "hono/html";
import { jsx } from "hono/jsx";
import { INFO, Message, markSafe } from "onceover";
import { messages } from "onceover/hono";
import { renderMessages } from "onceover/html";
import { describe, expect, test } from "vitest";
import { SECRET } from "../support.ts";
import { CHILDREN, SAFE, shownIn, templateContract } from "./contract.ts";
import { hono } from "./engines/hono.tsx";

templateContract(hono);

describe("in Hono's JSX", () => {
  test.each(CHILDREN)("%s prints nothing where its text should stand", (_, child) => {
    expect(String(jsx("p", {}, child as never))).toBe("<p></p>");
  });

  test("a text is escaped, safe or not", () => {
    expect(String(jsx("p", {}, String(SAFE)))).toBe("<p>&lt;b&gt;a&lt;/b&gt;</p>");
  });
});

describe("in Hono's html helper", () => {
  test("a message prints its text, escaped, safe or not", () => {
    expect(String(html`<p>${SAFE}</p>`)).toBe("<p>&lt;b&gt;a&lt;/b&gt;</p>");
  });

  test("raw() prints a message's HTML", () => {
    const messages = [SAFE, new Message(INFO, "<i>")];
    expect(String(html`${messages.map((each) => html`<p>${raw(each.toHTML())}</p>`)}`)).toBe(
      "<p><b>a</b></p><p>&lt;i&gt;</p>",
    );
  });
});

describe("an app in Hono", () => {
  const app = new Hono();
  app.use(messages({ secret: SECRET }));
  app.post("/", (c) => {
    c.var.messages.success("<Saved>");
    c.var.messages.info(markSafe("<b>Welcome</b>"));
    return c.redirect("/", 303);
  });
  app.get("/jsx", (c) => c.html(hono.list(c.var.messages)));
  app.get("/html", (c) => c.html(html`<main>${raw(renderMessages(c.var.messages))}</main>`));
  app.get("/plain", (c) => c.html("plain"));

  /** The cookies that a browser has after a response. */
  function cookiesAfter(response: Response): string {
    const kept = response.headers.getSetCookie().filter((cookie) => !cookie.includes("Max-Age=0"));
    return kept.map((cookie) => cookie.split(";")[0]).join("; ");
  }

  const get = (path: string, cookie: string) => app.request(path, { headers: { cookie } });
  const posted = async () => cookiesAfter(await app.request("/", { method: "POST" }));

  test.each([
    ["jsx", "li"],
    ["html", "div"],
  ])("shows messages by %s, once", async (page, element) => {
    const first = await get(`/${page}`, await posted());
    expect(shownIn(await first.text(), element).map(({ html }) => html)).toEqual(["&lt;Saved&gt;", "<b>Welcome</b>"]);
    expect(first.headers.getSetCookie()).toHaveLength(1);
    const second = await get(`/${page}`, cookiesAfter(first));
    expect(shownIn(await second.text(), element)).toEqual([]);
  });

  test("leaves them alone on a page that does not show them", async () => {
    const response = await get("/plain", await posted());
    expect(response.headers.getSetCookie()).toEqual([]);
  });
});
