import express, { type Express, type RequestHandler } from "express";
import type { Messages } from "onceover";
import { messages } from "onceover/express";
import { messagesHandler } from "onceover/json";
import type { Page } from "playwright-core";
import { afterEach, describe, expect, test } from "vitest";
import type { ContractServer } from "../adapters/contract.ts";
import { listen, serverOfEachTest } from "../adapters/servers.ts";
import { HOW_TO_GET_CHROMIUM, isBrowserMissing, visitAlone } from "../browser.ts";
import { client, pause, SCRIPT, script, untilShown, useSite } from "../client/site.ts";
import { SECRET } from "../support.ts";

if (isBrowserMissing) console.warn(`Tests in a browser are skipped. ${HOW_TO_GET_CHROMIUM}`);

const PATHS = ["/", "/next", "/plain", "/save", "/messages", "/account", "/refusing", "/login", "/here"];

const { serve } = serverOfEachTest();

/** The addresses that the server was asked for. */
const asked: string[] = [];
/** Those that it has answered ahead, each with the purpose that the browser states. */
const ahead: string[] = [];

/** A page without messages, which has another page fetched or rendered ahead, and that page. */
function appWith(speculation: string, { path = "/next", attributes = "", tail = "" } = {}): Express {
  asked.length = ahead.length = 0;
  const app = express();
  app.use((req, res, next) => {
    asked.push(req.url);
    const purpose = req.get("sec-purpose");
    if (purpose) res.on("finish", () => ahead.push(`${req.url} ${purpose}`));
    next();
  });
  app.use(messages({ secret: SECRET }));
  app.get("/", (_req, res) => {
    res.send(
      `<!doctype html><title>Home</title><link rel="icon" href="data:,">${speculation}<a href="${path}">Link</a>`,
    );
  });
  app.get(
    "/next",
    (req, res) => void res.set("Cache-Control", "no-store").send(pageOf(req.messages, attributes) + tail),
  );
  app.get("/plain", (_req, res) => void res.send('<!doctype html><title>Plain</title><link rel="icon" href="data:,">'));
  app.post("/save", (req, res) => {
    req.messages.success("Saved.");
    res.cookie("own", "stays").json({});
  });
  app.get("/messages", messagesHandler);
  app.get("/account", logInFirst);
  app.get("/refusing", (req, res, next) => (req.get("Sec-Purpose") ? void res.sendStatus(503) : next()), logInFirst);
  app.get("/login", (req, res) => void res.send(pageOf(req.messages)));
  app.get("/here", (req, res) => {
    req.messages.info("Added here.");
    res.send(pageOf(req.messages));
  });
  return app;
}

const logInFirst: RequestHandler = (req, res) => {
  req.messages.info("Log in first.");
  res.redirect("/login");
};

function pageOf(shown: Messages, attributes = ""): string {
  const list = [...shown].map((one) => `<p class="${one.tags}">${one.toHTML()}</p>`);
  const element = `<onceover-messages${attributes}>${list.join("")}</onceover-messages>`;
  return `<!doctype html><title>Page</title><link rel="icon" href="data:,">${SCRIPT}${element}<h1>Here</h1>`;
}

const rules = (action: string, path = "/next") =>
  `<script type="speculationrules">{"${action}":[{"source":"list","urls":["${path}"],"eagerness":"immediate"}]}</script>`;

