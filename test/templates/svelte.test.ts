import { INFO, Message, markSafe } from "onceover";
import { expect, test } from "vitest";
import { templateContract, waiting } from "./contract.ts";
import { browserContract } from "./engines/browser-contract.ts";
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
  await expect(renderList(waiting(new Message(INFO, "a")))).rejects.toThrow(TypeError);
});
