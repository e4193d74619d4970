import type { IncomingMessage, RequestListener, ServerResponse } from "node:http";
import { type BuildOptions, build } from "esbuild";
import { type Message, type MessageJson, SUCCESS } from "onceover";
import type { Browser, BrowserContext, BrowserContextOptions, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, beforeEach, expect } from "vitest";
import { listen } from "../adapters/servers.ts";
import { launchBrowser } from "../browser.ts";

/** What a strict page allows: no inline script or style, and no HTML from strings but by the policy `onceover`. */
export const STRICT =
  "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; " +
  "require-trusted-types-for 'script'; trusted-types onceover";

/** What HTMX and Turbo need: they make HTML from strings. Turbo's own style has the nonce of the page. */
export const WITHOUT_TRUSTED_TYPES =
  "default-src 'none'; script-src 'self'; style-src 'self' 'nonce-turbo'; connect-src 'self'";

const ENTRY = new URL("../../src/client/register.ts", import.meta.url).pathname;

/** `onceover/client` as one file. */
export function client(): Promise<string> {
  return bundle({ entryPoints: [ENTRY] });
}

/** A script of the browser and all that it imports, as one file. */
export async function bundle(options: BuildOptions): Promise<string> {
  const { outputFiles = [] } = await build({
    bundle: true,
    minify: true,
    format: "esm",
    target: "es2022",
    alias: { "onceover/client": ENTRY },
    ...options,
    write: false,
  });
  return outputFiles[0]?.text ?? "";
}

type Routes = Readonly<Record<string, RequestListener>>;

