import { INFO, Message } from "onceover";
import { describe, expect, test } from "vitest";
import { createSSRApp, ref } from "vue";
import { renderToString } from "vue/server-renderer";
import { SAFE, shownIn, templateContract, waiting } from "./contract.ts";
import { browserContract } from "./engines/browser-contract.ts";
import { compileVue, vue } from "./engines/vue.ts";

templateContract(vue);

browserContract({
  name: "Vue",
  render: vue.list,
  compile: (path) => compileVue(path, false),
  code: `
    import { createSSRApp, h, shallowRef } from "vue";
    import MessageList from "./vue/MessageList.vue";

    const shown = shallowRef(messages);
    createSSRApp({ render: () => h(MessageList, { messages: shown.value }) }).mount(root);
    globalThis.show = (next) => { shown.value = next; };
  `,
});

describe("in Vue", () => {
  const print = (value: unknown) => renderToString(createSSRApp({ setup: () => ({ value }), template: "{{ value }}" }));

  test.each([
    ["a request's own collection", () => waiting(SAFE, new Message(INFO, "<i>"))],
    ["a list in a ref", () => ref([...waiting(SAFE, new Message(INFO, "<i>"))])],
  ])("%s can be looped over", async (_, list) => {
    const component = {
      setup: () => ({ messages: list() }),
      template: '<p v-for="message in messages" v-html="message.toHTML()" />',
    };
    const html = await renderToString(createSSRApp(component));
    expect(shownIn(html, "p").map((shown) => shown.html)).toEqual(["<b>a</b>", "&lt;i&gt;"]);
  });

  test("a message prints its text, escaped, safe or not", async () => {
    expect(await print(SAFE)).toBe("&lt;b&gt;a&lt;/b&gt;");
  });

  test("a message as JSON prints all of it: the text is its property", async () => {
    expect(await print(SAFE.toJSON())).toContain("&quot;level&quot;: 20");
    expect(await print(SAFE.toJSON().message)).toBe("&lt;b&gt;a&lt;/b&gt;");
  });
});
