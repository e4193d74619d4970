import { join } from "node:path";
import { buildSync } from "esbuild";
import type { Messages } from "onceover";
import { type PresetName, renderMessages } from "onceover/html";
import { hxSwapOob, hxTrigger } from "onceover/htmx";
import { turboStream } from "onceover/turbo";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { HOW_TO_GET_CHROMIUM, isBrowserMissing, launchBrowser } from "../browser.ts";
import type { Engine } from "../templates/contract.ts";
import { edge } from "../templates/engines/edge.ts";
import { ejs } from "../templates/engines/ejs.ts";
import { eta } from "../templates/engines/eta.ts";
import { handlebars } from "../templates/engines/handlebars.ts";
import { hono } from "../templates/engines/hono.tsx";
import { liquid } from "../templates/engines/liquid.ts";
import { mustache } from "../templates/engines/mustache.ts";
import { nunjucks } from "../templates/engines/nunjucks.ts";
import { preact } from "../templates/engines/preact.tsx";
import { pug } from "../templates/engines/pug.ts";
import { react } from "../templates/engines/react.tsx";
import { svelte } from "../templates/engines/svelte.ts";
import { vue } from "../templates/engines/vue.ts";
import { attack, byHtml, byInnerHtml, byScript, type Carrier, type MessagesPage } from "./attack.ts";
import { libraryOf } from "./sinks.ts";
import { NONCE, openTab, type Tab } from "./visit.ts";

const ENGINES: readonly Engine[] = [
  nunjucks,
  ejs,
  pug,
  eta,
  edge,
  liquid,
  handlebars,
  mustache,
  react,
  preact,
  hono,
  svelte,
  vue,
];

const PRESETS: readonly PresetName[] = ["plain", "bootstrap", "tailwind", "bulma", "pico"];

/** A page whose script fetches messages as JSON, and then runs `show`, which is given `messages`. */
function fetched(show: string): Pick<MessagesPage, "answers" | "script"> {
  return {
    answers: (messages) => ({
      "/messages": { headers: { "content-type": "application/json" }, body: JSON.stringify(messages) },
    }),
    script: bundled(`
      import { messageHtml } from "./src/html/render.ts";
      import { showMessages } from "./src/client/register.ts";
      fetch("/messages").then((response) => response.json()).then((messages) => { ${show} });`),
  };
}

/** What a script does that fills a new `p` for each message. */
const inParagraphs = (fill: string) => `
  for (const message of messages) {
    const p = Object.assign(document.createElement("p"), { className: message.tags, title: message.data.text });
    ${fill}
    document.querySelector("main").append(p);
  }`;

/** A script with all that it imports. */
function bundled(script: string): string {
  const stdin = { contents: script, resolveDir: join(import.meta.dirname, "../.."), loader: "ts" } as const;
  return buildSync({ stdin, bundle: true, write: false, ignoreAnnotations: true })
    .outputFiles.map(({ text }) => text)
    .join("");
}

const CLIENT = bundled('import "./src/client/register.ts";');

/** What is so of each page with our element: it reads messages aloud, and notes on each what it has shown. */
const element = (carry: Carrier) => ({
  each: "onceover-messages > div",
  carry: {
    text: carry.text,
    attribute: (text: string, name: string) =>
      name === "data-shown" ? carry.text(text).trim() : carry.attribute(text, name),
  },
  settle: 400,
  ignore: "[role=status], [role=alert]",
});

/** The HX-Trigger header of a response that carries all messages. */
function triggerOf(messages: Messages): string {
  const headers: string[] = [];
  hxTrigger({ maxSize: 1e6 }).put([...messages], {
    status: 200,
    isConnected: true,
    header: () => undefined,
    setHeader: (_, value) => void headers.push(String(value)),
  });
  return headers.join();
}

/** Tells htmx 2 to leave out its stylesheet, which a strict policy does not allow. */
const WITHOUT_STYLES = `const settings = document.createElement("meta");
settings.name = "htmx-config";
settings.content = '{"includeIndicatorStyles":false}';
document.head.append(settings);`;

