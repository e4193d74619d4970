import { readFileSync } from "node:fs";
import { join } from "node:path";
import { type Component, createSSRApp } from "vue";
import { compileScript, parse } from "vue/compiler-sfc";
import { renderToString } from "vue/server-renderer";
import type { Engine } from "../contract.ts";
import { importComponent } from "./component.ts";

export const vue: Engine = {
  name: "Vue",
  list: (messages) => renderComponent("MessageList.vue", { messages: messages.toJSON() }),
  all: (messages, preset) => renderComponent("MessageAlerts.vue", { messages: messages.toJSON(), preset }),
};

/** A component as the server sends it. */
async function renderComponent(file: string, props: Record<string, unknown>): Promise<string> {
  const component = await importComponent<Component>(file, compileVue(join(import.meta.dirname, "vue", file), true));
  return renderToString(createSSRApp(component, props));
}

/** A component's code, in TypeScript, for the server or the browser. */
export function compileVue(path: string, ssr: boolean): string {
  const { descriptor } = parse(readFileSync(path, "utf8"), { filename: path });
  const templateOptions = { ssr, ssrCssVars: [] };
  return compileScript(descriptor, { id: path, inlineTemplate: true, templateOptions }).content;
}
