import { join } from "node:path";
import { buildSync } from "esbuild";
import nunjucks from "nunjucks";
import type { Messages } from "onceover";
import { type PresetName, renderMessages } from "onceover/html";
import { addMessages } from "onceover/nunjucks";
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
import { preact } from "../templates/engines/preact.tsx";
import { pug } from "../templates/engines/pug.ts";
import { react } from "../templates/engines/react.tsx";
import { svelte } from "../templates/engines/svelte.ts";
import { vue } from "../templates/engines/vue.ts";
import { attack, byInnerHtml, byScript, type Carrier, type MessagesPage } from "./attack.ts";
import { libraryOf } from "./sinks.ts";
import { openTab, type Tab } from "./visit.ts";

const ENGINES: readonly Engine[] = [
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

const env = addMessages(new nunjucks.Environment(null));
const DJANGO_LIST = '{% for message in messages %}<li class="{{ message.tags }}">{{ message }}</li>{% endfor %}';

/** A page whose script fetches messages as JSON, and fills a new `p` for each `message`. */
function fetched(name: string, fill: string, carry: Carrier): MessagesPage {
  const script = `
    import { messageHtml } from "./src/templates/html.ts";
    async function showMessages() {
      const { messages } = await (await fetch("/messages")).json();
      for (const message of messages) {
        const p = document.createElement("p");
        p.className = message.tags;
        p.title = message.data.text;
        ${fill}
        document.querySelector("main").append(p);
      }
    }
    showMessages();`;
  return {
    name,
    each: "p",
    html: () => "",
    answers: (messages) => ({
      "/messages": { headers: { "content-type": "application/json" }, body: JSON.stringify({ messages }) },
    }),
    script: bundled(script),
    carry,
  };
}

/** A script with all that it imports. */
function bundled(script: string): string {
  const stdin = { contents: script, resolveDir: join(import.meta.dirname, "../.."), loader: "ts" } as const;
  return buildSync({ stdin, bundle: true, write: false })
    .outputFiles.map(({ text }) => text)
    .join("");
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
  { name: "Nunjucks, a loop", each: "li", html: (messages) => env.renderString(DJANGO_LIST, { messages }) },
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
  {
    name: "renderMessages beside htmx",
    each: "div",
    html: (messages) => renderMessages(messages),
    script: libraryOf("htmx.org/dist/htmx.min.js"),
  },
  {
    name: "renderMessages beside htmx 2",
    each: "div",
    html: (messages) => renderMessages(messages),
    script: WITHOUT_STYLES + libraryOf("htmx2/dist/htmx.min.js"),
  },
  {
    name: "renderMessages in a Turbo stream",
    each: "#list div",
    html: (messages) =>
      `<section id="list"></section>
<turbo-stream action="append" target="list"><template>${renderMessages(messages)}</template></turbo-stream>`,
    script: libraryOf("@hotwired/turbo/dist/turbo.es2017-umd.js"),
  },
  fetched("JSON and messageHtml", "p.innerHTML = messageHtml(message);", {
    text: byInnerHtml.text,
    attribute: byScript.attribute,
  }),
  fetched("JSON and textContent", "p.textContent = message.message;", byScript),
];

if (isBrowserMissing) console.warn(HOW_TO_GET_CHROMIUM);
describe.skipIf(isBrowserMissing)("no payload runs, and each arrives as it is, in", () => {
  let browser: Browser;
  let open: Tab;
  let strict: Tab;
  beforeAll(async () => {
    browser = await launchBrowser();
    [open, strict] = await Promise.all([openTab(browser), openTab(browser)]);
  });
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
