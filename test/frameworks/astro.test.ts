import { setTimeout as wait } from "node:timers/promises";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { adapterContract, type ContractServer } from "../adapters/contract.ts";
import { BASE } from "../adapters/contract-app.ts";
import { isBrowserMissing, launchBrowser } from "../browser.ts";
import { Client } from "../client.ts";
import { exampleContract } from "../examples/example-contract.ts";
import { type App, prepareApp } from "./app.ts";
import { browserContract } from "./browser-contract.ts";

let app: App;

beforeAll(() => {
  app = prepareApp("astro");
});

adapterContract("Astro 7 with its own session", (_config, storage) => app.start({ CONTRACT_STORAGE: storage }));
exampleContract("Astro", () => app.start());
browserContract("Astro with <ClientRouter />", () => app.start(), { prefetch: /about$/ });

describe("how Astro renders", () => {
  let server: ContractServer;
  let client: Client;

  beforeAll(async () => {
    server = await app.start();
  });
  afterAll(() => server?.close());
  beforeEach(async () => {
    client = new Client(server.origin);
    await warnings();
  });

  const warnings = async () => JSON.parse((await client.get(`${BASE}/warnings`)).body);
  const add = (text: string) => client.post(`${BASE}/add?text=${text}`);
  const shown = async (path: string) => messagesIn((await client.get(path)).body);

  /** Asks for a page whose rendering stands still in the middle, until its headers have come or are seen to be held back. */
  async function visit(path: string, expected: "streams" | "is held back") {
    const cookie = await client.jar.getCookieString(server.origin);
    const asked = fetch(server.origin + path, { headers: { accept: "text/html", cookie } });
    const streams = asked.then(() => "streams");
    expect(await (expected === "streams" ? streams : Promise.race([streams, wait(300, "is held back")]))).toBe(
      expected,
    );
    await client.post("/rendering/go-on");
    const { status, headers, text } = await asked.then(async (response) => ({
      status: response.status,
      headers: response.headers,
      text: await response.text(),
    }));
    for (const line of headers.getSetCookie()) client.jar.setCookieSync(line, server.origin);
    return { status, headers, shown: messagesIn(text) };
  }

  describe("a page that goes on being rendered while it is sent", () => {
    test("streams where there are no messages, wherever it looks for them", async () => {
      const early = await visit("/rendering/early-messages", "streams");
      expect(early.headers.get("vary")).toBe("Cookie");
      await visit("/rendering/late-messages", "streams");
      await visit("/rendering/untouched", "streams");
      expect(await warnings()).toEqual([]);
    });

    test.each(["early", "late"])(
      "is held back where messages wait, and shows them once: looked at %s",
      async (when) => {
        await add("waits");
        const { shown, headers } = await visit(`/rendering/${when}-messages`, "is held back");
        expect(shown).toEqual(["waits"]);
        expect(headers.get("cache-control")).toBe("no-store");
        expect(headers.get("vary")).toBe("Cookie");
        expect((await visit(`/rendering/${when}-messages`, "streams")).shown).toEqual([]);
      },
    );

    test("is held back where messages wait that it does not show: they stay", async () => {
      await add("waits");
      const { headers } = await visit("/rendering/untouched", "is held back");
      expect(headers.get("cache-control")).toBeNull();
      expect(headers.get("vary")).toBeNull();
      expect(await shown("/about")).toEqual(["waits"]);
    });

    test("is held back where it has added some itself, and shows them once", async () => {
      expect((await visit("/rendering/adds", "is held back")).shown).toEqual(["from the page"]);
      expect(await shown("/about")).toEqual([]);
    });

    test("loses what a component adds while it streams, and a warning says so", async () => {
      await visit("/rendering/adds-late", "streams");
      expect(await warnings()).toEqual(["too-late"]);
      expect(await shown("/about")).toEqual([]);
    });

    test("becomes the error page if it fails while it is held back, and keeps the messages", async () => {
      await add("waits");
      const { status } = await visit("/rendering/fails", "is held back");
      expect(status).toBe(500);
      expect(await shown("/about")).toEqual(["waits", "from the page"]);
      expect(await shown("/about")).toEqual([]);
    });
  });

  test("a rewritten page shows what was added before, by the function form on its own request as well", async () => {
    expect((await client.get("/rendering/rewrites")).body).toContain("<li>from the page</li>");
    expect(await shown("/about")).toEqual([]);
  });

  test("the 404 page shows messages, also in the place of a response without a body", async () => {
    for (const path of ["/nowhere", "/rendering/gone"]) {
      await add("waits");
      expect(await shown(path), path).toEqual(["waits"]);
      expect(await shown("/about"), path).toEqual([]);
    }
  });

  test("the 404 page shows at once, and once, what was added before it was asked for", async () => {
    await add("waits");
    expect(await shown("/rendering/gone?why")).toEqual(["waits", "It was sold."]);
    expect(await shown("/about")).toEqual([]);
    expect(await warnings()).toEqual([]);
  });

  test("an untouched page has the headers that it has without the adapter", async () => {
    const bare = await app.start({ CONTRACT_STORAGE: "none" });
    const headersOf = async (origin: string, path: string) => {
      const { rawHeaders } = await new Client(origin).get(path);
      return rawHeaders.filter((_, index) => rawHeaders[index - (index % 2)] !== "date");
    };
    for (const path of [`${BASE}/untouched`, "/rendering/prerendered"]) {
      expect(await headersOf(server.origin, path)).toEqual(await headersOf(bare.origin, path));
    }
    const [ours, theirs] = [
      headersOf(server.origin, "/rendering/untouched"),
      headersOf(bare.origin, "/rendering/untouched"),
    ];
    await Promise.all([server, bare].map(({ origin }) => new Client(origin).post("/rendering/go-on")));
    expect(await ours).toEqual(await theirs);
    await bare.close();
  });

  test.skipIf(isBrowserMissing)("a prerendered page shows messages in a server island, once", async () => {
    const browser = await launchBrowser();
    const context = await browser.newContext({ baseURL: server.origin });
    const page = await context.newPage();
    const visit = async (path: string) => {
      await page.goto(path, { waitUntil: "networkidle" });
      return page.getByRole("status").allInnerTexts();
    };
    await context.request.post(`${BASE}/add?text=waits`, { maxRedirects: 0 });
    expect(await visit("/rendering/prerendered")).toEqual(["waits"]);
    expect(await visit("/rendering/prerendered")).toEqual([]);
    await browser.close();
  });

  test.skipIf(isBrowserMissing)("an action that a script calls leaves its message for the next page", async () => {
    const browser = await launchBrowser();
    const page = await browser.newPage({ baseURL: server.origin });
    await page.goto("/rendering/calls-action", { waitUntil: "networkidle" });
    await page.getByRole("button", { name: "Call" }).click();
    await page.getByText("called").waitFor();
    await page.getByRole("link", { name: "About" }).click();
    await page.getByRole("heading", { name: "About" }).waitFor();
    expect(await page.getByRole("status").allInnerTexts()).toEqual(["Saved, Ada."]);
    await browser.close();
  });
});

function messagesIn(body: string): string[] {
  return [...body.matchAll(/<p class="[^"]*" role="[^"]*">([^<]*)<\/p>/g)].map(([, text = ""]) => text.trim());
}