const PAGES: readonly MessagesPage[] = [
  ...PRESETS.flatMap((preset) => {
    const each = preset === "pico" ? "article" : "div";
    return [
      { name: `renderMessages, ${preset}`, each, html: (messages: Messages) => renderMessages(messages, { preset }) },
      {
        name: `renderMessages of JSON, ${preset}`,
        each,
        html: (messages: Messages) => renderMessages(messages.toJSON(), { preset }),
      },
    ];
  }),
  ...ENGINES.flatMap((engine) => [
    { name: `${engine.name}, a loop`, each: "li", html: (messages: Messages) => engine.list(messages) },
    { name: `${engine.name}, one line`, each: "div", html: (messages: Messages) => engine.all(messages, "bootstrap") },
  ]),
  {
    name: "message.toHTML(), as text and in both kinds of quotes",
    each: "p",
    html: (messages) =>
      Array.from(messages, (message) => {
        const html = message.toHTML();
        return `<p title="${html}" data-text='${html}'>${html}</p>`;
      }).join(""),
  },
  {
    name: "renderMessages, written a second time by innerHTML",
    each: "div",
    html: (messages) => renderMessages(messages),
    script: 'const main = document.querySelector("main"); main.innerHTML = main.innerHTML;',
  },
  ...(["htmx.org", "htmx2"] as const).flatMap((htmx): MessagesPage[] => {
    const script = `${WITHOUT_STYLES}${libraryOf(`${htmx}/dist/htmx.min.js`)}`;
    const ask = 'htmx.ajax("GET", "/fragment", { target: "#target", swap: "innerHTML" });';
    const answer = (headers: Record<string, string>, body: string) => ({
      "/fragment": { headers: { "content-type": "text/html; charset=utf-8", ...headers }, body },
    });
    return [
      { name: `renderMessages beside ${htmx}`, each: "div", html: (messages) => renderMessages(messages), script },
      {
        name: `hxSwapOob, ${htmx}`,
        each: "#list div",
        html: () => '<p id="target"></p><section id="list"></section>',
        answers: (messages) => answer({}, `x${hxSwapOob(messages, { target: "#list" })}`),
        script: `${script}\n${ask}`,
        settle: 400,
      },
      {
        name: `hxTrigger, ${htmx}`,
        html: () => '<p id="target"></p><onceover-messages></onceover-messages>',
        answers: (messages) => answer({ "hx-trigger": triggerOf(messages) }, "x"),
        script: `${CLIENT}\n${script}\n${ask}`,
        ...element(byScript),
      },
    ];
  }),
  {
    name: "turboStream",
    each: "#list div",
    html: (messages) =>
      `<meta name="csp-nonce" content="${NONCE}"><section id="list"></section>${turboStream(messages, { target: "#list" })}`,
    // Turbo brings a style of its own.
    styles: `'nonce-${NONCE}'`,
    script: libraryOf("@hotwired/turbo/dist/turbo.es2017-umd.js"),
  },
  {
    name: "JSON and messageHtml",
    each: "p",
    html: () => "",
    ...fetched(inParagraphs("p.innerHTML = messageHtml(message);")),
    carry: { text: byInnerHtml.text, attribute: byScript.attribute },
  },
  {
    name: "JSON and textContent",
    each: "p",
    html: () => "",
    ...fetched(inParagraphs("p.textContent = message.message;")),
    carry: byScript,
  },
  {
    name: "<onceover-messages> around renderMessages",
    html: (messages) => `<onceover-messages>${renderMessages(messages)}</onceover-messages>`,
    script: CLIENT,
    ...element(byHtml),
  },
  {
    name: "<onceover-messages> and showMessages",
    html: () => "<onceover-messages></onceover-messages>",
    ...fetched("showMessages(messages);"),
    ...element(byScript),
  },
  {
    name: "<onceover-messages src>",
    html: () => '<onceover-messages src="/messages"></onceover-messages>',
    ...fetched(""),
    ...element(byScript),
    script: CLIENT,
  },
];

if (isBrowserMissing) console.warn(HOW_TO_GET_CHROMIUM);
describe.skipIf(isBrowserMissing)("no payload runs, and each arrives as it is, in", () => {
  let browser: Browser;
  let open: Tab;
  let strict: Tab;
  beforeAll(async () => {
    browser = await launchBrowser();
    [open, strict] = await Promise.all([openTab(browser), openTab(browser)]);
  }, 60_000);
  afterAll(async () => {
    await open?.close();
    await strict?.close();
    await browser?.close();
  });

  test.each(PAGES.map((page) => [page.name, page] as const))("%s", async (_, page) => {
    const [withoutPolicy, withPolicy] = await Promise.all([
      attack(open, page, { policy: false }),
      attack(strict, page, { policy: true }),
    ]);
    expect({ withoutPolicy, withPolicy }).toEqual({ withoutPolicy: [], withPolicy: [] });
  });
});
