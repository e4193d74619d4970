import { INFO, Message, markSafe } from "onceover";
import { h } from "preact";
import { renderToString } from "preact-render-to-string";
import { describe, expect, test } from "vitest";
import { templateContract } from "./contract.ts";
import { browserContract } from "./engines/browser-contract.ts";
import { preact } from "./engines/preact.tsx";

templateContract(preact);

browserContract({
  name: "Preact",
  render: preact.list,
  code: `
    /** @jsxImportSource preact */
    import { hydrate } from "preact";
    import { useEffect, useState } from "preact/hooks";
    import { MessageList } from "./preact/message-list.tsx";

    function Page() {
      const [shown, show] = useState(messages);
      useEffect(() => void Object.assign(globalThis, { show }), []);
      return <MessageList messages={shown} />;
    }
    hydrate(<Page />, root);
  `,
});

describe("in Preact", () => {
  const message = new Message(INFO, markSafe("<b>a</b>"));

  test.each([
    ["a message", message],
    ["a message as JSON", message.toJSON()],
    ["safe HTML", message.message],
  ])("%s prints nothing where its text should stand", (_, child) => {
    expect(renderToString(h("p", null, child as never))).toBe("<p></p>");
  });

  test("a text is escaped, safe or not", () => {
    expect(renderToString(h("p", null, message.toJSON().message))).toBe("<p>&lt;b>a&lt;/b></p>");
  });
});
