import { Readable } from "node:stream";
import type { ReadableStream as NodeStream } from "node:stream/web";
import { setTimeout as wait } from "node:timers/promises";
import type { MessagesError } from "onceover";
import { type AstroContext, messages } from "onceover/astro";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { ContractServer } from "../adapters/contract.ts";
import { listen } from "../adapters/servers.ts";
import { Client } from "../client.ts";
import { SECRET } from "../support.ts";

// Astro streams its pages, and one is held back while messages wait that it may show. One that never ends was never sent.

type Page = (context: AstroContext) => AsyncGenerator<string>;

const MEGABYTE = "x".repeat(1 << 20);
/** What was left unread by a client that has gone. */
let isCancelled: boolean;
const PAGES: Readonly<Record<string, Page>> = {
  async *"/endless"() {
    while (true) yield MEGABYTE;
  },
  async *"/slow"() {
    for (; ; await wait(20)) yield "x";
  },
  async *"/silent"() {
    yield "x";
    await new Promise(() => {});
  },
  async *"/shows"({ locals }) {
    yield [...locals.messages].join("|");
    while (true) yield MEGABYTE;
  },
  async *"/late"({ locals }) {
    for (let count = 0; count < 3; count += 1) yield MEGABYTE;
    yield [...locals.messages].join("|");
  },
  async *"/"({ locals }) {
    yield [...locals.messages].join("|");
  },
};

/** What Astro does with a page: no more than asked for is rendered. */
function render(page: AsyncGenerator<string>): ReadableStream<Uint8Array> {
  return new ReadableStream({
    async pull(controller) {
      const { done, value } = await page.next();
      if (done) controller.close();
      else controller.enqueue(new TextEncoder().encode(value));
    },
    cancel: () => {
      isCancelled = true;
    },
  });
}

const warnings: MessagesError[] = [];
let server: ContractServer;
let client: Client;

/** A server as Astro's adapter for Node.js is one. */
beforeEach(async () => {
  warnings.length = 0;
  isCancelled = false;
  const onRequest = messages({ secret: SECRET, onWarning: (warning) => void warnings.push(warning) });
  server = await listen(async (incoming, outgoing) => {
    const gone = new AbortController();
    outgoing.on("close", () => gone.abort());
    const headers = { accept: "text/html", cookie: incoming.headers.cookie ?? "" };
    const request = new Request(`http://localhost${incoming.url}`, { headers, signal: gone.signal });
    const context: AstroContext = { request, locals: {} as App.Locals, isPrerendered: false };
    const response = await onRequest(context, async () => {
      const page = PAGES[incoming.url ?? ""];
      if (page) return new Response(render(page(context)), { headers: { "content-type": "text/html" } });
      context.locals.messages.info("Saved.");
      return new Response(null, { status: 303, headers: { location: "/" } });
    });
    outgoing.writeHead(response.status, [...response.headers].flat());
    if (response.body)
      Readable.fromWeb(response.body as NodeStream)
        .on("error", () => {})
        .pipe(outgoing);
    else outgoing.end();
  });
  client = new Client(server.origin);
  await client.post("/add");
});
afterEach(() => server.close());

/** Reads the page's head and its first bytes, and leaves. */
async function visit(path: string): Promise<{ readonly setCookies: string[]; readonly start: string }> {
  const leaving = new AbortController();
  const cookie = await client.jar.getCookieString(client.origin);
  const response = await fetch(client.origin + path, { headers: { cookie }, signal: leaving.signal });
  for (const line of response.headers.getSetCookie()) await client.jar.setCookie(line, client.origin);
  const read = await response.body?.getReader().read();
  leaving.abort();
  return { setCookies: response.headers.getSetCookie(), start: new TextDecoder().decode(read?.value?.slice(0, 10)) };
}

test.each(["/endless", "/slow", "/silent"])(
  "a page without end is sent, and messages are kept: %s",
  async (path) => {
    expect(await visit(path)).toEqual({ setCookies: [], start: expect.stringMatching(/^x/) });
    expect((await client.get("/")).body).toBe("Saved.");
    expect((await client.get("/")).body).toBe("");
  },
  10_000,
);

test("a page without end that has shown its messages takes them", async () => {
  expect((await visit("/shows")).start).toBe("Saved.xxxx");
  expect((await client.get("/")).body).toBe("");
});

test("what is shown later than that is kept, and a warning says so", async () => {
  expect((await client.get("/late")).body).toBe(`${MEGABYTE.repeat(3)}Saved.`);
  expect(warnings.map(({ code }) => code)).toEqual(["too-late"]);
  expect((await client.get("/")).body).toBe("Saved.");
});

test("nothing more is read once the client is gone, and messages are kept", async () => {
  const leaving = new AbortController();
  const cookie = await client.jar.getCookieString(client.origin);
  const asked = fetch(`${client.origin}/slow`, { headers: { cookie }, signal: leaving.signal });
  await wait(100);
  leaving.abort();
  await asked.catch(() => {});
  await expect.poll(() => isCancelled).toBe(true);
  expect((await client.get("/")).body).toBe("Saved.");
});
