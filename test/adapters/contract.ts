import type { Config } from "onceover";
import { afterAll, beforeAll, beforeEach, describe, expect, test as vitest } from "vitest";
import { type Answer, Client } from "../client.ts";
import { BASE, contractConfig, type StorageName } from "./contract-app.ts";

declare module "vitest" {
  interface TaskMeta {
    /** Why a promise cannot be kept, for the table of `docs/frameworks.md`. */
    cannot?: string;
  }
}

/** How an adapter starts the contract's app. */
export interface ContractServer {
  readonly origin: string;
  close(): Promise<void>;
}

/** What an adapter can do beside the contract. */
export interface ContractOptions {
  /** False if the app has no session, so that overflow has nowhere to go. */
  readonly session?: boolean;
  /** Promises that the framework does not let the adapter keep, by the names of their tests, and why. */
  readonly cannot?: Readonly<Record<string, string>>;
}

/** The request header that a browser sends with a prefetch. */
const PREFETCH = { "sec-purpose": "prefetch" };
/** That of Turbo. */
const TURBO_PREFETCH = { "x-sec-purpose": "prefetch" };

/** The request header by which Chromium says who it is, on secure origins. */
const CHROMIUM = { "sec-ch-ua": '"Chromium";v="138"' };

/** Responses that nobody gets to see: whatever they iterated is still there afterwards. */
const UNSEEN: Readonly<Record<string, (client: Client) => Promise<Answer>>> = {
  "a redirect": (client) => client.get("/show?status=302&header=Location: /"),
  "a 304": (client) => client.get("/show?status=304"),
  "a 204": (client) => client.get("/show?status=204"),
  "a 205": (client) => client.get("/show?status=205"),
  "a 500": (client) => client.get("/show?status=500"),
  "a 503": (client) => client.get("/show?status=503"),
  "an exception": (client) => client.get("/show-then-throw"),
  "an exception that says 403": (client) => client.get("/show-then-refuse"),
  "a 404 page in the place of an image": (client) => client.get("/show?status=404", { "sec-fetch-dest": "image" }),
  "what is fetched as a script": (client) => client.get("/", { "sec-fetch-dest": "script" }),
  "what is fetched for a web app's manifest": (client) => client.get("/", { "sec-fetch-dest": "manifest" }),
  "a page that writes its locals into a log": (client) => client.get("/log-as-json"),
  "the answer to HEAD": (client) => client.ask("HEAD", "/"),
  "HX-Redirect": (client) => client.get("/show?header=HX-Redirect: /"),
  "HX-Location": (client) => client.get("/show?header=HX-Location: /"),
  "HX-Refresh": (client) => client.get("/show?header=HX-Refresh: true"),
  "a prefetch": (client) => client.get("/", PREFETCH),
  "a prerendering": (client) => client.get("/", { "sec-purpose": "prefetch;prerender" }),
  "an old browser's prefetch": (client) => client.get("/", { purpose: "prefetch" }),
  "Firefox's old prefetch": (client) => client.get("/", { "x-moz": "prefetch" }),
  "Turbo's prefetch": (client) => client.get("/", TURBO_PREFETCH),
  "a prefetch of Next.js' router": (client) => client.get("/", { "next-router-prefetch": "1" }),
  "HTMX's preload": (client) => client.get("/", { "hx-preloaded": "true" }),
};

/** Responses that a person sees: what they iterated is gone afterwards. */
const SEEN: Readonly<Record<string, string>> = {
  "a page": "/",
  "a 201": "/show?status=201",
  "a form page with errors (422)": "/show?status=422",
  "a 404 page": "/show?status=404",
  "HX-Refresh: false": "/show?header=HX-Refresh: false",
  "HX-Trigger": "/show?header=HX-Trigger: saved",
};

/** The request header of HTMX. */
const HTMX = { "hx-request": "true" };

/** The messages that a response hands to HTMX, or undefined if it hands over none. */
function triggered({ headers }: Answer): { messages: { message: string }[]; more?: boolean } | undefined {
  const header = headers["hx-trigger"];
  return header === undefined ? undefined : JSON.parse(String(header))["onceover:messages"];
}

