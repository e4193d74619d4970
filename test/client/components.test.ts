import { readFileSync } from "node:fs";
import { createElement } from "react";
import { renderToString } from "react-dom/server";
import { describe, expect, test } from "vitest";
import { compileScript, parse } from "vue/compiler-sfc";
import { isBrowserMissing } from "../browser.ts";
import { Messages } from "./react-messages.tsx";
import { bundle, message, page, STRICT, script, untilHeard, untilShown, useSite } from "./site.ts";

const VUE = new URL("VueMessages.vue", import.meta.url).pathname;
const DOCS = readFileSync(new URL("../../docs/element.md", import.meta.url), "utf8");

/** Apps that set `window.render` to what shows a list of messages, and `null` for a page without them. */
const APPS = {
  React: `
    import { createElement, StrictMode } from "react";
    import { createRoot } from "react-dom/client";
    import { Messages } from "./react-messages.tsx";
    const root = createRoot(document.querySelector("main"));
    window.render = (messages) => root.render(createElement(StrictMode, {}, messages && createElement(Messages, { messages })));`,
  Vue: `
    import { createApp, h, shallowRef } from "vue";
    import Messages from "./VueMessages.vue";
    const shown = shallowRef(null);
    createApp({ render: () => shown.value && h(Messages, { messages: shown.value }) }).mount("main");
    window.render = (messages) => { shown.value = messages; };`,
};

/** The same, with messages as elements that the framework writes. */
const CHILDREN = {
  React: `
    import "onceover/client";
    import { createElement as h, StrictMode } from "react";
    import { createRoot } from "react-dom/client";
    const root = createRoot(document.querySelector("main"));
    const items = (messages) => messages.map(({ tags, message }, index) => h("p", { key: index, className: tags }, message));
    window.render = (messages) => root.render(h(StrictMode, {}, messages && h("onceover-messages", {}, items(messages))));`,
  Vue: `
    import "onceover/client";
    import { createApp, h, shallowRef } from "vue";
    const shown = shallowRef(null);
    const items = (messages) => messages.map(({ tags, message }) => h("p", { class: tags }, message));
    createApp({ render: () => shown.value && h("onceover-messages", items(shown.value)) }).mount("main");
    window.render = (messages) => { shown.value = messages; };`,
};

test("on a server, a component with the element writes its tag", () => {
  expect(renderToString(createElement(Messages, { messages: [message("Saved.")] }))).toBe(
    '<onceover-messages preset="bootstrap" dismiss-after="success: 8"></onceover-messages>',
  );
});

test("the documentation shows the components that are tested", () => {
  expect(DOCS).toContain(readFileSync(new URL("react-messages.tsx", import.meta.url), "utf8"));
  expect(DOCS).toContain(readFileSync(VUE, "utf8"));
});

describe.skipIf(isBrowserMissing).each(["React", "Vue"] as const)("in %s, in Chromium", (name) => {
  const site = useSite();

  const open = async (code: string) => {
    site.serve({
      "/": page("", {
        head: '<script type="module" src="/app.js"></script>',
        policy: STRICT.replace("trusted-types onceover", "$& vue"),
      }),
      "/app.js": script(await bundleApp(code)),
    });
    const tab = await site.open();
    await tab.waitForFunction("window.render");
    const render = (texts: readonly string[] | null, receipts = false) => {
      const messages = texts?.map((text) => message(text, receipts ? { receipt: `of ${text}` } : {})) ?? null;
      return tab.evaluate(`void render(${JSON.stringify(messages)})`);
    };
    return { tab, render };
  };

  test("a component shows what it is given, once, however often it renders", async () => {
    const { tab, render } = await open(APPS[name]);
    await render(["A.", "B."], true);
    await untilShown(tab, ["A.", "B."]);
    await render(["A.", "B.", "C."], true);
    await untilShown(tab, ["A.", "B.", "C."]);
    await untilHeard(tab, ["status: A.", "status: B.", "status: C."]);
    await tab.getByRole("button").first().click();
    await render(["C."], true);
    await untilShown(tab, ["B.", "C."]);
    await untilHeard(tab, ["status: A.", "status: B.", "status: C."]);
    expect(await tab.locator("onceover-messages > .alert-success").count()).toBe(3);
    await render(null);
    await untilShown(tab, []);
    await render(["C.", "D."], true);
    await untilShown(tab, ["D."]);
  });

  test("messages without receipts are shown once by an effect that runs twice", async () => {
    const { tab, render } = await open(APPS[name]);
    await render(["A."]);
    await untilShown(tab, ["A."]);
    await untilHeard(tab, ["status: A."]);
    await render(["A."]);
    await untilShown(tab, ["A.", "A."]);
  });

  test("elements that it writes are messages; it may use them again, and takes them away", async () => {
    const { tab, render } = await open(CHILDREN[name]);
    await render(["A.", "B."]);
    await untilShown(tab, ["A.", "B."]);
    await untilHeard(tab, ["status: A.", "status: B."]);
    await tab.getByRole("button").first().click();
    await untilShown(tab, ["B."]);
    await render(["C.", "B."]);
    await untilShown(tab, ["C.", "B."]);
    await render(["C."]);
    await untilShown(tab, ["C."]);
    await untilHeard(tab, ["status: A.", "status: B.", "status: C."]);
    await tab.getByRole("button").click();
    await render([]);
    await untilShown(tab, []);
    await render(["D."]);
    await untilShown(tab, ["D."]);
    await untilHeard(tab, ["status: A.", "status: B.", "status: C.", "status: D."]);
    await render(null);
    await untilShown(tab, []);
  });
});

/** An app as its framework builds it for development, where it complains of what is wrong. */
function bundleApp(contents: string): Promise<string> {
  return bundle({
    stdin: { contents, resolveDir: import.meta.dirname, loader: "tsx" },
    jsx: "automatic",
    // The package says that of its files only dist/client/register.js does something when it is imported.
    ignoreAnnotations: true,
    define: {
      "process.env.NODE_ENV": '"development"',
      __VUE_OPTIONS_API__: "false",
      __VUE_PROD_DEVTOOLS__: "false",
      __VUE_PROD_HYDRATION_MISMATCH_DETAILS__: "false",
    },
    plugins: [
      {
        name: "vue",
        setup: ({ onLoad }) => {
          onLoad({ filter: /\.vue$/ }, ({ path }) => ({ contents: compileVue(path), loader: "ts" }));
        },
      },
    ],
  });
}

/** As @vitejs/plugin-vue does it with `template: { compilerOptions: { isCustomElement } }`. */
function compileVue(path: string): string {
  const compilerOptions = { isCustomElement: (tag: string) => tag.startsWith("onceover-") };
  const source = readFileSync(path, "utf8");
  const { descriptor } = parse(source, { filename: path, templateParseOptions: compilerOptions });
  return compileScript(descriptor, { id: path, inlineTemplate: true, templateOptions: { compilerOptions } }).content;
}
