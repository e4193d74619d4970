import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import { createRequire } from "node:module";
import { ERROR, INFO, Message, markSafe, SUCCESS, WARNING } from "onceover";
import { type PresetName, renderMessages } from "onceover/html";
import { compile } from "tailwindcss";
import type { ContractServer } from "../adapters/contract.ts";
import { opened } from "../adapters/servers.ts";

const require = createRequire(import.meta.url);

/** Nothing but style sheets of the page's own server: no inline style, and no script. */
const POLICY = "default-src 'none'; style-src 'self'";

export const PRESET_NAMES: readonly PresetName[] = ["plain", "bootstrap", "tailwind", "bulma", "pico"];

/** Every level, extra tags, a link in safe HTML, and a text that needs two lines. */
export const SAMPLES: readonly Message[] = [
  new Message(10, "17 queries in 3.1 ms."),
  new Message(INFO, markSafe('Three letters wait in <a class="alert-link" href="/inbox">your inbox</a>.')),
  new Message(SUCCESS, "Profile updated.", { extraTags: "profile" }),
  new Message(
    WARNING,
    "The trial ends in two days. After that, everybody can still read what is there, but nobody can upload anything new.",
  ),
  new Message(ERROR, "The card was declined: nothing was charged."),
];

/** How the page around the messages looks, which is not ours to say: `<body>` in a framework's own classes. */
const BODIES: Readonly<Record<PresetName, string>> = {
  plain: "",
  bootstrap: "p-4",
  tailwind: "bg-white p-6 text-gray-900 dark:bg-gray-900 dark:text-gray-100",
  bulma: "p-5",
  pico: "container-fluid",
};

/** Serves `/<preset>`, with `?theme=dark` for frameworks that do not ask the browser, and `?dir=rtl`. */
export async function servePresetPages(): Promise<ContractServer> {
  const sheets = await styleSheets();
  return opened(
    createServer((request, response) => {
      const { pathname, searchParams } = new URL(request.url ?? "/", "http://localhost");
      const name = pathname.slice(1);
      const css = sheets[name.replace(/\.css$/, "") as PresetName];
      response.setHeader("content-security-policy", POLICY);
      response.setHeader("content-type", `text/${name.endsWith(".css") ? "css" : "html"}; charset=utf-8`);
      response.end(name.endsWith(".css") ? css : pageOf(name as PresetName, searchParams));
    }),
  );
}

function pageOf(preset: PresetName, options: URLSearchParams): string {
  return `<!doctype html>
<html lang="en" dir="${options.get("dir") ?? "ltr"}" data-bs-theme="${options.get("theme") ?? "light"}">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<meta name="color-scheme" content="light dark">
<title>${preset}</title>
<link rel="stylesheet" href="/${preset}.css">
<body class="${BODIES[preset]}">
<main>
${renderMessages(SAMPLES, { preset })}
</main>
`;
}

/** The style sheets as they are published, and what docs/html.md says that a page adds to them. */
async function styleSheets(): Promise<Record<PresetName, string>> {
  const [colours, box] = documented("Plain");
  return {
    plain: `body { margin: 1.5rem; font: 1rem/1.5 sans-serif; background: canvas }\n${colours}${box}`,
    bootstrap: read(require.resolve("bootstrap/dist/css/bootstrap.min.css")),
    tailwind: await tailwindSheet(),
    bulma: read(require.resolve("bulma/css/bulma.min.css")),
    pico: `${read(require.resolve("@picocss/pico/css/pico.min.css"))}\n${colours}${documented("Pico 2").join("")}`,
  };
}

/** The blocks of CSS below a heading of docs/html.md. */
function documented(heading: string): string[] {
  const [, section = ""] = read("../../docs/html.md").split(`\n### ${heading}\n`);
  const [text = ""] = section.split("\n#");
  return [...text.matchAll(/```css\n([\s\S]*?)```/g)].map(([, css = ""]) => css);
}

async function tailwindSheet(): Promise<string> {
  const { build, words } = await tailwind();
  return build([...words, ...BODIES.tailwind.split(" ")]);
}

/** Tailwind with the lines that docs/html.md shows, and the words in the file that they lead to: it reads that like any text. */
export async function tailwind() {
  const { build, sources } = await compile(documented("Tailwind 4").join(""), {
    loadStylesheet: async (_, base) => ({ path: "", base, content: read(require.resolve("tailwindcss/index.css")) }),
  });
  const files = sources.map(({ pattern }) => pattern.replace("../node_modules/onceover/dist/", "../../src/"));
  return { build, words: files.flatMap((file) => read(file.replace(/js$/, "ts")).split(/[\s"]+/)) };
}

function read(path: string): string {
  return readFileSync(new URL(path, import.meta.url), "utf8");
}
