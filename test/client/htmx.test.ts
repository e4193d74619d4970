import { readFileSync } from "node:fs";
import type { RequestListener } from "node:http";
import { ERROR, Message, SUCCESS } from "onceover";
import { renderMessages } from "onceover/html";
import { describe, expect, test } from "vitest";
import { isBrowserMissing } from "../browser.ts";
import { message, page, SCRIPT, script, text, untilHeard, untilShown, useSite, WITHOUT_TRUSTED_TYPES } from "./site.ts";

const read = (path: string) => readFileSync(new URL(`../../node_modules/${path}`, import.meta.url), "utf8");

/** The versions of HTMX, each with the cache of pages that it has, or can have. */
const VERSIONS = {
  "HTMX 2": read("htmx2/dist/htmx.min.js"),
  "HTMX 4": `${read("htmx.org/dist/htmx.min.js")}\n;${read("htmx.org/dist/ext/hx-history-cache.min.js")}`,
};

const HEAD = `
<meta name="htmx-config" content='{"includeIndicatorStyles":false,"includeIndicatorCSS":false,"allowEval":false}'>
<script src="/htmx.js"></script>${SCRIPT}`;

const html = (body: string): RequestListener => page(body, { head: HEAD, policy: WITHOUT_TRUSTED_TYPES });
const messages = (...texts: readonly string[]) =>
  `<onceover-messages>${renderMessages(texts.map((one) => new Message(SUCCESS, one)))}</onceover-messages>`;
const link = (path: string, attributes: string) => `<a href="${path}" hx-get="${path}" ${attributes}>${path}</a>`;

/** A fragment, with the event that `onceover/htmx` puts into the header. */
function withEvent(fragment: string, ...texts: readonly string[]): RequestListener {
  return (request, response) => {
    const detail = { messages: texts.map((one) => message(one)), target: "body" };
    response.setHeader("HX-Trigger", JSON.stringify({ saved: {}, "onceover:messages": detail }));
    text(fragment, "text/html")(request, response);
  };
}