export interface PageOptions {
  readonly head?: string;
  readonly html?: string;
  readonly policy?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** The tag of the script as every page should have it. */
export const SCRIPT = '<script type="module" src="/client.js"></script>';

/** A page of its own document. */
export function page(body: string, options: PageOptions = {}): RequestListener {
  return (_, response) => {
    writeHead(response, options);
    response.end(headOf(options) + body);
  };
}

/** Starts a page, for what comes in pieces. */
export function writeHead(response: ServerResponse, { policy = STRICT, headers }: PageOptions = {}): void {
  response.writeHead(200, {
    "content-type": "text/html; charset=utf-8",
    "content-security-policy": policy,
    ...headers,
  });
}

export function headOf({ head = SCRIPT, html = 'lang="en"' }: PageOptions = {}): string {
  return `<!doctype html><html ${html}><meta charset="utf-8"><title>Messages</title>${head}<main>`;
}

export function json(value: unknown): RequestListener {
  return text(JSON.stringify(value), "application/json");
}

export function text(body: string, type: string): RequestListener {
  return (_, response) => {
    response.setHeader("content-type", `${type}; charset=utf-8`);
    response.end(body);
  };
}

export const css = (code: string): RequestListener => text(code, "text/css");
export const script = (code: string): RequestListener => text(code, "text/javascript");

/** A message as JSON, with what a test cares for. */
export function message(text: string, rest: Partial<MessageJson> = {}): MessageJson {
  return { level: SUCCESS, levelTag: "success", message: text, safe: false, extraTags: "", tags: "success", ...rest };
}

export const jsonOf = (messages: readonly Message[]): MessageJson[] => messages.map((one) => one.toJSON());

/** What a test has at hand. */
export interface Site {
  readonly origin: string;
  readonly context: BrowserContext;
  /** Answers these addresses, beside `/client.js`. */
  serve(routes: Routes): void;
  /** A new tab. */
  open(path?: string): Promise<Page>;
  /** Serves a page with this body, and opens it. */
  show(body: string, options?: PageOptions): Promise<Page>;
  /** A new browser context, for a visitor with other habits. */
  visitor(options: BrowserContextOptions): Promise<void>;
  /** Says that these complaints are as they should be. */
  forgive(complaint: RegExp): void;
}

/** A server and a browser for the tests of a file; each test fails if a page complained of anything. */
export function useSite(launch: () => Promise<Browser> = launchBrowser): Site {
  let browser: Browser;
  let context: BrowserContext;
  let server: Awaited<ReturnType<typeof listen>>;
  let code: string;
  let routes: Routes = {};
  let complaints: string[] = [];

  const answer = (request: IncomingMessage, response: ServerResponse): void => {
    const { pathname } = new URL(request.url ?? "/", "http://localhost");
    const route = pathname === "/client.js" ? script(code) : routes[pathname];
    if (route) return void route(request, response);
    response.statusCode = 404;
    response.end("Not found");
  };

  const visitor = async (options: BrowserContextOptions): Promise<void> => {
    await context?.close();
    context = await browser.newContext({ baseURL: server.origin, ...options });
    context.setDefaultTimeout(10_000);
    await context.addInitScript(listenToLiveRegions);
    // A Content-Security-Policy that forbids something is an error on the console.
    context.on("console", (line) => {
      if (line.type() === "error" || line.type() === "warning") complaints.push(line.text());
    });
    context.on("weberror", (error) => complaints.push(String(error.error())));
  };

  beforeAll(async () => {
    [browser, server, code] = await Promise.all([launch(), listen(answer), client()]);
  });
  beforeEach(() => visitor({}));
  afterEach(async () => {
    const heard = complaints;
    complaints = [];
    routes = {};
    await context.close();
    expect(heard).toEqual([]);
  });
  afterAll(async () => {
    await browser?.close();
    await server?.close();
  });

  const open = async (path = "/"): Promise<Page> => {
    const tab = await context.newPage();
    await tab.goto(path);
    return tab;
  };

  return {
    get origin() {
      return server.origin;
    },
    get context() {
      return context;
    },
    serve: (more) => {
      routes = { ...routes, ...more };
    },
    open,
    show: (body, options) => {
      routes = { ...routes, "/": page(body, options) };
      return open();
    },
    visitor,
    forgive: (complaint) => {
      expect(complaints.filter((line) => complaint.test(line))).not.toEqual([]);
      complaints = complaints.filter((line) => !complaint.test(line));
    },
  };
}

/** Hands messages to an element of the page, the first by default, by its method. */
export async function show(tab: Page, messages: readonly unknown[], index = 0): Promise<void> {
  await tab.locator("onceover-messages").nth(index).evaluate(showIn, JSON.stringify(messages));
}

function showIn(element: Node, messages: string): void {
  (element as HTMLElementTagNameMap["onceover-messages"]).show(JSON.parse(messages));
}

/** The texts of the messages that a person sees, in order, whatever element they are in. */
export function shown(tab: Page): Promise<string[]> {
  return tab.evaluate(() =>
    [...document.querySelectorAll("onceover-messages")]
      .flatMap((element) => [...(element.shadowRoot?.querySelectorAll("slot") ?? [])])
      .flatMap((slot) => slot.assignedElements())
      .filter((element) => element.checkVisibility())
      // biome-ignore lint/performance/useDomNodeTextContent: what is seen, with the items of a list apart.
      .map((element) => (element as HTMLElement).innerText.trim()),
  );
}

/** Waits until a person sees these messages and no others. */
export async function untilShown(tab: Page, texts: readonly string[]): Promise<void> {
  await expect.poll(() => shown(tab), { timeout: 5_000, interval: 25 }).toEqual(texts);
}

/** What was read aloud until now, each with the role of its region. */
export function heard(tab: Page): Promise<string[]> {
  return tab.evaluate("window.heard");
}

/** Waits until this was read aloud, in each region in this order, and makes sure that nothing else was. */
export async function untilHeard(tab: Page, lines: readonly string[]): Promise<void> {
  const byRegion = (all: readonly string[]) => all.toSorted((a, b) => a.charCodeAt(0) - b.charCodeAt(0));
  await expect.poll(async () => byRegion(await heard(tab)), { timeout: 5_000, interval: 25 }).toEqual(byRegion(lines));
  await pause(tab, 200);
  expect(byRegion(await heard(tab))).toEqual(byRegion(lines));
}

/** Lets the page go on for some milliseconds: longer than it takes to have something read. */
export async function pause(tab: Page, milliseconds = 250): Promise<void> {
  await tab.waitForTimeout(milliseconds);
}

/** Runs in the page: `window.heard` gets each text that comes into a live region, in whatever tree, as it is by then. */
function listenToLiveRegions(): void {
  const heard: string[] = [];
  Object.assign(window, { heard });
  const known = new WeakSet<Node>();
  const roleOf = (element: Element) => {
    const role = element.getAttribute("role") ?? "";
    if (["status", "alert", "log"].includes(role)) return role;
    return element.getAttribute("aria-live") ?? (element.localName === "output" ? "status" : undefined);
  };
  const listen = (node: Node, role?: string): void => {
    if (node instanceof Text && role && node.data.trim() && !known.has(node)) {
      known.add(node);
      // Nothing is read of what a page has from the start.
      const isFromTheStart = !isLoaded && node.getRootNode() === document;
      if (!isFromTheStart) heard.push(`${role}: ${node.data.trim()}`);
    }
    if (!(node instanceof Element || node instanceof Document || node instanceof ShadowRoot)) return;
    const inner = node instanceof Element ? (roleOf(node) ?? role) : role;
    if (node instanceof HTMLSlotElement) for (const child of node.assignedNodes()) listen(child, inner);
    for (const child of node instanceof Element && node.shadowRoot ? [node.shadowRoot] : node.childNodes)
      listen(child, inner);
  };
  let isLoaded = false;
  addEventListener("load", () => {
    listen(document);
    isLoaded = true;
  });
  let isAwaited = false;
  const observer = new MutationObserver(() => {
    if (isAwaited) return;
    isAwaited = true;
    // As the browser tells a screen reader: when all scripts have done what they do.
    requestAnimationFrame(() => {
      isAwaited = false;
      listen(document);
    });
  });
  const changes = { subtree: true, childList: true, characterData: true, attributes: true };
  observer.observe(document, changes);
  const { attachShadow } = Element.prototype;
  Element.prototype.attachShadow = function (options) {
    const root = attachShadow.call(this, options);
    observer.observe(root, changes);
    return root;
  };
}
