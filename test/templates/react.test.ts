import { runInNewContext } from "node:vm";
import { build } from "esbuild";
import { INFO, Message, markSafe } from "onceover";
import { createElement } from "react";
import { renderToString } from "react-dom/server";
import { describe, expect, test } from "vitest";
import { CHILDREN, SAFE, shownIn, templateContract } from "./contract.ts";
import { browserContract } from "./engines/browser-contract.ts";
import { react } from "./engines/react.tsx";

templateContract(react);

browserContract({
  name: "React",
  render: react.list,
  code: `
    import { useEffect, useState } from "react";
    import { hydrateRoot } from "react-dom/client";
    import { MessageList } from "./react/message-list.tsx";

    function Page() {
      const [shown, show] = useState(messages);
      useEffect(() => void Object.assign(globalThis, { show }), []);
      return <MessageList messages={shown} />;
    }
    hydrateRoot(root, <Page />);
  `,
});

describe("in React", () => {
  test.each(CHILDREN)("%s is refused where its text should stand", (_, child) => {
    expect(() => renderToString(createElement("p", null, child as never))).toThrow(/not valid as a React child/);
  });

  test("a text is escaped, safe or not", () => {
    expect(renderToString(createElement("p", null, SAFE.toJSON().message))).toBe("<p>&lt;b&gt;a&lt;/b&gt;</p>");
  });
});

describe("onceover/html, bundled for browsers", async () => {
  const { metafile, outputFiles } = await build({
    stdin: { contents: 'export * from "onceover/html"', resolveDir: import.meta.dirname },
    bundle: true,
    write: false,
    minify: true,
    format: "iife",
    globalName: "html",
    platform: "browser",
    metafile: true,
  });
  const code = outputFiles[0]?.text ?? "";

  test("has nothing of Node.js, nor of the server's part", () => {
    const imported = Object.values(metafile.inputs).flatMap(({ imports }) => imports);
    expect(imported.filter(({ path, external }) => external || !path.startsWith("src/"))).toEqual([]);
    expect(Object.keys(metafile.inputs).filter((path) => /messages|storage|wire|adapters/.test(path))).toEqual([]);
  });

  test("renders where there is JavaScript and nothing else", () => {
    const json = [new Message(INFO, "<a>"), new Message(INFO, markSafe("<b>b</b>"))].map((message) => message.toJSON());
    const run = (expression: string) => runInNewContext(`${code}\n${expression}`, { json });
    expect(run("json.map(html.messageHtml).join()")).toBe("&lt;a&gt;,<b>b</b>");
    expect(shownIn(run("html.renderMessages(json, { preset: 'bulma' })"), "div").map(({ html }) => html)).toEqual([
      "&lt;a&gt;",
      "<b>b</b>",
    ]);
  });
});
