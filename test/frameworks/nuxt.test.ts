import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { adapterContract, type ContractServer } from "../adapters/contract.ts";
import type { StorageName } from "../adapters/contract-app.ts";
import { isBrowserMissing, launchBrowser } from "../browser.ts";
import { Client } from "../client.ts";
import { exampleContract } from "../examples/example-contract.ts";
import { type App, prepareApp } from "./app.ts";
import { browserContract } from "./browser-contract.ts";

let app: App;

beforeAll(() => {
  app = prepareApp("nuxt");
});

const cannot = {
  "an exception that says 403 keeps what it iterated": "the page of the error, which Nuxt renders, shows it",
};

adapterContract(
  "Nuxt 4 with a session in Nitro's storage",
  (_config, storage) => app.start({ CONTRACT_STORAGE: storage }),
  { cannot },
);
adapterContract(
  "Nuxt 4 without a session",
  (_config, storage) => app.start({ CONTRACT_STORAGE: storage, CONTRACT_SESSION: "none" }),
  { session: false, cannot },
);
exampleContract("Nuxt", () => app.start());
browserContract("Nuxt", () => app.start());

describe.each<StorageName>(["fallback", "a storage that takes 20 ms"])("Nuxt on %s", (storage) => {
  let server: ContractServer;
  let client: Client;

  beforeAll(async () => {
    server = await app.start({ CONTRACT_STORAGE: storage });
  });
  afterAll(() => server?.close());
  beforeEach(() => {
    client = new Client(server.origin);
  });

  const add = (text: string) => client.post(`/contract/add?text=${text}`);
  const shown = async (path: string) =>
    [...(await client.get(path)).body.matchAll(/role="status">([^<]*)</g)].map(([, text]) => text?.trim());
  const data = async (headers = {}) =>
    JSON.parse((await client.get("/api/messages", { accept: "*/*", "x-messages-receipts": "yes", ...headers })).body);

  test("hands out data with receipts, and keeps the messages until they were shown", async () => {
    await add("waits");
    expect(await data()).toMatchObject([{ message: "waits", receipt: expect.any(String) }]);
    const [{ receipt }] = await data();
    await client.jar.setCookie(`messages.shown=${receipt}`, client.origin);
    expect(await data()).toEqual([]);
    expect(Object.keys(await client.cookies())).toEqual(["h3"]);
  });

  test("renders messages for whoever asks for a page without saying so", async () => {
    await add("waits");
    expect((await client.get("/about", { accept: "*/*" })).body).toContain("waits");
    expect(await shown("/about")).toEqual([]);
  });

  test("shows messages on its error page, with those that were added before the error, once", async () => {
    await add("waits");
    expect(await shown("/broken?status=404")).toEqual(["waits", "added"]);
    expect(await shown("/about")).toEqual([]);
  });

  test("keeps them after an error page of the server", async () => {
    await add("waits");
    expect((await client.get("/broken?status=500")).status).toBe(500);
    expect(await shown("/about")).toEqual(["waits", "added"]);
    expect(await shown("/about")).toEqual([]);
  });

  test("shows them on the page of an address that is not there", async () => {
    await add("waits");
    expect(await shown("/nowhere")).toEqual(["waits"]);
    expect(await shown("/about")).toEqual([]);
  });

  test("keeps what the middleware of a page added before it redirected", async () => {
    const answer = await client.get("/guarded");
    expect(answer.status).toBe(302);
    expect((await client.follow(answer)).body).toContain("Log in first.");
    expect(await shown("/about")).toEqual([]);
  });

  test("keeps what a route added, that a page fetched while it was rendered", async () => {
    expect([...(await shown("/fetches")), ...(await shown("/about"))]).toEqual(["fetched"]);
    expect(await shown("/about")).toEqual([]);
  });

  test.each(["/cached", "/prerendered"])("takes none for a page that others are shown as well: %s", async (path) => {
    await add("waits");
    expect((await client.get(path)).body).not.toContain("waits");
    expect((await new Client(server.origin).get(path)).body).not.toContain("waits");
    expect(await shown("/about")).toEqual(["waits"]);
  });

  test.skipIf(isBrowserMissing).each(["/cached", "/prerendered"])(
    "shows them there all the same, in a browser, once: %s",
    async (path) => {
      const browser = await launchBrowser();
      try {
        const page = await browser.newPage({ baseURL: server.origin });
        await page.request.post("/contract/add?text=waits", { maxRedirects: 0 });
        await page.goto(path, { waitUntil: "networkidle" });
        expect(await page.getByRole("status").allInnerTexts()).toEqual(["waits"]);
        await page.goto("/about", { waitUntil: "networkidle" });
        expect(await page.getByRole("status").allInnerTexts()).toEqual([]);
      } finally {
        await browser.close();
      }
    },
  );
});