describe.skipIf(isBrowserMissing)("pages that Chromium fetches or renders ahead", () => {
  const site = useSite();

  const serveSite = (app: Express) => site.serve(Object.fromEntries(PATHS.map((path) => [path, app])));
  const save = (tab: Page) => tab.evaluate(async () => (await fetch("/save", { method: "POST" })).text());
  const untilAhead = (lines: readonly string[]) =>
    expect.poll(() => ahead, { timeout: 5_000 }).toEqual(expect.arrayContaining([...lines]));
  const click = async (tab: Page) => {
    await tab.getByRole("link").click();
    await tab.getByRole("heading", { name: "Here" }).waitFor();
  };

  // With a tool attached, Chromium fetches ahead what a rule says to render, and no more.
  describe.each([
    ["prefetch", "prefetch"],
    ["prerender", "prefetch;prerender"],
  ])("by the speculation rule %s,", (action, purpose) => {
    test("a page from before a message was added is asked for again, and shows it", async () => {
      serveSite(appWith(rules(action)));
      const tab = await site.open();
      await untilAhead([`/next ${purpose}`]);
      await save(tab);
      expect(await site.context.cookies()).toContainEqual(expect.objectContaining({ name: "own", value: "stays" }));
      await click(tab);
      await untilShown(tab, ["Saved."]);
      await tab.reload();
      await untilShown(tab, []);
    });

    test("a page that was asked for while a message waited fetches it from its `src` once it is visited", async () => {
      serveSite(appWith(rules(action), { attributes: ' src="/messages"' }));
      const tab = await site.open("/plain");
      await save(tab);
      await tab.goto("/");
      await untilAhead([`/next ${purpose}`]);
      await pause(tab, 500);
      expect(asked).not.toContain("/messages");
      await click(tab);
      await untilShown(tab, ["Saved."]);
      await tab.reload();
      await pause(tab);
      await untilShown(tab, []);
    });
  });

  const link = (path: string) => `<link rel="prefetch" href="${path}">`;
  const prefetchRule = (path: string) => rules("prefetch", path);

  describe.each([
    ["a message and a redirect, by <link rel=prefetch>", "/account", link, "Log in first."],
    ["a message and a redirect, by a rule that the server refuses", "/refusing", prefetchRule, "Log in first."],
    ["a page that adds a message and shows it, by <link rel=prefetch>", "/here", link, "Added here."],
    ["a page that adds a message and shows it, by a rule", "/here", prefetchRule, "Added here."],
  ])("%s,", (_, path, speculate, text) => {
    const open = async () => {
      serveSite(appWith(speculate(path), { path }));
      const tab = await site.open();
      await untilAhead([`${path} prefetch`]);
      await pause(tab);
      return tab;
    };

    test("show nothing to a visitor who does not go there", async () => {
      const tab = await open();
      await tab.goto("/next");
      await pause(tab);
      await untilShown(tab, []);
    });

    test("show it once to a visitor who does", async () => {
      const tab = await open();
      await click(tab);
      await untilShown(tab, [text]);
      await tab.goto("/next");
      await pause(tab);
      await untilShown(tab, []);
    });
  });
});

describe.skipIf(isBrowserMissing)("a page that Chromium renders ahead", () => {
  let server: ContractServer;
  let end = async () => {};
  afterEach(async () => {
    await end();
    await server.close();
  });

  /** Visits the first page, whose script `before` runs once the next page is rendered ahead, and goes to that. */
  async function report(first: string, before: string, attributes: string): Promise<unknown> {
    const code = await client();
    return new Promise((resolve, reject) => {
      const app = express();
      app.use("/client.js", script(code));
      app.use("/go.js", script(`${GO}${before};location.href = "/next"`));
      app.use("/report.js", script(REPORT));
      app.get("/first", (_req, res) => void res.send(`<script type="module">${SAVE};location.href = "/"</script>`));
      app.get("/is-ahead", (_req, res) => void res.json(ahead.includes("/next prefetch;prerender")));
      app.post("/report", express.json(), ({ body }, res) => {
        res.end();
        resolve(body);
      });
      app.use(appWith(`${rules("prerender")}<script type="module" src="/go.js"></script>`, { attributes, tail: TAIL }));
      listen(app).then((started) => {
        server = started;
        end = visitAlone(server.origin + first);
      }, reject);
    });
  }

  test("from before a message was added is rendered anew, and shows it", async () => {
    expect(await report("/", SAVE, "")).toEqual({ isAhead: false, shown: ["Saved."] });
  });

  test("fetches what waits from its `src` once it is visited", async () => {
    const found = await report("/first", "", ' src="/messages"');
    expect(found).toEqual({ isAhead: true, shown: ["Saved."] });
    expect(asked.filter((path) => path === "/messages")).toHaveLength(1);
  });
});

test('with `compat: "django"`, a prefetch is a visit, and nothing is cleared', async () => {
  const app = express();
  app.use(messages({ secret: SECRET, compat: "django" }));
  app.get("/account", logInFirst);
  app.get("/login", (req, res) => void res.send([...req.messages].join()));
  const visitor = await serve(app);
  const answer = await visitor.get("/account", { "sec-purpose": "prefetch", "sec-ch-ua": '"Chromium";v="138"' });
  expect(answer.headers).not.toHaveProperty("clear-site-data");
  expect((await visitor.follow(answer)).body).toBe("Log in first.");
});

const TAIL = '<script type="module" src="/report.js"></script>';
const SAVE = 'await fetch("/save", { method: "POST" })';
const PAUSE = "await new Promise((resolve) => setTimeout(resolve, 1000));";
const GO = `while (!(await (await fetch("/is-ahead")).json())) ${PAUSE}${PAUSE}`;
const REPORT = `
  if (document.prerendering) await new Promise((resolve) => document.addEventListener("prerenderingchange", resolve));
  ${PAUSE}
  const isAhead = performance.getEntriesByType("navigation")[0].activationStart > 0;
  const shown = [...document.querySelectorAll("onceover-messages [data-shown]")].map(({ textContent }) => textContent);
  await fetch("/report", {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ isAhead, shown }),
  });`;
