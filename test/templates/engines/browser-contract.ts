import { build } from "esbuild";
import { ERROR, INFO, Message, type Messages, markSafe, WARNING } from "onceover";
import { expect, test } from "vitest";
import { isBrowserMissing, launchBrowser } from "../../browser.ts";
import { shownIn, waiting } from "../contract.ts";

/** A component that shows messages on a server, and then in a browser. */
interface Hydration {
  readonly name: string;
  /** The list as the server sends it. */
  render(messages: Messages): string | Promise<string>;
  /** The browser's code: it hydrates `root` with `messages`, and then sets `globalThis.show` to what takes others. */
  readonly code: string;
  /** Compiles a component that is neither TypeScript nor JSX. */
  readonly compile?: (path: string) => string;
}

const SENT = [new Message(INFO, `<a> & "it's"`, { extraTags: "x" }), new Message(WARNING, markSafe("<b>b</b> &amp;"))];
const NEXT = [new Message(ERROR, markSafe("<i>c</i>")), new Message(INFO, "<i>d</i> &amp;"), new Message(INFO, "e")];

const PAGE = `
const root = document.querySelector("#root");
const messages = ${JSON.stringify(waiting(...SENT))};`;

/** What is promised of a component that a browser takes over. */
export function browserContract({ name, render, code, compile }: Hydration): void {
  test.skipIf(isBrowserMissing)(`${name}: the browser takes over what the server sent, and shows others`, async () => {
    const script = await bundle(`${PAGE}\n${code}`, compile);
    const html = await render(waiting(...SENT));
    const browser = await launchBrowser();
    try {
      const page = await browser.newPage();
      page.setDefaultTimeout(20_000);
      // Frameworks complain where the server's HTML is not what they would write.
      const complaints: string[] = [];
      page.on("console", (line) => complaints.push(line.text()));
      page.on("pageerror", (error) => complaints.push(String(error)));
      await page.setContent(`<!doctype html><div id="root">${html}</div>`);
      const list = await page.waitForSelector("ul");
      await page.addScriptTag({ content: script });
      await page.waitForFunction('"show" in globalThis');
      await page.evaluate(`void show(${JSON.stringify(waiting(...NEXT))})`);
      await page.waitForFunction(`document.querySelectorAll("li").length === ${NEXT.length}`);
      const written = (await page.innerHTML("#root")).replace(/<!--.*?-->/g, "");
      expect(shownIn(written, "li")).toEqual(
        NEXT.map((message) => ({
          attributes: { class: message.tags },
          html: shownIn(`<p>${message.toHTML()}</p>`, "p")[0]?.html,
        })),
      );
      expect(await list.evaluate((element) => element.isConnected)).toBe(true);
      expect(complaints).toEqual([]);
    } finally {
      await browser.close();
    }
  });
}

/** One script of the code and all that it imports, as frameworks build it for development. */
async function bundle(code: string, compile: Hydration["compile"]): Promise<string> {
  const { outputFiles } = await build({
    stdin: { contents: code, resolveDir: import.meta.dirname, loader: "tsx" },
    bundle: true,
    write: false,
    format: "iife",
    platform: "browser",
    jsx: "automatic",
    conditions: ["browser", "development"],
    define: {
      "process.env.NODE_ENV": '"development"',
      __VUE_OPTIONS_API__: "false",
      __VUE_PROD_DEVTOOLS__: "false",
      __VUE_PROD_HYDRATION_MISMATCH_DETAILS__: "true",
    },
    plugins: [
      {
        name: "components",
        setup({ onLoad }) {
          if (compile) onLoad({ filter: /\.(svelte|vue)$/ }, ({ path }) => ({ contents: compile(path), loader: "ts" }));
        },
      },
    ],
  });
  return outputFiles.map(({ text }) => text).join("\n");
}