const STORAGES: readonly StorageName[] = ["cookie", "fallback", "a storage that takes 20 ms"];

/**
 * The promises of delivery over real HTTP, for any adapter, on each kind of storage.
 *
 * @param start starts {@link act} behind the adapter, with these settings and a session; in a process of its own, with
 *   {@link contractConfig} of that storage.
 */
export function adapterContract(
  name: string,
  start: (config: Config, storage: StorageName) => Promise<ContractServer>,
  { session = true, cannot = {} }: ContractOptions = {},
): void {
  for (const storageName of STORAGES) {
    describe(`${name} on ${storageName}`, () => {
      let server: ContractServer;
      let client: Client;

      beforeAll(async () => {
        server = await start(contractConfig(storageName), storageName);
      }, 60_000);
      afterAll(() => server?.close());
      beforeEach(async () => {
        client = new Client(server.origin, BASE);
        await warnings();
      });

      /** A promise that cannot be kept must be seen broken: once the framework mends it, this tells. */
      const test = (promise: string, check: () => Promise<void>) => {
        const why = cannot[promise];
        if (why === undefined) return vitest(promise, check);
        return vitest.fails(promise, ({ task }) => {
          task.meta.cannot = why;
          return check();
        });
      };
      const shown = async (path = "/") => (await client.get(path)).body;
      const warnings = async () => JSON.parse(await shown("/warnings"));

      test("a message is shown once, on the page after the redirect", async () => {
        const answer = await client.post("/add?text=Saved.&level=success");
        expect(answer.status).toBe(303);
        expect((await client.follow(answer)).body).toBe("success: Saved.");
        expect(await shown()).toBe("");
        expect(await client.cookies()).not.toHaveProperty("messages");
      });

      test("several are shown in the order in which they were added, with level and extra tags", async () => {
        await client.post("/add?text=one&text=two&level=warning&tags=a b");
        await client.post("/add?text=three&level=critical");
        await client.post("/add?text=four&level=DEBUG");
        expect(await shown()).toBe("a b warning: one\na b warning: two\ncritical: three");
      });

      test("a message that is added and shown by one response is not shown again", async () => {
        expect(await shown("/add-and-show")).toBe("info: at once");
        expect(await shown()).toBe("");
      });

      test("any text arrives as it was", async () => {
        const text = "Zażółć \u{1f600} \"q\" 'a' <b> \\ ; , : = % \u007f \u2028";
        await client.post(`/add?text=${encodeURIComponent(text)}`);
        expect(await shown()).toBe(`info: ${text}`);
      });

      test("a page that does not show messages keeps them", async () => {
        await client.post("/add?text=waits");
        expect(await shown("/untouched")).toBe("untouched");
        expect(await shown("/count")).toBe("1");
        expect(await shown("/peek")).toBe("waits");
        expect(await shown()).toBe("info: waits");
      });

      for (const [what, visit] of Object.entries(UNSEEN)) {
        test(`${what} keeps what it iterated`, async () => {
          await client.post("/add?text=one&text=two");
          await visit(client);
          expect(await shown()).toBe("info: one\ninfo: two");
          expect(await shown()).toBe("");
        });
      }

      for (const [what, path] of Object.entries(SEEN)) {
        test(`${what} displays what it iterated`, async () => {
          await client.post("/add?text=one&text=two");
          expect(await shown(path)).toBe("info: one\ninfo: two");
          expect(await shown()).toBe("");
        });
      }

      for (const destination of ["document", "iframe", "object", "empty"]) {
        test(`a response for the destination "${destination}" displays what it iterated`, async () => {
          await client.post("/add?text=one");
          expect((await client.get("/", { "sec-fetch-dest": destination })).body).toBe("info: one");
          expect(await shown()).toBe("");
        });
      }

      test("a chain of redirects keeps what each of them iterated", async () => {
        await client.post("/add?text=far");
        let answer = await client.get("/show-then-redirect");
        while (answer.headers.location) answer = await client.follow(answer);
        expect(answer.body).toBe("info: far");
        expect(await shown()).toBe("");
      });

      test("to a prefetch the messages look empty, and what is done in a POST is still told", async () => {
        await client.post("/add?text=waits");
        expect((await client.get("/", PREFETCH)).body).toBe("");
        await client.ask("POST", "/add?text=second", { headers: PREFETCH });
        expect(await shown()).toBe("info: waits\ninfo: second");
      });

      test("what a prefetch adds is stored by the visit alone, which must ask again", async () => {
        for (const path of ["/add?text=Log in first.", "/add-quietly?text=ahead&header=Cache-Control: max-age=60"]) {
          expect((await client.get(path, PREFETCH)).headers["cache-control"]).toBe("no-store");
          expect(Object.keys(await client.cookies()).filter((name) => name.startsWith("messages"))).toEqual([]);
        }
        expect(await shown()).toBe("");
        await client.get("/add?text=Log in first.");
        expect(await shown()).toBe("info: Log in first.");
        expect(await warnings()).toEqual([]);
      });

      test("a prefetch shows what it adds itself, to the visitor who goes there", async () => {
        for (const header of [PREFETCH, TURBO_PREFETCH])
          expect((await client.get("/add-and-show", header)).body).toBe("info: at once");
        expect(await shown()).toBe("");
      });

      test("what Turbo's prefetch adds waits, as its page is shown without asking again", async () => {
        await client.get("/add?text=Log in first.", TURBO_PREFETCH);
        expect(await shown()).toBe("info: Log in first.");
      });

      test("a prefetch from which messages were kept is not stored, so that the page itself is asked for again", async () => {
        expect((await client.get("/", PREFETCH)).headers["cache-control"]).toBeUndefined();
        await client.post("/add?text=waits");
        const cacheable = await client.get("/show?header=Cache-Control: max-age=60", PREFETCH);
        expect(cacheable).toMatchObject({ body: "", headers: { "cache-control": "no-store" } });
        expect((await client.get("/untouched", PREFETCH)).headers["cache-control"]).toBeUndefined();
      });

      test("a response that adds drops what Chromium holds ahead, beside what the app clears", async () => {
        const added = await client.post("/add?text=waits", { headers: CHROMIUM });
        expect(added.headers["clear-site-data"]).toBe('"prefetchCache", "prerenderCache"');
        const own = '/add-quietly?text=too&header=Clear-Site-Data: "storage"';
        const both = await client.post(own, { headers: CHROMIUM });
        expect(both.headers["clear-site-data"]).toBe('"storage", "prefetchCache", "prerenderCache"');
        expect((await client.post("/add?text=else")).headers["clear-site-data"]).toBeUndefined();
        const shows = await client.get("/add-and-show", CHROMIUM);
        expect(shows.headers["clear-site-data"]).toBeUndefined();
        expect(shows.body).toBe("info: waits\nsuccess: too\ninfo: else\ninfo: at once");
      });

      test("taking some leaves the others", async () => {
        await client.post("/add?text=broken&level=error");
        await client.post("/add?text=fine&level=success");
        await client.post("/add?text=worse&level=error");
        expect(await shown("/take-errors")).toBe("broken\nworse");
        expect(await shown()).toBe("success: fine");
      });

      test("keep() undoes, clear() discards even before a redirect", async () => {
        await client.post("/add?text=kept");
        expect(await shown("/keep")).toBe("info: kept");
        expect(await shown("/keep")).toBe("info: kept");
        await client.get("/clear-then-redirect");
        expect(await shown()).toBe("");
      });

      test("messages as JSON are taken", async () => {
        await client.post("/add?text=<b>&safe&level=error&tags=x");
        expect(JSON.parse(await shown("/json"))).toEqual([
          { level: 40, levelTag: "error", message: "<b>", safe: true, extraTags: "x", tags: "x error" },
        ]);
        expect(await shown()).toBe("");
        await client.post("/add?text=in a page");
        expect(await shown("/json-in-a-page")).toContain('"message":"in a page"');
        expect(await shown()).toBe("");
      });

      test("the function form works on the framework's own request", async () => {
        await client.post("/add-by-function");
        expect(await shown("/show-by-function")).toBe("success: by function");
      });

      test("the minimum level is for one request", async () => {
        await client.post("/set-level?level=30");
        expect(await shown()).toBe("warning: warning\nerror: error");
        await client.post("/set-level?level=debug");
        expect(await shown()).toContain("debug: debug");
        await client.post("/set-level");
        expect(await shown()).toBe("info: info\nsuccess: success\nwarning: warning\nerror: error");
      });

      test("the Set-Cookie headers of other code survive", async () => {
        await client.post("/add?text=mine");
        const { headers, body } = await client.get("/show-with-cookies");
        expect(body).toBe("info: mine");
        expect(headers["set-cookie"]).toEqual(
          expect.arrayContaining(["first=1; Path=/", "second=2; Path=/", expect.stringMatching(/^messages\.\S+=;/)]),
        );
        expect(await client.cookies()).toMatchObject({ first: "1", second: "2" });
      });

      test("a page that looked varies by cookie, one that displayed is not stored", async () => {
        const empty = await client.get("/");
        expect(empty.headers).toMatchObject({ vary: expect.stringContaining("Cookie") });
        expect(empty.headers["cache-control"]).toBeUndefined();
        await client.post("/add?text=private");
        expect((await client.get("/")).headers).toMatchObject({ "cache-control": "no-store" });
      });

      test("what the app says of caching is respected where it is safe", async () => {
        const headersOf = async (...headers: string[]) => {
          await client.post("/add?text=x");
          return (await client.get(`/show?${headers.map((header) => `header=${header}`).join("&")}`)).headers;
        };
        expect(await headersOf("Vary: Accept")).toMatchObject({ vary: "Accept, Cookie" });
        expect(await headersOf("Vary: accept, COOKIE")).toMatchObject({ vary: "accept, COOKIE" });
        expect(await headersOf("Vary: *")).toMatchObject({ vary: "*" });
        expect(await headersOf("Cache-Control: No-Store")).toMatchObject({ "cache-control": "No-Store" });
        for (const shown of ["private, max-age=1", "public, max-age=60", 'private="x-foo", max-age=60'])
          expect(await headersOf(`Cache-Control: ${shown}`)).toMatchObject({ "cache-control": "no-store" });
      });

      test("no cache keeps a response on which something is written for the visitor", async () => {
        const PUBLIC = "header=Cache-Control: public, max-age=60";
        const cachingOf = async (path: string) => (await client.get(path)).headers["cache-control"];
        expect(await cachingOf(`/count?${PUBLIC}`)).toBe("public, max-age=60");
        const adding = "/add-quietly?text=x";
        expect(await cachingOf(`${adding}&${PUBLIC}`)).toBe("no-store");
        expect(await cachingOf(`${adding}&status=301&header=Location: /&${PUBLIC}`)).toBe("no-store");
        expect(await cachingOf(`${adding}&status=404&${PUBLIC}`)).toBe("no-store");
        expect(await cachingOf(`${adding}&header=Cache-Control: private="x-foo", max-age=60`)).toBe("no-store");
        expect(await cachingOf(`${adding}&header=Cache-Control: private, max-age=60`)).toBe("private, max-age=60");
        const [ours = ""] = Object.keys(await client.cookies()).filter((name) => /^messages\.[\w-]{19}$/.test(name));
        expect(await cachingOf(`/count?${PUBLIC}`)).toBe("public, max-age=60");
        expect(await cachingOf(`/clear?${PUBLIC}`)).toBe("no-store");
        await client.jar.setCookie("messages.shown=aaaaaaaaaaa.b", server.origin);
        expect(await cachingOf(`/count?${PUBLIC}`)).toBe("no-store");
        await client.jar.setCookie(`${ours}=garbage`, server.origin);
        expect(await cachingOf(`/count?${PUBLIC}`)).toBe("no-store");
      });

      test("nothing is written without a reason", async () => {
        await client.get("/untouched"); // sets the session's own cookie, if it sets one
        for (const path of ["/", "/count", "/peek", "/json"]) {
          expect((await client.get(path)).headers["set-cookie"], path).toBeUndefined();
        }
        await client.post("/add?text=x");
        for (const path of ["/count", "/peek", "/keep"]) {
          expect((await client.get(path)).headers["set-cookie"], path).toBeUndefined();
        }
      });

      test("two responses that add at the same time both arrive", async () => {
        for (let round = 0; round < 5; round += 1) {
          await Promise.all([client.post("/add?text=a"), client.post("/add?text=b"), client.post("/add?text=c")]);
          expect((await shown()).split("\n").sort()).toEqual(["info: a", "info: b", "info: c"]);
        }
      });

      test("many responses at the same time are folded, and nothing is lost or shown twice", async () => {
        const texts = Array.from({ length: 12 }, (_, index) => `m${index}`);
        for (const four of [texts.slice(0, 4), texts.slice(4, 8), texts.slice(8)]) {
          await Promise.all(four.map((text) => client.post(`/add?text=${text}`)));
        }
        const found = (await shown()).split("\n").map((line) => line.replace("info: ", ""));
        expect(found.toSorted()).toEqual(texts.toSorted());
        expect(await shown()).toBe("");
        expect(Object.keys(await client.cookies()).filter((name) => name.startsWith("messages"))).toEqual([]);
      });

      test("a page that is viewed twice at once is shown by both, and then gone", async () => {
        await client.post("/add?text=x");
        const views = await Promise.all([client.get("/"), client.get("/")]);
        expect(views.map(({ body }) => body)).toContain("info: x");
        expect(await shown()).toBe("");
      });

      test("a page that is viewed while a message is added does not lose it", async () => {
        await client.post("/add?text=old");
        await Promise.all([client.get("/"), client.post("/add?text=new")]);
        expect(await shown()).toContain("info: new");
      });

      test("corrupt cookies read as nothing, are deleted if they are ours, and hide nothing else", async () => {
        const set = (cookie: string) => client.jar.setCookie(cookie, server.origin);
        await client.post("/add?text=good");
        const [name = "", value = ""] =
          Object.entries(await client.cookies()).find(([key]) => key.startsWith("messages.")) ?? [];
        const named = (rest: string) => name.slice(0, -rest.length) + rest;
        await set(`messages=${value.slice(0, -1)}`);
        await set(`${named("00000000000aaaa")}=garbage`);
        await set(`${named("00000000000bbbb")}=${value.replace(/^./, "X")}`);
        await set(`${named("00000000000cccc")}=${value}`);
        await set(`${named("00000000000dddd")}=${"A".repeat(3000)}`);
        await set("messages.other-app=not ours");
        expect(await shown()).toBe("info: good");
        const left = Object.keys(await client.cookies()).filter((key) => key.startsWith("messages"));
        expect(left.sort()).toEqual(["messages", "messages.other-app"]);
        expect(name).not.toBe("");
        expect(await warnings()).toEqual([]);
      });

      for (const status of [200, 204, 422, 500]) {
        test(`HTMX gets with a ${status} what its page does not show, once`, async () => {
          await client.post("/add?text=waits");
          const answer = await client.ask("POST", `/add-quietly?text=new&status=${status}`, { headers: HTMX });
          expect(answer).toMatchObject({ status, headers: { "cache-control": "no-store" } });
          expect(triggered(answer)?.messages).toMatchObject([{ message: "waits" }, { message: "new", level: 25 }]);
          expect(await shown()).toBe("");
        });
      }

      for (const [what, parts] of [
        ["a redirect", "status=303&header=Location: /contract/"],
        ["HX-Redirect", "header=HX-Redirect: /"],
        ["HX-Refresh", "header=HX-Refresh: true"],
      ] as const) {
        test(`HTMX gets no messages with ${what}: they are for the page that follows`, async () => {
          const answer = await client.ask("POST", `/add-quietly?text=waits&${parts}`, { headers: HTMX });
          expect(triggered(answer)).toBeUndefined();
          expect(await shown()).toBe("success: waits");
        });
      }

      test("HTMX gets nothing beside a page that shows its messages, and nothing where none wait", async () => {
        await client.post("/add?text=on the page");
        const answer = await client.get("/", HTMX);
        expect(answer.body).toBe("info: on the page");
        expect(triggered(answer)).toBeUndefined();
        expect(triggered(await client.get("/untouched", HTMX))).toBeUndefined();
        await client.post("/add?text=waits");
        expect(triggered(await client.get("/untouched"))).toBeUndefined();
        expect(triggered(await client.get("/untouched", { ...HTMX, ...PREFETCH }))).toBeUndefined();
        expect(await shown()).toBe("info: waits");
      });

      test("HTMX gets what waits with a response that has nothing to do with messages", async () => {
        await client.post("/add?text=waits");
        const answer = await client.get("/untouched", HTMX);
        expect(answer).toMatchObject({ body: "untouched", headers: { "cache-control": "no-store" } });
        expect(triggered(answer)?.messages).toMatchObject([{ message: "waits" }]);
        expect(await shown()).toBe("");
        expect(await warnings()).toEqual([]);
      });

      test("HTMX gets messages beside the app's own events", async () => {
        const answer = await client.get("/add-quietly?text=a&header=HX-Trigger: saved, closed", HTMX);
        expect(JSON.parse(String(answer.headers["hx-trigger"]))).toMatchObject({
          saved: {},
          closed: {},
          "onceover:messages": { messages: [{ message: "a" }] },
        });
      });

      test("HTMX gets any text as it was, in a header that is ASCII", async () => {
        const text = "Zażółć \u{1f600} \"q\" 'a' <b> \\ \r\n \u007f \u2028";
        const answer = await client.get(`/add-quietly?text=${encodeURIComponent(text)}`, HTMX);
        expect(answer.headers["hx-trigger"]).toMatch(/^[\x20-\x7e]+$/);
        expect(triggered(answer)?.messages).toMatchObject([{ message: text }]);
      });

      test("HTMX gets as much as the header may hold, and the rest waits", async () => {
        const texts = Array.from({ length: 9 }, (_, index) => `${index}${"x".repeat(200)}`);
        const query = texts.map((text) => `text=${text}`).join("&");
        const answer = await client.ask("POST", `/add-quietly?${query}`, { headers: HTMX });
        const { messages = [], more } = triggered(answer) ?? {};
        expect(more).toBe(true);
        expect(messages.length).toBeGreaterThan(1);
        const rest = (await shown()).split("\n").map((line) => line.replace("success: ", ""));
        expect([...messages.map(({ message }) => message), ...rest]).toEqual(texts);
      });

      if (session && storageName !== "cookie") {
        test("what does not fit goes to the session, and comes back in order", async () => {
          await client.post("/add?text=first");
          await client.post("/add-many?count=9&size=300");
          await client.post("/add?text=last");
          expect((await client.get("/untouched")).body).toBe("untouched");
          const found = (await shown()).split("\n").map((line) => line.replace(/^info: (\w+).*$/, "$1"));
          expect(found).toEqual(["first", "0", "1", "2", "3", "4", "5", "6", "7", "8", "last"]);
          expect(await shown()).toBe("");
          expect(await warnings()).toEqual([]);
        });

        test("a corrupt cookie does not hide what waits in the session", async () => {
          await client.post("/add-many?count=1&size=5000");
          const [name = ""] = Object.keys(await client.cookies()).filter((key) => key.startsWith("messages."));
          await client.jar.setCookie(`${name}=forged`, server.origin);
          expect(await shown()).toMatch(/^info: 0:\w{5000}$/);
          expect(Object.keys(await client.cookies())).not.toContain(name);
          expect(await shown()).toBe("");
        });
      } else {
        test("what does not fit is dropped with a warning, the oldest first", async () => {
          await client.post("/add-many?count=9&size=400");
          const found = (await shown()).split("\n").map((line) => line.replace(/^info: (\w+).*$/, "$1"));
          expect(found.length).toBeGreaterThan(2);
          expect(found.at(-1)).toBe("8");
          expect(await warnings()).toEqual(["not-stored"]);
        });
      }
    });
  }
}
