import { readFileSync } from "node:fs";
import { NONCE, type Site } from "./visit.ts";

/**
 * Places of a page where a text is dangerous if it is not escaped for them. A payload names the one in which it does its
 * harm, and harness.test.ts proves that it does.
 */
export const SINKS = {
  text: (text) => inBody(`<p>${text}</p>`),
  names: (text) => inBody(`<p ${text}>x</p>`),
  doubleQuoted: (text) => inBody(`<p class="${text}">x</p>`),
  singleQuoted: (text) => inBody(`<p class='${text}'>x</p>`),
  unquoted: (text) => inBody(`<p class=${text}>x</p>`),
  address: (text) => inBody(`<a href="${text}">x</a>`),
  title: (text) => inBody(`<title>${text}</title>`),
  textarea: (text) => inBody(`<textarea>${text}</textarea>`),
  template: (text) => inBody(`<template>${text}</template>`),
  noscript: (text) => inBody(`<noscript>${text}</noscript>`),
  frame: (text) => inBody(`<iframe>${text}</iframe>`),
  select: (text) => inBody(`<select><option>${text}</option></select>`),
  table: (text) => inBody(`<table><tr><td>x</td></tr>${text}</table>`),
  comment: (text) => inBody(`<!-- ${text} -->`),
  svg: (text) => inBody(`<svg><text>${text}</text></svg>`),
  math: (text) => inBody(`<math><mi>${text}</mi></math>`),
  cdata: (text) => inBody(`<svg><desc><![CDATA[${text}]]></desc></svg>`),
  style: (text) => inBody(`<style>${text}</style>`),
  // What a page's own script says has the page's nonce: no policy stops these.
  scriptDouble: (text) => inScript(`const text = "${text}";`),
  scriptSingle: (text) => inScript(`const text = '${text}';`),
  scriptTemplate: (text) => inScript(`const text = \`${text}\`;`),
  scriptComment: (text) => inScript(`// ${text}\n`),
  scriptState: (text) => inScript(`const state = {"messages":[{"message":"${text}"}]};`),
  scriptHtml: (text) => inScript(`document.querySelector("main").innerHTML = "${text}";`),
  json: (text) => inBody(`<script type="application/json">{"messages":[{"message":"${text}"}]}</script>`),
  // Scripts that read the page's text, and write it as HTML.
  decoded: (text) => again(text, "main.innerHTML = main.textContent;"),
  normalised: (text) => again(text, 'main.innerHTML = main.textContent.normalize("NFKC");'),
  // Libraries that give a meaning to what they find in a page.
  htmx: (text) => withLibrary(text, "htmx.org/dist/htmx.min.js"),
  htmx2: (text) => withLibrary(text, "htmx2/dist/htmx.min.js"),
  turbo: (text) =>
    withLibrary(
      `<i id="list"></i><turbo-stream action="append" target="list"><template>${text}</template></turbo-stream>`,
      "@hotwired/turbo/dist/turbo.es2017-umd.js",
    ),
  vue: (text) => withLibrary(`<p>${text}</p>`, "vue/dist/vue.global.prod.js", 'Vue.createApp({}).mount("main");'),
} satisfies Record<string, (text: string) => Site>;

export type Sink = keyof typeof SINKS;

/** Sinks where a policy must stop what runs: neither the page's own script, nor a library that it trusts. */
export const POLICED: readonly Sink[] = [
  "text",
  "names",
  "doubleQuoted",
  "singleQuoted",
  "unquoted",
  "address",
  "title",
  "textarea",
  "template",
  "noscript",
  "frame",
  "select",
  "table",
  "comment",
  "svg",
  "math",
  "cdata",
  "style",
  "json",
  "decoded",
  "normalised",
];

const inBody = (html: string): Site => ({ html });
const inScript = (script: string): Site => ({ html: `<script nonce="${NONCE}">${script}</script>` });
const again = (html: string, script: string): Site => ({
  html,
  script: `const main = document.querySelector("main"); ${script}`,
});

const withLibrary = (html: string, file: string, script = ""): Site => ({
  html,
  script: `${libraryOf(file)}\n${script}`,
});

/** The code of a library for browsers. */
export function libraryOf(file: string): string {
  return readFileSync(new URL(`../../node_modules/${file}`, import.meta.url), "utf8");
}
