import { readFileSync } from "node:fs";
import { createServer, type IncomingMessage, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import type { Browser, BrowserContext, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { createApp } from "../../examples/demo/app.ts";
import { levels } from "../../examples/demo/config.ts";
import { SAMPLES } from "../../examples/demo/samples.ts";
import { HOW_TO_GET_CHROMIUM, isBrowserMissing, launchBrowser } from "../browser.ts";
import { type Answer, Client } from "../client.ts";

if (isBrowserMissing) console.warn(`Tests in a browser are skipped. ${HOW_TO_GET_CHROMIUM}`);

let server: Server;
let origin: string;
/** What the server was asked, in order; and how many of those were under way at once, at most. */
let seen: IncomingMessage[] = [];
let mostAtOnce = 0;

beforeAll(async () => {
  const app = createApp();
  let atOnce = 0;
  server = createServer((req, res) => {
    seen.push(req);
    atOnce += 1;
    mostAtOnce = Math.max(mostAtOnce, atOnce);
    res.once("close", () => {
      atOnce -= 1;
    });
    app(req, res);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});

afterAll(() => {
  server.close();
  server.closeAllConnections();
});

beforeEach(() => {
  seen = [];
  mostAtOnce = 0;
});

describe("the demo, over HTTP", () => {
  let visitor: Client;

  beforeEach(() => {
    visitor = new Client(origin);
  });

  const submit = (path: string, fields: Record<string, string> = {}) =>
    visitor.post(path, { body: new URLSearchParams(fields) });
  const playground = async () => shownBy(await visitor.get("/"));

  test.each(levels.filter(({ name }) => name !== "debug"))("shows a message of level $name once", async ({ name }) => {
    const answer = await submit("/messages", { level: name });
    expect([answer.status, answer.headers.location]).toEqual([303, "/"]);
    expect(shownBy(await visitor.follow(answer))).toEqual([{ tags: name, text: SAMPLES[name] }]);
    expect(await playground()).toEqual([]);
    expect(await messagesCookies()).toEqual([]);
  });

  test("gives a message extra tags, and escapes what a visitor typed", async () => {
    await submit("/messages", { level: "info", text: '<script>alert("hi")</script>', tags: 'pinned mono"><b>' });
    const [message] = await playground();
    expect(message?.text).toBe("&lt;script&gt;alert(&quot;hi&quot;)&lt;/script&gt;");
    expect(message?.tags).toBe("pinned mono&quot;&gt;&lt;b&gt; info");
  });

  test("prints safe HTML as it is", async () => {
    await submit("/messages/safe-html");
    expect((await playground())[0]?.text).toContain("<strong>Q3 report</strong>");
  });

  test("shows several messages in the order in which they were added", async () => {
    const texts = ["one", "two", "three", "four", "five", "six"];
    for (const text of texts) await submit("/messages", { level: "info", text });
    expect((await playground()).map(({ text }) => text)).toEqual(texts);
  });

  test("keeps in the session what cookies cannot hold, and brings all back in order", async () => {
    await submit("/messages/many");
    const size = (await messagesCookies()).reduce((sum, [, value]) => sum + value.length, 0);
    expect(size).toBeGreaterThan(1500);
    expect(size).toBeLessThanOrEqual(2048);

    const page = await visitor.get("/");
    const inSession = Number(/(\d+) that did not fit into cookies/.exec(page.body)?.[1]);
    expect(inSession).toBeGreaterThan(0);
    expect(inSession).toBeLessThan(24);
    expect(shownBy(page).map(({ text }) => Number(/File (\d+) of 24/.exec(text)?.[1]))).toEqual(
      Array.from({ length: 24 }, (_, index) => index + 1),
    );
    expect(await playground()).toEqual([]);
  });

  test("remembers the minimum level that the visitor chose", async () => {
    await submit("/messages", { level: "debug" });
    expect(await playground()).toEqual([]);

    await submit("/settings", { minimum: "debug", template: "list" });
    await submit("/messages", { level: "debug" });
    expect(await playground()).toEqual([{ tags: "debug", text: SAMPLES.debug }]);

    await submit("/settings", { minimum: "error", template: "list" });
    for (const { name } of levels) await submit("/messages", { level: name });
    expect((await playground()).map(({ tags }) => tags)).toEqual(["error", "critical"]);
  });

  test("shows them with Django's other template", async () => {
    await submit("/settings", { minimum: "info", template: "alerts" });
    await submit("/messages", { level: "error" });
    await submit("/messages", { level: "success" });
    const { body } = await visitor.get("/");
    expect(body).toMatch(/<div class="alert alert-error">\s*Important: The card was declined/);
    expect(body).toMatch(/<div class="alert alert-success">\s*Your report was published\.\s*<\/div>/);
  });

  test("uses Django's templates unchanged", () => {
    const template = (name: string) =>
      readFileSync(new URL(`../../examples/demo/views/django/${name}.html`, import.meta.url), "utf8");
    expect(template("list")).toBe(`{% if messages %}
    <ul class="messages">
        {% for message in messages %}
            <li class="{{ message.tags }}">{{ message }}</li>
        {% endfor %}
    </ul>
{% endif %}
`);
    expect(template("alerts")).toBe(`{% for message in messages %}
<div class="alert alert-{{ message.tags }}">
    {% if message.level == DEFAULT_MESSAGE_LEVELS.ERROR %}Important: {% endif %}{{ message }}
</div>
{% endfor %}
`);
  });

  test("loses nothing when two tabs post at once", async () => {
    await Promise.all([submit("/tabs", { tab: "A" }), submit("/tabs", { tab: "B" })]);
    expect(mostAtOnce).toBe(2);
    expect((await playground()).map(({ text }) => text).sort()).toEqual([
      "Tab A saved its work.",
      "Tab B saved its work.",
    ]);
  });

  test("shows a form that failed with its own errors, and the other messages above", async () => {
    await submit("/messages", { level: "info", text: "from before" });
    const page = await submit("/signup", { name: "Ada", email: "nowhere" });
    expect(page.status).toBe(422);
    expect(shownBy(page).map(({ text }) => text)).toEqual(["from before", "Nothing was saved yet: see below."]);
    expect(page.body).toMatch(/id="email-error">That is not an e-mail address\./);
    expect(page.body).toContain('value="Ada"');
    expect(page.body).not.toContain('id="name-error"');
    expect(shownBy(await visitor.get("/signup"))).toEqual([]);
  });

  test("redirects after a form that succeeded, and says so once", async () => {
    const answer = await submit("/signup", { name: "Ada <3", email: "ada@example.org" });
    expect([answer.status, answer.headers.location]).toEqual([303, "/signup"]);
    const shown = shownBy(await visitor.follow(answer));
    expect(shown).toEqual([{ tags: "success", text: "Ada &lt;3, you are on the list." }]);
    expect(shownBy(await visitor.get("/signup"))).toEqual([]);
  });

  test("answers a form that is too large with an error page, and keeps what waits", async () => {
    await submit("/messages", { level: "info" });
    const page = await submit("/messages", { level: "info", text: "x".repeat(20_000) });
    expect(page.status).toBe(413);
    expect(page.body).toContain("<h1>Error 413</h1>");
    expect(await playground()).toHaveLength(1);
  });

  test.each([
    ["redirect", 303],
    ["fail", 500],
    ["quiet", 200],
    ["prefetch", 200],
  ])("keeps messages on the way through /%s", async (way, status) => {
    const answer = await submit("/kept", { way });
    expect(answer.headers.location).toBe(`/${way}`);
    const page = await visitor.follow(answer);
    expect(page.status).toBe(status);
    expect(shownBy(page)).toEqual([]);
    expect(await messagesCookies()).toHaveLength(1);
    expect(await playground()).toHaveLength(1);
    expect(await playground()).toEqual([]);
  });

  test("keeps messages when the playground is fetched ahead", async () => {
    await submit("/messages", { level: "info" });
    const ahead = await visitor.get("/", { "sec-purpose": "prefetch" });
    expect(shownBy(ahead)).toEqual([]);
    expect(await playground()).toHaveLength(1);
  });

  test("takes the cookies apart beside the page, and uses nothing up", async () => {
    await submit("/messages", { level: "success", text: "Saved <it>.", tags: "pinned" });
    await submit("/messages", { level: "info", text: "compressible ".repeat(200) });
    const [[name, value] = ["", ""], [other] = [""]] = await messagesCookies();
    for (const path of ["/quiet", "/inspector", "/inspector"]) {
      const { body } = await visitor.get(path);
      expect(body).toContain(`<code>${name}</code>`);
      expect(body).toContain(`<code>${other}</code>`);
      expect(body).toMatch(new RegExp(`${value.length} characters,\\s+signed <time datetime="20\\d\\d-`));
      expect(body).toMatch(/\d+ characters, zlib,\s+signed/);
      expect(body).toContain(`&quot;${name.replace("messages.", "")}&quot;`);
      expect(body).toContain("[&quot;__json_message&quot;,0,25,&quot;Saved &lt;it&gt;.&quot;,&quot;pinned&quot;]");
    }
    expect(await playground()).toHaveLength(2);
    expect((await visitor.get("/inspector")).body).toContain("Nothing, neither in cookies nor in the session.");
  });

  test("leaves a cookie that is none of its own alone, and says so", async () => {
    await visitor.jar.setCookie("messages=forged; Path=/", origin);
    const page = await visitor.get("/");
    expect([page.status, shownBy(page)]).toEqual([200, []]);
    expect(page.body).toContain("none of ours");
    expect(await messagesCookies()).toEqual([["messages", "forged"]]);
  });

  test("sends strict headers, and cookies that scripts and other sites do not get", async () => {
    await submit("/settings", { minimum: "info", template: "list" });
    const answer = await visitor.get("/");
    expect(answer.headers["content-security-policy"]).toMatch(/^default-src 'self';/);
    expect(answer.headers["content-security-policy"]).not.toMatch(/unsafe|data:/);
    expect(answer.headers["x-powered-by"]).toBeUndefined();
    await submit("/messages", { level: "info" });
    for (const cookie of await visitor.jar.getCookies(origin)) {
      expect([cookie.key, cookie.httpOnly, cookie.sameSite]).toEqual([cookie.key, true, "lax"]);
    }
  });

  test("starts no session for a visitor who does not need one", async () => {
    await submit("/messages", { level: "info" });
    await visitor.get("/");
    expect(await visitor.cookies()).not.toHaveProperty("session");
  });

  async function messagesCookies(): Promise<[string, string][]> {
    return Object.entries(await visitor.cookies()).filter(([name]) => name.startsWith("messages"));
  }
});

describe.skipIf(isBrowserMissing)("the demo, in Chromium", () => {
  let browser: Browser;
  let context: BrowserContext;
  let page: Page;
  const complaints: string[] = [];

  beforeAll(async () => {
    browser = await launchBrowser();
  });

  afterAll(() => browser?.close());

  beforeEach(() => open({}));

  afterEach(async () => {
    await context.close();
    // A Content-Security-Policy that forbids something is an error on the console, too.
    expect(complaints.splice(0)).toEqual([]);
  });

  async function open(options: { javaScriptEnabled?: boolean }): Promise<void> {
    await context?.close();
    context = await browser.newContext({ baseURL: origin, ...options });
    context.on("console", (line) => {
      if (line.type() === "error" || line.type() === "warning") complaints.push(line.text());
    });
    context.on("weberror", (error) => complaints.push(error.error().message));
    page = await context.newPage();
    await page.goto("/");
  }

  const click = (name: string | RegExp) => page.getByRole("button", { name, exact: true }).click();
  const shown = () => page.getByRole("status").locator("li").allInnerTexts();
  const waitingNow = async () => (await page.locator("[data-waiting-now]").textContent())?.trim();

  test("a click adds a message; it is seen once and gone on reload", async () => {
    await page.getByLabel("Text").fill("Hello, <b>you</b>.");
    await page.getByLabel("Extra tags").fill("pinned");
    await click(/^critical/);
    expect(await shown()).toEqual(["Hello, <b>you</b>."]);
    await expect.poll(waitingNow).toBe("Nothing, neither in cookies nor in the session.");
    await page.reload();
    expect(await shown()).toEqual([]);
  });

  test("each level is a click away, and the minimum level holds back what is below", async () => {
    await page.getByLabel("Minimum level").selectOption("warning");
    await click("Apply");
    for (const { name } of levels) {
      await click(new RegExp(`^${name}`));
      expect(await shown()).toHaveLength(["warning", "error", "critical"].includes(name) ? 1 : 0);
    }
  });

  test("both tabs at once: both messages are there", async () => {
    await click("Both at once");
    await page.waitForURL(/\/$/);
    await expect.poll(shown, { timeout: 10_000 }).toHaveLength(2);
    expect(mostAtOnce).toBeGreaterThanOrEqual(2);
    await page.reload();
    expect(await shown()).toEqual([]);
  });

  test("a quiet page uses nothing up, and shows what waits", async () => {
    await click("Quiet page");
    await page.waitForURL(/\/quiet$/);
    await expect.poll(waitingNow).toBe("All of it, still.");
    await page.getByRole("link", { name: "Back to the playground" }).click();
    expect(await shown()).toEqual(["The page before had no place for messages."]);
  });

  test("the browser's own prefetch uses nothing up", async () => {
    await click("Prefetch");
    await expect.poll(prefetched).toEqual(["/"]);
    await expect.poll(waitingNow).toBe("All of it, still.");
    await page.getByRole("link", { name: "Open the playground" }).click();
    expect(await shown()).toEqual(["The browser had fetched this page ahead, and I stayed where I was."]);
    await page.reload();
    expect(await shown()).toEqual([]);
  });

  test("so does a link to prefetch that a script inserts", async () => {
    await page.goto("/quiet");
    await page.request.post("/messages", { form: { level: "info" }, maxRedirects: 0 });
    await page.evaluate(() => {
      document.head.append(Object.assign(document.createElement("link"), { rel: "prefetch", href: "/" }));
    });
    await expect.poll(prefetched).toEqual(["/"]);
    await page.goto("/");
    expect(await shown()).toEqual([SAMPLES.info]);
  });

  test("all of it works without JavaScript", async () => {
    await open({ javaScriptEnabled: false });
    await click(/^success/);
    expect(await shown()).toEqual([SAMPLES.success]);
    await page.reload();
    expect(await shown()).toEqual([]);

    const tabs = [context.waitForEvent("page"), context.waitForEvent("page")];
    await page.getByRole("button", { name: "Tab A" }).click({ noWaitAfter: true });
    await page.getByRole("button", { name: "Tab B" }).click({ noWaitAfter: true });
    await Promise.all(tabs);
    const quiet = () => context.pages().filter((tab) => tab.url().endsWith("/quiet")).length;
    await expect.poll(quiet, { timeout: 10_000 }).toBe(2);
    expect(mostAtOnce).toBeGreaterThanOrEqual(2);
    await page.reload();
    expect((await shown()).sort()).toEqual(["Tab A saved its work.", "Tab B saved its work."]);

    await page.getByRole("link", { name: "A form" }).click();
    await page.getByLabel("Name").fill("Ada");
    await page.getByLabel("E-mail").fill("ada@example.org");
    await click("Sign up");
    expect(await shown()).toEqual(["Ada, you are on the list."]);
  });

  test.each(["light", "dark"] as const)("fits a narrow window, in %s colours", async (colorScheme) => {
    await page.emulateMedia({ colorScheme });
    await page.setViewportSize({ width: 390, height: 800 });
    await click("24 at once");
    expect(await shown()).toHaveLength(24);
    await page.waitForLoadState("load"); // the style sheet is there
    const overflow = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
    expect(overflow).toBeLessThanOrEqual(0);
  });

  const prefetched = () =>
    seen.filter(({ headers }) => /prefetch/.test(String(headers["sec-purpose"]))).map(({ url }) => url);
});

/** The messages in a page's live region, as Django's list template writes them. */
function shownBy({ body }: Answer): { tags: string; text: string }[] {
  const [, region = ""] = /<div role="status"[^>]*>([\s\S]*?)<\/section>/.exec(body) ?? [];
  return [...region.matchAll(/<li class="([^"]*)">([\s\S]*?)<\/li>/g)].map(([, tags = "", text = ""]) => ({
    tags,
    text,
  }));
}
