import { readFileSync } from "node:fs";
import type { RequestListener } from "node:http";
import express from "express";
import { Message, SUCCESS } from "onceover";
import { messages as onceover } from "onceover/express";
import { renderMessages } from "onceover/html";
import { turboStream } from "onceover/turbo";
import { describe, expect, test } from "vitest";
import { isBrowserMissing } from "../browser.ts";
import { SECRET } from "../support.ts";
import {
  json,
  message,
  page,
  pause,
  SCRIPT,
  script,
  text,
  untilHeard,
  untilShown,
  useSite,
  WITHOUT_TRUSTED_TYPES,
} from "./site.ts";

const TURBO = readFileSync(
  new URL("../../node_modules/@hotwired/turbo/dist/turbo.es2017-umd.js", import.meta.url),
  "utf8",
);
const HEAD = `<meta name="csp-nonce" content="turbo"><script src="/turbo.js"></script>${SCRIPT}`;

const html = (body: string, head = HEAD): RequestListener => page(body, { head, policy: WITHOUT_TRUSTED_TYPES });
const rendered = (...texts: readonly string[]) => renderMessages(texts.map((one) => new Message(SUCCESS, one)));
const messages = (...texts: readonly string[]) => `<onceover-messages>${rendered(...texts)}</onceover-messages>`;
const FORM = '<form method="post" action="/save"><button>Save</button></form>';

describe.skipIf(isBrowserMissing)("with Turbo 8, in Chromium", () => {
  const site = useSite();

  test("the back button brings back a page of the cache without what it had shown", async () => {
    site.serve({
      "/turbo.js": script(TURBO),
      "/": html(`<onceover-messages>${rendered("Saved.")}Bare.</onceover-messages><a href="/other">Other</a>`),
      "/other": html(`${messages("Other.")}<h1>Second</h1>`),
    });
    const tab = await site.open();
    await tab.evaluate("window.isSameDocument = true");
    await untilHeard(tab, ["status: Saved.", "status: Bare."]);
    await tab.getByRole("link").click();
    await untilShown(tab, ["Other."]);
    await untilHeard(tab, ["status: Saved.", "status: Bare.", "status: Other."]);
    await tab.evaluate("history.back()");
    await tab.getByRole("link").waitFor();
    await untilShown(tab, []);
    await tab.evaluate("history.forward()");
    await tab.getByRole("heading").waitFor();
    await untilShown(tab, []);
    await untilHeard(tab, ["status: Saved.", "status: Bare.", "status: Other."]);
    expect(await tab.evaluate("window.isSameDocument")).toBe(true);
  });

  test("the preview of a page shows and fetches nothing; the page itself does", async () => {
    let answer = () => {};
    const waiting = [[], [message("Fetched.")]];
    const home = (text: string) =>
      html(`<onceover-messages src="/messages">${rendered(text)}</onceover-messages><a href="/other">Other</a>`);
    site.serve({
      "/turbo.js": script(TURBO),
      "/": home("First."),
      "/other": html('<a href="/">Home</a>'),
      "/messages": (request, response) => json(waiting.shift())(request, response),
    });
    const tab = await site.open();
    await untilHeard(tab, ["status: First."]);
    await tab.getByRole("link", { name: "Other" }).click();
    site.serve({
      "/": (request, response) => {
        answer = () => home("Second.")(request, response);
      },
    });
    await tab.getByRole("link", { name: "Home" }).click();
    await tab.locator("[data-turbo-preview] onceover-messages").waitFor({ state: "attached" });
    await pause(tab);
    await untilShown(tab, []);
    expect(waiting).toHaveLength(1);
    answer();
    await untilShown(tab, ["Second.", "Fetched."]);
    await untilHeard(tab, ["status: First.", "status: Second.", "status: Fetched."]);
  });

  test("a stream appends messages, and another prepends some", async () => {
    const stream = (action: string, text: string) =>
      `<turbo-stream action="${action}" targets="onceover-messages"><template>${rendered(text)}</template></turbo-stream>`;
    site.serve({
      "/turbo.js": script(TURBO),
      "/": html(`${messages("Before.")}${FORM}`),
      "/save": text(stream("append", "Last.") + stream("prepend", "First."), "text/vnd.turbo-stream.html"),
    });
    const tab = await site.open();
    await untilHeard(tab, ["status: Before."]);
    await tab.getByRole("button", { name: "Save" }).click();
    await untilShown(tab, ["First.", "Before.", "Last."]);
    await untilHeard(tab, ["status: Before.", "status: Last.", "status: First."]);
  });

  test("a page that is morphed shows a message again that says the same as the one before it", async () => {
    const head = `<meta name="turbo-refresh-method" content="morph">${HEAD}`;
    site.serve({
      "/turbo.js": script(TURBO),
      "/": html(`${messages("Saved.")}${FORM}`, head),
      "/save": (_, response) => response.writeHead(303, { location: "/" }).end(),
    });
    const tab = await site.open();
    const element = await tab.locator("onceover-messages").elementHandle();
    await untilHeard(tab, ["status: Saved."]);
    await tab.getByRole("button", { name: "Save" }).click();
    await untilHeard(tab, ["status: Saved.", "status: Saved."]);
    await untilShown(tab, ["Saved."]);
    await tab.getByRole("button", { name: "Dismiss" }).click();
    await untilShown(tab, []);
    await tab.getByRole("button", { name: "Save" }).click();
    await untilHeard(tab, ["status: Saved.", "status: Saved.", "status: Saved."]);
    await untilShown(tab, ["Saved."]);
    site.serve({ "/": html(`${messages()}${FORM}`, head) });
    await tab.getByRole("button", { name: "Save" }).click();
    await untilShown(tab, []);
    expect(await element?.evaluate((node) => node.isConnected)).toBe(true);
  });

  test.each(["replace", "morph"])(
    "a stream that refreshes the page (%s) leaves its message to that page",
    async (method) => {
      const head = `<meta name="turbo-refresh-method" content="${method}">${HEAD}`;
      const app = express();
      app.use(onceover({ secret: SECRET }));
      app.get("/", (req, res) => {
        html(`<onceover-messages>${renderMessages(req.messages)}</onceover-messages>${FORM}`, head)(req, res);
      });
      app.post("/save", (req, res) => {
        req.messages.success("Saved.");
        const streams = '<turbo-stream action="refresh"></turbo-stream>';
        res.type("text/vnd.turbo-stream.html");
        res.send(streams + (streams.includes('action="refresh"') ? "" : turboStream(req.messages)));
      });
      site.serve({ "/turbo.js": script(TURBO), "/": app, "/save": app });
      const tab = await site.open();
      await tab.evaluate("window.isSameDocument = true");
      await tab.getByRole("button", { name: "Save" }).click();
      await untilHeard(tab, ["status: Saved."]);
      await untilShown(tab, ["Saved."]);
      expect(await tab.evaluate("window.isSameDocument")).toBe(true);
      await tab.reload();
      await pause(tab);
      await untilShown(tab, []);
    },
  );
});
