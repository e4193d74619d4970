import { INFO, Message, markSafe } from "onceover";
import type { Component } from "svelte";
import { compile } from "svelte/compiler";
import { render } from "svelte/server";
import { expect, test } from "vitest";
import { templateContract, waiting } from "./contract.ts";
import { browserContract } from "./engines/browser-contract.ts";
import { importComponent } from "./engines/component.ts";
import { compileSvelte, renderList, svelte } from "./engines/svelte.ts";

templateContract(svelte);

browserContract({
  name: "Svelte",
  render: (messages) => renderList(messages.toJSON()),
  compile: (path) => compileSvelte(path, "client"),
  code: `
    import { hydrate } from "svelte";
    import { fromStore, writable } from "svelte/store";
    import MessageList from "./svelte/MessageList.svelte";

    const shown = fromStore(writable(messages));
    hydrate(MessageList, { target: root, props: { get messages() { return shown.current; } } });
    globalThis.show = (next) => { shown.current = next; };
  `,
});

test("Svelte loops over a list of messages", async () => {
  const html = await renderList([...waiting(new Message(INFO, markSafe("<b>a</b>")), new Message(INFO, "<i>"))]);
  expect(html.replace(/<!--.*?-->/g, "")).toContain('<li class="info"><b>a</b></li><li class="info">&lt;i&gt;</li>');
});

test("Svelte takes a request's own collection for an array, and finds nothing in it", async () => {
  const messages = waiting(new Message(INFO, "a"));
  await expect(renderList(messages)).rejects.toThrow(TypeError);
  expect(await renderText(messages)).toContain("<p></p>");
  expect(messages.used).toBe(false);
  expect(await renderText([...messages])).toContain("<p>a</p>");
});

/** What Svelte prints of messages that are not asked for any of their fields. */
async function renderText(messages: Iterable<Message>): Promise<string> {
  const source = "<script>const { messages } = $props();</script>{#each messages as message}<p>{message}</p>{/each}";
  const { js } = compile(source, { generate: "server" });
  const component = await importComponent<Component<{ messages: Iterable<Message> }>>("Text.svelte", js.code);
  return render(component, { props: { messages } }).body;
}
