import { readFileSync } from "node:fs";
import { join } from "node:path";
import express, { type Express } from "express";
import { messages } from "onceover/express";
import { renderMessages } from "onceover/html";
import { hxTrigger } from "onceover/htmx";
import { messagesHandler } from "onceover/json";
import type { Page } from "playwright-core";
import { describe, expect, test } from "vitest";
import { isBrowserMissing } from "../browser.ts";
import { pause, SCRIPT, script, shown, untilShown, useSite } from "../client/site.ts";
import { documentation, ROOT } from "../pages.ts";
import { SECRET } from "../support.ts";

const read = (path: string) => readFileSync(join(ROOT, "node_modules", path), "utf8");

/** What the documentation has a page say, as it stands there. */
function documented(page: string, code: string): string {
  expect(documentation(page)).toContain(code);
  return code;
}

const PATHS = ["/", "/other", "/fresh", "/add", "/messages", "/favicon.ico"];

/** Has a message wait for this visitor, as another tab would. */
const add = async (tab: Page) => void (await tab.request.post("/add"));

/** Rests on a link until what that fetched is there. */
async function hover(tab: Page): Promise<void> {
  const fetched = tab.waitForResponse("**/other");
  await tab.getByRole("link").hover();
  await fetched;
}

describe.skipIf(isBrowserMissing)("with HTMX 4 and its preload extension, in Chromium", () => {
  const site = useSite();
  const TOLD = `hx-config='{"headers": {"X-Sec-Purpose": "prefetch"}}'`;

  const open = (link: string, head = "") => {
    const app = express();
    app.use(messages({ secret: SECRET, outlet: hxTrigger() }));
    app.get("/favicon.ico", (_req, res) => res.sendStatus(204));
    app.post("/add", (req, res) => {
      req.messages.info("Waits.");
      res.sendStatus(204);
    });
    app.all("/other", (_req, res) => res.send("<p>Other</p>"));
    app.get("/fresh", (_req, res) => res.set("Cache-Control", "no-store").send("<p>Fresh</p>"));
    app.get("/", (_req, res) => {
      res.send(`<!doctype html><title>Home</title>${head}<script src="/htmx.js"></script>${SCRIPT}
        <onceover-messages></onceover-messages>${link}<button hx-post="/other" hx-target="main">Next</button><main></main>`);
    });
    site.serve({
      "/htmx.js": script(`${read("htmx.org/dist/htmx.min.js")}\n;${read("htmx.org/dist/ext/hx-preload.js")}`),
      ...routesOf(app),
    });
    return site.open();
  };
  const next = async (tab: Page) => {
    await tab.getByRole("button", { name: "Next" }).click();
    await tab.locator("main").getByText("Other").waitFor();
    await pause(tab);
  };
  const link = (more: string) =>
    `<a hx-get="/other" hx-target="main" hx-preload="mouseenter" ${more} role="link">Preloaded</a>`;

  test.each([
    ["takes its messages with it", "", []],
    ["takes none if the element says what it does", TOLD, ["Waits."]],
  ])("what is preloaded and never clicked %s", async (_, told, expected) => {
    expect(documentation("htmx")).toContain(told);
    const tab = await open(link(told));
    await add(tab);
    await hover(tab);
    await next(tab);
    expect(await shown(tab)).toEqual(expected);
  });

  test("what an element fetches that says so carries no messages, and they come with the next request", async () => {
    const tab = await open(link(documented("htmx", TOLD)));
    await add(tab);
    await hover(tab);
    await tab.getByRole("link").click();
    await tab.locator("main").getByText("Other").waitFor();
    await pause(tab);
    expect(await shown(tab)).toEqual([]);
    await tab.getByRole("link").click();
    await pause(tab);
    expect(await shown(tab)).toEqual([]);
    await next(tab);
    expect(await shown(tab)).toEqual(["Waits."]);
  });

  test.each([
    ["takes its messages with it", "", []],
    [
      "is not fetched if the page says so",
      `<meta name="htmx-config" content='{"preload": {"autoBoost": false}}'>`,
      ["Waits."],
    ],
  ])("a boosted link that is pressed, and not clicked, %s", async (_, head, expected) => {
    expect(documentation("htmx")).toContain(head);
    const tab = await open('<a hx-boost="true" href="/other">Boosted</a>', head);
    await add(tab);
    await tab.getByRole("link").hover();
    await tab.mouse.down();
    await pause(tab);
    await tab.mouse.move(0, 0);
    await tab.mouse.up();
    await next(tab);
    expect(await shown(tab)).toEqual(expected);
  });

  test.each([
    ["waits where a fragment is answered by 304, as the browser has it already", "/other", []],
    ["is there where the fragment is for no cache", "/fresh", ["Waits."]],
  ])("a message %s", async (_, path, expected) => {
    const tab = await open(`<a hx-get="${path}" hx-target="main" role="link">Link</a>`);
    await tab.getByRole("link").click();
    await tab.locator("main p").waitFor();
    await add(tab);
    await tab.getByRole("link").click();
    await pause(tab);
    expect(await shown(tab)).toEqual(expected);
    await next(tab);
    expect(await shown(tab)).toEqual(["Waits."]);
  });
});

describe.skipIf(isBrowserMissing)("with Turbo, in Chromium", () => {
  const site = useSite();

  const open = (head: string, element: string) => {
    const app = express();
    app.use(messages({ secret: SECRET }));
    app.get("/favicon.ico", (_req, res) => res.sendStatus(204));
    app.post("/add", (req, res) => {
      req.messages.info("Waits.");
      res.sendStatus(204);
    });
    app.get("/messages", messagesHandler);
    for (const [path, other] of [
      ["/", "/other"],
      ["/other", "/"],
    ] as const) {
      app.get(path, (req, res) => {
        res.send(`<!doctype html><html lang="en"><head><title>${path}</title>${head}<script src="/turbo.js"></script>
          ${SCRIPT}</head><body>${element}${renderMessages(req.messages)}</onceover-messages>
          <h1>At ${path}</h1><a href="${other}">Link</a></body></html>`);
      });
    }
    site.serve({ "/turbo.js": script(read("@hotwired/turbo/dist/turbo.es2017-umd.js")), ...routesOf(app) });
    return site.open();
  };
  const visit = async (tab: Page, path: string) => {
    await tab.getByRole("link").click();
    await tab.getByRole("heading", { name: `At ${path}`, exact: true }).waitFor();
    await pause(tab);
  };

  test("a page that was prefetched is the one that is shown; its message comes with the next that is fetched", async () => {
    const tab = await open("", "<onceover-messages>");
    await add(tab);
    await hover(tab);
    await visit(tab, "/other");
    expect(await shown(tab)).toEqual([]);
    await tab.goto("/");
    await untilShown(tab, ["Waits."]);
  });

  test("with prefetching turned off, the message is on the page visited", async () => {
    const tab = await open(documented("turbo", '<meta name="turbo-prefetch" content="false">'), "<onceover-messages>");
    await add(tab);
    await tab.getByRole("link").hover();
    await pause(tab);
    await visit(tab, "/other");
    expect(await shown(tab)).toEqual(["Waits."]);
  });

  test("with a `src`, the element fetches it when the prefetched page is shown", async () => {
    const tab = await open("", documented("turbo", '<onceover-messages src="/messages">'));
    await add(tab);
    await hover(tab);
    await visit(tab, "/other");
    expect(await shown(tab)).toEqual(["Waits."]);
    await tab.goto("/");
    await pause(tab);
    expect(await shown(tab)).toEqual([]);
  });
});

const routesOf = (app: Express) => Object.fromEntries(PATHS.map((path) => [path, app]));
