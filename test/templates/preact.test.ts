import { h } from "preact";
import { renderToString } from "preact-render-to-string";
import { describe, expect, test } from "vitest";
import { CHILDREN, SAFE, templateContract } from "./contract.ts";
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
  test.each(CHILDREN)("%s prints nothing where its text should stand", (_, child) => {
    expect(renderToString(h("p", null, child as never))).toBe("<p></p>");
  });

  test("a text is escaped, safe or not", () => {
    expect(renderToString(h("p", null, SAFE.toJSON().message))).toBe("<p>&lt;b>a&lt;/b></p>");
  });
});
