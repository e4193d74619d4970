import { randomUUID } from "node:crypto";
import type { IncomingMessage } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import type { Browser, BrowserContext, Page } from "playwright-core";
import { listen } from "../adapters/servers.ts";

/** A page and what belongs to it. */
export interface Site {
  /** What is in the page's `<main>`. */
  readonly html: string;
  /** A script of the page; it runs when the page is there. */
  readonly script?: string | undefined;
  /** What else the server answers, by path; the page's script may ask for it. */
  readonly answers?: Readonly<Record<string, SiteAnswer>> | undefined;
  /** From where a strict policy allows styles; `'self'` by default. */
  readonly styles?: string | undefined;
}

export interface SiteAnswer {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** One node of a page: an element with its attributes, or a text. Comments are left out: frameworks count with them. */
export interface SiteNode {
  /** The names of the elements around it, and its own. */
  readonly path: string;
  readonly attributes?: Readonly<Record<string, string>>;
  readonly text?: string;
}

/** What was seen of a page. */
export interface Visit {
  /** What happened that a page of mere text does not do, each in words. */
  readonly caught: readonly string[];
  readonly nodes: readonly SiteNode[];
  /** The elements that match: the text of each, and all of its HTML where it has elements inside. */
  readonly shown: readonly string[];
}

interface VisitOptions {
  /** True serves the page with a strict policy; without one, what can run does run. */
  readonly policy: boolean;
  /** The page is there as soon as this many elements match. */
  readonly until?: { readonly selector: string; readonly count: number };
  /** For how long the page's script goes on after that, in milliseconds; 0 by default. */
  readonly settle?: number | undefined;
  /** The selector of elements that are not looked into: what changes with the time. */
  readonly ignore?: string | undefined;
  /** What is to be caught: it is waited for, 10 seconds at most. Without it, whatever happens has 100 milliseconds. */
  readonly expected?: readonly RegExp[];
}

/** A browser's tab, for one page after another. */
export interface Tab {
  /** Opens a page, points at and clicks on everything in it, and tells what happened. */
  visit(site: Site, options: VisitOptions): Promise<Visit>;
  close(): Promise<void>;
}

/** By what the policy knows the page's own scripts. */
export const NONCE: string = randomUUID();

export async function openTab(browser: Browser): Promise<Tab> {
  let caught: string[] = [];
  let served: Readonly<Record<string, SiteAnswer>> = {};
  const tell = (what: string) => void caught.push(what);
  const server = await listen(async (request, response) => {
    const path = request.url ?? "";
    const answer = Object.hasOwn(served, path) ? served[path] : undefined;
    if (answer) {
      response.writeHead(200, answer.headers).end(answer.body);
      return;
    }
    tell(path === "/csp" ? await reportIn(request) : `request: ${request.method} ${path}`);
    response.writeHead(404).end();
  });
  const context = await browser.newContext();
  await watch(context, server.origin, tell);
  let page = await newPage(context, tell);
  return {
    async visit(site, { policy, until, settle = 0, ignore = "none", expected }) {
      if (caught.length > 0) {
        // What the page before is still up to must not count here.
        await page.close();
        page = await newPage(context, tell);
      }
      caught = [];
      served = answersOf(site, policy);
      await page.goto(server.origin, { timeout: 20_000 }).catch((error) => tell(`no page: ${error.message}`));
      if (until) await arrive(page, until);
      await sleep(settle);
      const nodes = await page.evaluate(nodesOf, ignore).catch(() => []);
      const shown = until ? await page.locator(until.selector).evaluateAll(textsOf) : [];
      // Frames that are not this server's, or were refused, may never answer.
      const frames = page.frames().filter((frame) => frame.url().startsWith(server.origin));
      const touches = frames.map((frame) => frame.evaluate(touchEverything));
      await Promise.all(touches.map((touch) => touch.catch(() => tell("a frame went away"))));
      await (expected ? waitFor(() => expected.every((sign) => caught.some((what) => sign.test(what)))) : sleep(100));
      return { caught, nodes, shown };
    },
    async close() {
      await context.close();
      await server.close();
    },
  };
}

/** Everything that the server has for a page, by path; the page itself is at the path given. */
export function answersOf(site: Site, policy: boolean, path = "/"): Record<string, SiteAnswer> {
  const { html, script, answers = {} } = site;
  const own = script === undefined ? "" : `<script src="${path}script.js" nonce="${NONCE}" defer></script>`;
  const page = `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>Messages</title></head><body><main>${html}</main>${own}</body></html>`;
  return {
    ...answers,
    [path]: { headers: { "content-type": "text/html; charset=utf-8", ...(policy ? policyFor(site) : {}) }, body: page },
    [`${path}script.js`]: { headers: { "content-type": "text/javascript; charset=utf-8" }, body: script ?? "" },
  };
}

function policyFor({ answers, styles = "'self'" }: Site): Record<string, string> {
  const policy = [
    "default-src 'none'",
    `script-src 'nonce-${NONCE}'`,
    `style-src ${styles}`,
    "base-uri 'none'",
    "form-action 'none'",
    ...(answers ? ["connect-src 'self'"] : []),
    "report-uri /csp",
  ];
  return { "content-security-policy": policy.join("; ") };
}

/** What the browser reports that a policy has stopped. */
async function reportIn(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk);
  const report = JSON.parse(Buffer.concat(chunks).toString())["csp-report"];
  return `CSP report of ${report["document-uri"]}: ${report["effective-directive"]} ${report["blocked-uri"]}`;
}