describe.skipIf(isBrowserMissing).each(Object.entries(VERSIONS))("with %s, in Chromium", (_, htmx) => {
  const site = useSite();

  test("an out-of-band swap appends messages", async () => {
    const oob = renderMessages([new Message(SUCCESS, "Added."), new Message(ERROR, "Full.")]);
    site.serve({
      "/htmx.js": script(htmx),
      "/": html(`${messages("Before.")}${link("/add", 'hx-target="#list" hx-swap="beforeend"')}<ul id="list"></ul>`),
      "/add": text(`<li>Milk</li><div hx-swap-oob="beforeend:onceover-messages">${oob}</div>`, "text/html"),
    });
    const tab = await site.open();
    await untilHeard(tab, ["status: Before."]);
    await tab.getByRole("link").click();
    await untilShown(tab, ["Before.", "Added.", "Full."]);
    await untilHeard(tab, ["status: Before.", "status: Added.", "alert: Full."]);
    expect(await tab.getByRole("listitem").allInnerTexts()).toEqual(["Milk"]);
  });

  test("an out-of-band swap of the whole element replaces what it shows", async () => {
    const swap = messages("After.").replace("<onceover-messages", '$& id="messages" hx-swap-oob="true"');
    site.serve({
      "/htmx.js": script(htmx),
      "/": html(`${messages("Before.").replace(">", ' id="messages">')}${link("/add", 'hx-swap="none"')}`),
      "/add": text(swap, "text/html"),
    });
    const tab = await site.open();
    await untilHeard(tab, ["status: Before."]);
    await tab.getByRole("link").click();
    await untilShown(tab, ["After."]);
    await untilHeard(tab, ["status: Before.", "status: After."]);
  });

  test("the event of the header brings messages", async () => {
    site.serve({
      "/htmx.js": script(htmx),
      "/": html(`${messages()}${link("/add", 'hx-target="#list"')}<ul id="list"></ul>`),
      "/add": withEvent("<li>Milk</li>", "Added.", "<b>2</b>"),
    });
    const tab = await site.open();
    await tab.getByRole("link").click();
    await untilShown(tab, ["Added.", "<b>2</b>"]);
    await untilHeard(tab, ["status: Added.", "status: <b>2</b>"]);
  });

  test("the event's messages stay where the response changes the address, or replaces the page around the element", async () => {
    site.serve({
      "/htmx.js": script(htmx),
      "/": html(
        `${messages("Before.")}${link("/part", 'hx-target="#part" hx-push-url="true"')}
        ${link("/whole", 'hx-target="body" hx-push-url="true"')}<div id="part">First part</div>`,
      ),
      "/part": withEvent("Second part", "On the part."),
      "/whole": withEvent(`<main>${messages("On the page.")}Whole</main>`, "In the header."),
    });
    const tab = await site.open();
    await untilHeard(tab, ["status: Before."]);
    await tab.getByRole("link", { name: "/part" }).click();
    await tab.getByText("Second part").waitFor();
    await untilShown(tab, ["Before.", "On the part."]);
    await untilHeard(tab, ["status: Before.", "status: On the part."]);
    await tab.getByRole("link", { name: "/whole" }).click();
    await tab.getByText("Whole").waitFor();
    await untilShown(tab, ["On the page.", "In the header."]);
  });

  test("the back button brings back a page of the cache without what it had shown", async () => {
    site.serve({
      "/htmx.js": script(htmx),
      "/": html(`${messages("Saved.")}Bare <a href="/other" hx-boost="true">Other</a><h1>First</h1>`),
      "/other": html(`${messages("Other.")}<h1>Second</h1>`),
    });
    const tab = await site.open();
    await tab.evaluate("window.isSameDocument = true");
    await untilHeard(tab, ["status: Saved."]);
    await tab.getByRole("link").click();
    await tab.getByRole("heading", { name: "Second" }).waitFor();
    await untilHeard(tab, ["status: Saved.", "status: Other."]);
    // From the cache: the server has nothing any more.
    site.serve({ "/": text("", "text/html"), "/other": text("", "text/html") });
    await tab.evaluate("history.back()");
    await tab.getByRole("heading", { name: "First" }).waitFor();
    await untilShown(tab, []);
    await tab.evaluate("history.forward()");
    await tab.getByRole("heading", { name: "Second" }).waitFor();
    await untilShown(tab, []);
    await untilHeard(tab, ["status: Saved.", "status: Other."]);
    expect(await tab.evaluate("window.isSameDocument")).toBe(true);
  });
});

describe.skipIf(isBrowserMissing)("with a morph of HTMX 4, in Chromium", () => {
  const site = useSite();

  test("a message that says the same as the one before it is shown again, also if that was dismissed", async () => {
    const link = '<a href="/" hx-get="/again" hx-target="main" hx-swap="innerMorph">Again</a>';
    site.serve({
      "/htmx.js": script(VERSIONS["HTMX 4"]),
      "/": html(`${messages("Saved.")}${link}`),
      "/again": text(`${messages("Saved.")}${link}`, "text/html"),
      "/none": text(`${messages()}${link}`, "text/html"),
    });
    const tab = await site.open();
    await untilHeard(tab, ["status: Saved."]);
    await tab.getByRole("link").click();
    await untilHeard(tab, ["status: Saved.", "status: Saved."]);
    await untilShown(tab, ["Saved."]);
    await tab.getByRole("button").click();
    await untilShown(tab, []);
    await tab.getByRole("link").click();
    await untilHeard(tab, ["status: Saved.", "status: Saved.", "status: Saved."]);
    await untilShown(tab, ["Saved."]);
    site.serve({ "/again": text(`${messages()}${link}`, "text/html") });
    await tab.getByRole("link").click();
    await untilShown(tab, []);
  });
});
