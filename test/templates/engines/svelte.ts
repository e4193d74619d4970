import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { MessageJson } from "onceover";
import type { PresetName } from "onceover/html";
import type { Component } from "svelte";
import { compile } from "svelte/compiler";
import { render } from "svelte/server";
import type { Engine } from "../contract.ts";
import { importComponent } from "./component.ts";

type List = Component<{ messages: Iterable<unknown> }>;
type Alerts = Component<{ messages: readonly MessageJson[]; preset: PresetName }>;

export const svelte: Engine = {
  name: "Svelte",
  list: (messages) => renderList(messages.toJSON()),
  async all(messages, preset) {
    const MessageAlerts = await componentOf<Alerts>("MessageAlerts.svelte");
    return render(MessageAlerts, { props: { messages: messages.toJSON(), preset } }).body;
  },
};

/** The list as the server sends it. */
export async function renderList(messages: Iterable<unknown>): Promise<string> {
  const MessageList = await componentOf<List>("MessageList.svelte");
  return render(MessageList, { props: { messages } }).body;
}

/** A component's code for the server or the browser. */
export function compileSvelte(path: string, generate: "server" | "client"): string {
  return compile(readFileSync(path, "utf8"), { filename: path, generate }).js.code;
}

function componentOf<Component>(file: string): Promise<Component> {
  return importComponent(file, compileSvelte(join(import.meta.dirname, "svelte", file), "server"));
}