/** Tells everything that happens beside a page. */
async function watch(context: BrowserContext, origin: string, tell: (what: string) => void): Promise<void> {
  await context.exposeBinding("caught", (_, what: string) => tell(what));
  await context.addInitScript(setTraps);
  await context.route(
    (url) => url.origin !== origin,
    async (route) => {
      tell(`request: ${route.request().url()}`);
      await route.abort();
    },
  );
  context.on("weberror", (error) => tell(`error: ${error.error().message}`));
}

async function newPage(context: BrowserContext, tell: (what: string) => void): Promise<Page> {
  const page = await context.newPage();
  page.on("popup", async (popup) => {
    tell(`window: ${popup.url()}`);
    await popup.close();
  });
  page.on("dialog", async (dialog) => {
    tell(`dialog: ${dialog.message()}`);
    await dialog.dismiss();
  });
  return page;
}

async function arrive(page: Page, { selector, count }: { selector: string; count: number }): Promise<void> {
  const last = page.locator(selector).nth(count - 1);
  // Where a payload has torn the page, there are fewer: a comparison tells it better than a timeout does.
  await last.waitFor({ state: "attached", timeout: 5000 }).catch(() => {});
}

async function waitFor(isThere: () => boolean): Promise<void> {
  for (const end = Date.now() + 10_000; Date.now() < end && !isThere(); ) await sleep(10);
}

/** Runs in every frame, before its own scripts. */
function setTraps(): void {
  const tell = (globalThis as unknown as { caught(what: string): void }).caught;
  for (const name of ["trap", "alert", "prompt", "confirm", "print", "open"])
    Object.assign(window, { [name]: (...what: unknown[]) => tell(`${name}(${what.join()})`) });
  addEventListener("securitypolicyviolation", ({ effectiveDirective, blockedURI }) =>
    tell(`CSP violation: ${effectiveDirective} ${blockedURI}`),
  );
}

/** Runs in the page: all its nodes, in order, also those of templates and shadow trees. */
function nodesOf(ignore: string): SiteNode[] {
  const nodes: { path: string; attributes?: Record<string, string>; text?: string }[] = [];
  const walk = (parent: Node, around: string): void => {
    for (const node of parent.childNodes) {
      if (node instanceof Text) {
        const before = nodes.at(-1);
        if (before?.text !== undefined && before.path === around) before.text += node.data;
        else nodes.push({ path: around, text: node.data });
      } else if (node instanceof Element) {
        const path = `${around} ${node.localName}`;
        nodes.push({
          path,
          attributes: Object.fromEntries([...node.attributes].map(({ name, value }) => [name, value])),
        });
        if (node.matches(ignore)) continue;
        if (node.shadowRoot) walk(node.shadowRoot, `${path} #shadow`);
        if (node instanceof HTMLTemplateElement) walk(node.content, `${path} #content`);
        walk(node, path);
      }
    }
  };
  walk(document, "");
  for (const name in {}) nodes.push({ path: "Object.prototype", text: name });
  return nodes;
}

/** Runs in the page. */
function textsOf(elements: Element[]): string[] {
  return elements.map(({ children, outerHTML, textContent }) =>
    children.length > 0 ? outerHTML : (textContent ?? ""),
  );
}

/** Runs in the page: does to each element what a visitor may do. */
function touchEverything(): void {
  for (const element of document.querySelectorAll("body, body *")) {
    for (const type of ["pointerover", "pointerenter", "mouseover", "mouseenter", "mousedown", "mouseup"])
      element.dispatchEvent(new MouseEvent(type, { bubbles: true, cancelable: true }));
    element.dispatchEvent(new FocusEvent("focus"));
    element.dispatchEvent(new MouseEvent("click", { bubbles: true, cancelable: true }));
  }
}
