import {
  type Config,
  cookieStorage,
  defineMessages,
  fallbackStorage,
  type MessageJson,
  sessionStorage,
} from "onceover";
import { shown } from "onceover/shown";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { FetchExchange } from "../src/http/fetch/fetch-exchange.ts";
import { SECRET, slow } from "./support.ts";

const URL_OF_PAGE = "http://site.test/";
const mount = { messages: "m", session: "s", deadline: "d" };

/** A browser: its cookies, and what a page's script does with them. */
class Browser {
  readonly cookies = new Map<string, string>();
  readonly #config: Config;

  constructor(config: Config) {
    this.#config = config;
  }

  /** The router fetches data, which the page may show or not. */
  data(): Promise<readonly MessageJson[]> {
    return this.ask({ needsReceipt: true }, (exchange) => exchange.messages.toJSON());
  }

  /** A page comes as a document. */
  page(): Promise<readonly MessageJson[]> {
    return this.ask({}, (exchange) => exchange.messages.toJSON());
  }

  add(...texts: string[]): Promise<void> {
    return this.ask({}, ({ messages }) => {
      for (const text of texts) messages.info(text);
    });
  }

  async ask<T>(
    { needsReceipt = false, headers = {}, status = 200 }: { needsReceipt?: boolean; headers?: object; status?: number },
    act: (exchange: FetchExchange<object & Record<string, number>>) => T,
  ): Promise<T> {
    const cookie = [...this.cookies].map(([name, value]) => `${name}=${value}`).join("; ");
    const request = new Request(URL_OF_PAGE, { headers: { accept: "text/html", cookie, ...headers } });
    const exchange = new FetchExchange(this.#config, request, { mount, needsReceipt });
    await exchange.prepare();
    const result = act(exchange);
    const response = await exchange.finish(new Response("", { status }));
    for (const line of response.headers.getSetCookie()) this.set(line);
    return result;
  }

  set(line: string): void {
    const [pair = "", ...attributes] = line.split("; ");
    const [name = "", value = ""] = pair.split(/=(.*)/s);
    if (attributes.includes("Max-Age=0")) this.cookies.delete(name);
    else this.cookies.set(name, value);
  }
}

const configs: Readonly<Record<string, () => Config>> = {
  "cookie storage": () => defineMessages({ secret: SECRET, storage: "cookie" }),
  "a storage that takes 20 ms": () =>
    defineMessages({ storage: slow(fallbackStorage(cookieStorage({ secret: SECRET }), sessionStorage())) }),
};

describe.each(Object.entries(configs))("what a router fetched, on %s", (name, create) => {
  let browser: Browser;

  beforeEach(() => {
    browser = new Browser(create());
    vi.stubGlobal("document", {
      get cookie() {
        return [...browser.cookies].map(([name, value]) => `${name}=${value}`).join("; ");
      },
      set cookie(line: string) {
        browser.set(line);
      },
    });
    vi.stubGlobal("location", { protocol: "http:" });
  });
  afterEach(() => {
    vi.unstubAllGlobals();
  });

  const texts = (messages: Iterable<MessageJson>) => Array.from(messages, ({ message }) => message);

  test("waits until the page has shown it, however often it was fetched", async () => {
    await browser.add("one", "two");
    for (let time = 0; time < 3; time += 1) expect(texts(await browser.data())).toEqual(["one", "two"]);
    const data = await browser.data();
    shown(data);
    expect(await browser.page()).toEqual([]);
    expect([...browser.cookies]).toEqual([]);
  });

  test("is confirmed one by one", async () => {
    await browser.add("one", "two", "three");
    shown((await browser.data()).filter(({ message }) => message === "two"));
    expect(texts(await browser.data())).toEqual(["one", "three"]);
    expect(texts(await browser.page())).toEqual(["one", "three"]);
    expect([...browser.cookies]).toEqual([]);
  });

  test("is gone also where the next answer is one that nobody sees", async () => {
    await browser.add("one");
    shown(await browser.data());
    await browser.ask({ status: 303 }, ({ messages }) => messages.info("two"));
    expect(texts(await browser.page())).toEqual(["two"]);
  });

  test("is said again if it is said again", async () => {
    await browser.add("Saved.");
    shown(await browser.data());
    await browser.add("Saved.");
    const data = await browser.data();
    expect(texts(data)).toEqual(["Saved."]);
    shown(data);
    expect(await browser.data()).toEqual([]);
  });

  test("is the same one however often it is handed out and folded, and another one if it is said again", async () => {
    const digests = async () => (await browser.data()).map(({ receipt }) => receipt?.split(".", 1)[0]);
    await browser.add("Saved.");
    const [first] = await digests();
    for (let time = 0; time < 5; time += 1) await browser.add("Saved.");
    const all = await digests();
    expect(all[0]).toBe(first);
    // A storage of one's own need not tell apart what says the same.
    expect(new Set(all).size).toBe(name === "cookie storage" ? 6 : 1);
    expect(await digests()).toEqual(all);
  });

  test("counts as shown once for each of two that say the same", async () => {
    await browser.add("Saved.", "Saved.");
    const [first] = await browser.data();
    shown(first ? [first] : []);
    shown(first ? [first] : []); // A component may be rendered twice.
    expect(texts(await browser.page())).toEqual(["Saved."]);
  });

  test("is gone as a whole, also where two say the same", async () => {
    await browser.add("Saved.", "Saved.");
    const data = await browser.data();
    expect(new Set(data.map(({ receipt }) => receipt)).size).toBe(2);
    shown(data);
    expect(await browser.page()).toEqual([]);
  });

  test("needs no receipt in a document", async () => {
    await browser.add("one");
    const messages = await browser.page();
    expect(messages[0]).not.toHaveProperty("receipt");
    shown(messages);
    expect([...browser.cookies]).toEqual([]);
  });

  test("does not mind receipts that mean nothing", async () => {
    for (const value of ["", "~", "~~.~", "forged", "x.y~".repeat(500), "x.y~".repeat(5000), "%00", "a.b.c"]) {
      await browser.add("one");
      browser.cookies.set("messages.shown", value);
      expect(texts(await browser.page()), value).toEqual(["one"]);
      expect([...browser.cookies], value).toEqual([]);
    }
  });

  test("to a prefetch it looks empty, and the answer is not one to keep", async () => {
    const prefetch = { headers: { "sec-purpose": "prefetch" } };
    const fetchAhead = () => browser.ask({ needsReceipt: true, ...prefetch }, (exchange) => exchange.messages.toJSON());
    await browser.add("one");
    expect(await fetchAhead()).toEqual([]);
    expect(texts(await browser.data())).toEqual(["one"]);
  });
});

test('with compat: "django" there are no receipts', async () => {
  const browser = new Browser(defineMessages({ secret: SECRET, storage: "cookie", compat: "django" }));
  await browser.add("one");
  expect(await browser.data()).toEqual([expect.not.objectContaining({ receipt: expect.anything() })]);
  expect(await browser.data()).toEqual([]);
});

test("shown() does nothing on a server", () => {
  expect(() => shown([{ receipt: "x.y" }])).not.toThrow();
});
