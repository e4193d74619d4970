import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { adapterContract, type ContractServer } from "../adapters/contract.ts";
import { Client } from "../client.ts";
import { exampleContract } from "../examples/example-contract.ts";
import { type App, prepareApp } from "./app.ts";
import { browserContract } from "./browser-contract.ts";

let app: App;

beforeAll(() => {
  app = prepareApp("sveltekit");
});

adapterContract("SvelteKit 3", (_config, storage) => app.start({ CONTRACT_STORAGE: storage }), { session: false });
exampleContract("SvelteKit", () => app.start());
browserContract("SvelteKit", () => app.start(), { prefetch: /about\/__data\.json/ });

describe("SvelteKit", () => {
  let server: ContractServer;
  let client: Client;

  beforeAll(async () => {
    server = await app.start();
  });
  afterAll(() => server?.close());
  beforeEach(() => {
    client = new Client(server.origin);
  });

  const data = async (path: string) => (await client.get(`${path}/__data.json`, { accept: "*/*" })).body;

  test("hands out the data of a page with receipts, and keeps the messages until they were shown", async () => {
    await client.post("/contract/add?text=waits");
    expect(await data("/about")).toContain("waits");
    const [receipt] = /(?<=")[\w-]{11}\.[\w-]{9,}(?=")/.exec(await data("/about")) ?? ["no receipt"];
    await client.jar.setCookie(`messages.shown=${receipt}`, client.origin);
    expect(receipt).not.toBe("no receipt");
    expect(await data("/about")).not.toContain("waits");
    expect(await client.cookies()).toEqual({});
  });

  test.each(["/guarded", "/guarded/__data.json"])("keeps what a handle added before it redirected %s", async (path) => {
    await client.get(path);
    expect((await client.get("/about")).body).toContain("Log in first.");
    expect((await client.get("/about")).body).not.toContain("Log in first.");
  });

  test("shows messages on its error page", async () => {
    await client.post("/contract/add?text=waits");
    expect(await client.get("/nowhere", { accept: "*/*" })).toMatchObject({
      status: 404,
      body: expect.stringContaining("waits"),
    });
    expect((await client.get("/about")).body).not.toContain("waits");
  });
});
