import type { Browser, BrowserContext, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { adapterContract, type ContractServer } from "../adapters/contract.ts";
import { isBrowserMissing, launchBrowser } from "../browser.ts";
import { Client } from "../client.ts";
import { type App, prepareApp } from "./app.ts";
import { browserContract } from "./browser-contract.ts";

let app: App;

beforeAll(() => {
  app = prepareApp("next");
});

const cannot = {
  "what the app says of caching is respected where it is safe": "Next.js puts a Vary of its own before the app's.",
};

adapterContract(
  "Next.js 16 with a session on the server",
  (_config, storage) => app.start({ CONTRACT_STORAGE: storage, CONTRACT_SESSION: "server" }),
  { cannot },
);
adapterContract(
  "Next.js 16 with iron-session",
  (_config, storage) => app.start({ CONTRACT_STORAGE: storage, CONTRACT_SESSION: "iron" }),
  {
    cannot: {
      ...cannot,
      "a corrupt cookie does not hide what waits in the session":
        "iron-session seals everything into one cookie: 5000 characters do not fit.",
    },
  },
);
adapterContract(
  "Next.js 16 without a session",
  (_config, storage) => app.start({ CONTRACT_STORAGE: storage, CONTRACT_SESSION: "none" }),
  { session: false, cannot },
);
browserContract("Next.js 16", () => app.start());
browserContract("Next.js 16 with a storage that takes 20 ms", () =>
  app.start({ CONTRACT_STORAGE: "a storage that takes 20 ms" }),
);

describe("Next.js 16 over HTTP", () => {
  let server: ContractServer;
  let client: Client;

  beforeAll(async () => {
    server = await app.start();
  });
  afterAll(() => server?.close());
  beforeEach(() => {
    client = new Client(server.origin);
  });

  const add = (text: string) => client.post(`/contract/add?text=${text}`);
  const shown = async () => (await client.get("/contract/")).body;
  const setCookies = async (path: string) => (await client.get(path)).headers["set-cookie"];

  test("a Route Handler that does not touch its messages answers as if it were not wrapped", async () => {
    await add("waits");
    const headersOf = async (path: string) =>
      (await client.get(path)).rawHeaders.filter((text) => !text.endsWith("GMT"));
    expect(await headersOf("/extra/wrapped")).toEqual(await headersOf("/extra/plain"));
  });

  test("redirect() in a Route Handler keeps what was added, and the cookies of other code", async () => {
    const { status, headers } = await client.get("/extra/thrown?what=redirect");
    expect([status, headers.location]).toEqual([307, "/about"]);
    expect(await client.cookies()).toMatchObject({ other: "1" });
    expect(await shown()).toBe("info: before it was thrown");
  });

  test("notFound() in a Route Handler keeps what was added", async () => {
    expect(await client.get("/extra/thrown?what=notFound")).toMatchObject({ status: 404, body: "" });
    expect(await shown()).toBe("info: before it was thrown");
  });

  test("an exception in a Route Handler keeps what waits; what was added is lost, as Next.js sets no cookies then", async () => {
    await add("waits");
    expect(await client.get("/extra/thrown")).toMatchObject({ status: 500 });
    expect(await shown()).toBe("info: waits");
  });

  test("a page that shows messages takes none until the browser says that it has shown them", async () => {
    await add("waits");
    for (let time = 0; time < 2; time += 1) {
      const { body, headers } = await client.get("/about");
      expect(body).toContain('<p class="info" role="status">waits</p>');
      expect(headers["set-cookie"]).toBeUndefined();
      expect(headers["cache-control"]).toContain("no-store");
    }
  });

  test("to a browser's prefetch of a page the messages look empty", async () => {
    await add("waits");
    expect((await client.get("/about", { "sec-purpose": "prefetch" })).body).not.toContain("waits");
    expect(await shown()).toBe("info: waits");
  });

  describe("GET", () => {
    const image = async () => {
      const { body } = await client.get("/about");
      const [, src = ""] =
        /<noscript><span style="background-image:url\(&quot;(\/messages\?shown=[^&]+)&quot;\)">/.exec(body) ?? [];
      return src;
    };

    test("takes what an image says that the page has shown, and no more", async () => {
      await add("first");
      const src = await image();
      await add("second");
      expect(await client.get(src, { "sec-fetch-site": "same-origin" })).toMatchObject({ status: 204, body: "" });
      expect(await shown()).toBe("info: second");
    });

    test("refuses images of other sites", async () => {
      await add("waits");
      expect(await client.get(await image(), { "sec-fetch-site": "cross-site" })).toMatchObject({ status: 403 });
      expect(await shown()).toBe("info: waits");
    });

    test("takes nothing for receipts that are none", async () => {
      await add("waits");
      for (const receipts of ["", "x", "~~.~", "%00%ff%0d%0a", "a".repeat(5000)]) {
        expect(await client.get(`/messages?shown=${receipts}`), receipts).toMatchObject({ status: 204 });
      }
      expect(await shown()).toBe("info: waits");
    });

    test("without receipts tells what waits, and takes nothing", async () => {
      await add("waits");
      const { headers, body } = await client.get("/messages");
      expect(JSON.parse(body)).toEqual([expect.objectContaining({ message: "waits", receipt: expect.any(String) })]);
      expect(headers).toMatchObject({ "cache-control": "no-store", vary: expect.stringContaining("Cookie") });
      expect(await shown()).toBe("info: waits");
    });
  });

  describe("the proxy", () => {
    const textsOf = (body: string) => [...body.matchAll(/role="status">([^<]+)</g)].map(([, text]) => text);

    test.each(["", "?nothing"])("adds a message that the page of the same request shows (%s)", async (query) => {
      await add("waits");
      expect(textsOf((await client.get(`/extra/proxied${query}`)).body)).toEqual(["waits", "from the proxy"]);
      expect(await shown()).toBe("info: waits\ninfo: from the proxy");
    });

    test("adds a message where it rewrites", async () => {
      expect((await client.get("/extra/proxied?rewrite")).body).toContain("<h1>About</h1>");
      expect(await shown()).toBe("info: from the proxy");
    });

    test("keeps the cookies of other code", async () => {
      await client.get("/extra/proxied");
      expect(await client.cookies()).toMatchObject({ first: "1", second: "2" });
    });

    test("writes nothing if it does not touch the messages", async () => {
      await add("waits");
      expect(await setCookies("/extra/proxied?untouched")).toBeUndefined();
    });
  });
});

describe.skipIf(isBrowserMissing)("Next.js 16 in Chromium, beside the contract", () => {
  let server: ContractServer;
  let browser: Browser;
  let context: BrowserContext;
  let page: Page;

  beforeAll(async () => {
    [browser, server] = await Promise.all([launchBrowser(), app.start()]);
  });
  afterAll(async () => {
    await browser?.close();
    await server?.close();
  });
  const open = async (options: { javaScriptEnabled?: boolean }) => {
    context = await browser.newContext({ baseURL: server.origin, ...options });
    page = await context.newPage();
  };
  afterEach(() => context.close());

  const visit = (path: string) => page.goto(path, { waitUntil: "networkidle" });
  const click = async (name: string) => {
    const answered = page.waitForResponse((response) => response.request().method() === "POST");
    await page.getByRole("button", { name }).click();
    await answered;
  };
  const waiting = () => expect.poll(async () => (await context.request.get("/contract/peek")).text());
  const shown = () => page.locator("p[role=status]").allInnerTexts();

  describe.each([true, false])("with JavaScript: %s", (javaScriptEnabled) => {
    beforeEach(async () => {
      await open({ javaScriptEnabled });
      await visit("/extra/answers");
    });

    test("what a Server Function returns is displayed, and does not wait", async () => {
      await click("return");
      await page.getByText("returned").waitFor();
      await waiting().toBe("");
    });

    test("what was added before an exception is there on the next page", async () => {
      await click("throw");
      await waiting().toBe("before it was thrown");
    });

    test("what was added before notFound() is there on the next page", async () => {
      await click("miss");
      await waiting().toBe("before it was not found");
    });

    test("a Server Function that is not wrapped is told how to mend that", async () => {
      await click("in vain");
      await page.getByText("put `withMessages(…)` around the Server Function").waitFor();
    });
  });

  test("without JavaScript, what a page streams stays hidden, and so waits", async () => {
    await open({ javaScriptEnabled: false });
    await context.request.post("/contract/add?text=waits", { maxRedirects: 0 });
    await visit("/extra/streamed");
    expect(await page.getByText("waits").isVisible()).toBe(false);
    await visit("/about");
    expect(await page.getByText("waits").isVisible()).toBe(true);
    await visit("/about");
    expect(await shown()).toEqual([]);
  });

  test("a page that React has hidden and brings back does not repeat what it showed", async () => {
    await open({});
    await context.request.post("/contract/add?text=waits", { maxRedirects: 0 });
    await visit("/extra/hidden");
    expect(await shown()).toEqual(["waits"]);
    await page.getByRole("button", { name: "leave" }).click();
    await page.getByRole("button", { name: "come back" }).click();
    await page.getByRole("button", { name: "leave" }).waitFor();
    await expect.poll(shown).toEqual([]);
  });

  test("a page that was fetched ahead in full, with what waits, is shown, and confirmed", async () => {
    await open({});
    await context.request.post("/contract/add?text=waits", { maxRedirects: 0 });
    await visit("/extra/prefetching");
    await waiting().toBe("waits");
    await page.getByRole("link", { name: "Ahead" }).click();
    await page.getByRole("heading", { name: "About" }).waitFor();
    expect(await shown()).toEqual(["waits"]);
    await visit("/about");
    expect(await shown()).toEqual([]);
  });

  test("a page that was fetched ahead in full does not repeat what another page has shown since", async () => {
    await open({});
    await context.request.post("/contract/add?text=waits", { maxRedirects: 0 });
    await visit("/extra/prefetching");
    await page.getByRole("link", { name: "Profile" }).click();
    await page.getByRole("heading", { name: "Profile" }).waitFor();
    expect(await shown()).toEqual(["waits"]);
    await page.goBack();
    await page.getByRole("link", { name: "Ahead" }).click();
    await page.getByRole("heading", { name: "About" }).waitFor();
    expect(await shown()).toEqual([]);
  });
});

describe.skipIf(isBrowserMissing)("Next.js 16 with Cache Components, in Chromium", () => {
  let server: ContractServer;
  let browser: Browser;

  beforeAll(async () => {
    server = await prepareApp("next", { overlay: "next-cached" }).start();
    browser = await launchBrowser();
  });
  afterAll(async () => {
    await browser?.close();
    await server?.close();
  });

  test("a page that a link fetched ahead in full does not repeat what the page with the link has shown", async () => {
    for (let time = 0; time < 8; time += 1) {
      const context = await browser.newContext({ baseURL: server.origin });
      const page = await context.newPage();
      // Next.js keeps the page that was left, hidden.
      const shown = () => page.locator("p[role=status]:visible").allInnerTexts();
      await page.goto("/", { waitUntil: "networkidle" });
      for (const name of ["Jane", "Jane"]) {
        await page.getByLabel("Name").fill(name);
        await page.getByRole("button", { name: "Save" }).click();
        await expect.poll(shown).toEqual([`Saved, ${name}.`]);
        await page.getByRole("link", { name: "About" }).click();
        await page.getByRole("heading", { name: "About" }).waitFor();
        await page.waitForLoadState("networkidle");
        expect(await shown()).toEqual([]);
        await page.getByRole("link", { name: "Profile" }).click();
        await page.getByRole("heading", { name: "Profile" }).waitFor();
        expect(await shown()).toEqual([]);
      }
      await context.close();
    }
  }, 120_000);
});
