/**
 * Writes the table of frameworks from what the tests found, or checks that it says just that.
 *
 *     tsx scripts/frameworks-table.ts .results/vitest.json [--write]
 */
import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

/** A framework, and where its tests and its version are to be found. */
interface Framework {
  readonly name: string;
  /** Its page in `docs/`. */
  readonly page: string;
  /** The npm package whose version was tested, and the folder of the project that installed it. */
  readonly package: string;
  readonly project?: string;
  /** How the names of its suites begin. */
  readonly suites: readonly string[];
  /** What it cannot do that the contract does not see, and why. */
  readonly limits?: readonly string[];
}

const FRAMEWORKS: readonly Framework[] = [
  { name: "Express 5", page: "start.md", package: "express", suites: ["Express 5 "] },
  { name: "Express 4", page: "start.md", package: "express4", suites: ["Express 4 "] },
  { name: "Fastify 5", page: "fastify.md", package: "fastify", suites: ["Fastify 5 "] },
  { name: "Koa 3", page: "koa.md", package: "koa", suites: ["Koa 3 "] },
  {
    name: "Hono 4 (Node, Bun, Deno, workerd)",
    page: "hono.md",
    package: "hono",
    suites: ["Hono 4 "],
  },
  { name: "NestJS 12 on Express", page: "nest.md", package: "@nestjs/core", suites: ["Nest 12 on Express "] },
  { name: "NestJS 12 on Fastify", page: "nest.md", package: "@nestjs/core", suites: ["Nest 12 on Fastify "] },
  {
    name: "Next.js 16",
    page: "next.md",
    package: "next",
    project: "next",
    suites: ["Next.js 16 "],
    limits: [
      "a Server Function cannot answer 422: a form's error is on a page with status 200",
      "a Route Handler that throws loses what it added, unless it threw `redirect()` or `notFound()`",
      '`compat: "django"` is refused: pages cannot delete Django\'s cookie',
    ],
  },
  {
    name: "SvelteKit 3",
    page: "sveltekit.md",
    package: "@sveltejs/kit",
    project: "sveltekit",
    suites: ["SvelteKit "],
    limits: ["a handle that throws `error()` loses what was added: SvelteKit answers without cookies"],
  },
  {
    name: "React Router 8",
    page: "react-router.md",
    package: "react-router",
    project: "react-router",
    suites: ["React Router 8 "],
    limits: ["an address that no route matches runs no middleware: there, messages wait"],
  },
  {
    name: "Astro 7",
    page: "astro.md",
    package: "astro",
    project: "astro",
    suites: ["Astro 7 ", "Astro with "],
    limits: ["what a component adds while its page streams is lost, with a warning: the headers are gone"],
  },
  { name: "Nuxt 4", page: "nuxt.md", package: "nuxt", project: "nuxt", suites: ["Nuxt 4 ", "Nuxt in "] },
  { name: "h3 2", page: "h3.md", package: "h3", suites: ["h3 2 "] },
  {
    name: "Elysia 1.4 (Node, Bun)",
    page: "elysia.md",
    package: "elysia",
    suites: ["Elysia 1.4 "],
    limits: ["`new Elysia({ aot: false })` leaves out what plugins wrap around handlers: an error says so"],
  },
  {
    name: "Bun.serve",
    page: "runtimes.md",
    package: "bun",
    project: "runtimes",
    suites: ["a fetch handler on Bun"],
  },
  {
    name: "Deno.serve",
    page: "runtimes.md",
    package: "deno",
    project: "runtimes",
    suites: ["a fetch handler on Deno"],
  },
  {
    name: "Cloudflare Workers (workerd)",
    page: "runtimes.md",
    package: "workerd",
    project: "runtimes",
    suites: ["a fetch handler on workerd"],
  },
  {
    name: "Fetch handlers on Node.js",
    page: "start.md",
    package: "node",
    suites: ["a fetch handler with a session", "a fetch handler without a session"],
  },
  { name: "Connect", page: "start.md", package: "connect", suites: ["Connect "] },
  { name: "`node:http`", page: "start.md", package: "node", suites: ["node:http "] },
];

/** What is needed of Vitest's JSON report. */
interface Report {
  readonly testResults: readonly {
    readonly assertionResults: readonly {
      readonly ancestorTitles: readonly string[];
      readonly title: string;
      readonly status: string;
      readonly meta?: { readonly cannot?: string };
    }[];
  }[];
}

type Result = Report["testResults"][number]["assertionResults"][number];

/** One framework's results. */
interface Row {
  readonly framework: Framework;
  readonly version: string;
  readonly http: Count;
  readonly browser: Count;
  readonly limits: readonly string[];
}

interface Count {
  readonly passed: number;
  readonly all: number;
}

const OVER_HTTP = / on (cookie|fallback|a storage that takes 20 ms)$/;
const IN_CHROMIUM = / in Chromium$/;

function rowOf(framework: Framework, report: Report): Row {
  const suite = ({ ancestorTitles: [title = ""] }: Result) => title;
  const own = results(report).filter((result) => framework.suites.some((start) => suite(result).startsWith(start)));
  const cannot = own.flatMap(({ title, meta }) => (meta?.cannot ? [`${title}: ${meta.cannot}`] : []));
  return {
    framework,
    version: versionOf(framework),
    http: count(own.filter((result) => OVER_HTTP.test(suite(result)))),
    browser: count(own.filter((result) => IN_CHROMIUM.test(suite(result)))),
    limits: [...new Set([...cannot, ...(framework.limits ?? [])])],
  };
}

function results({ testResults }: Report): Result[] {
  return testResults.flatMap(({ assertionResults }) => assertionResults);
}

/** A promise that is seen broken, as expected, is a test that passed and a promise that did not. */
function count(results: readonly Result[]): Count {
  const kept = results.filter(({ status, meta }) => status === "passed" && !meta?.cannot);
  return { passed: kept.length, all: results.length };
}

function versionOf({ package: name, project = "" }: Framework): string {
  if (name === "node") return "Node 20, 24";
  const { packages } = JSON.parse(read(`${project && `examples/${project}/`}package-lock.json`)) as {
    packages: Record<string, { version?: string }>;
  };
  return packages[`node_modules/${name}`]?.version ?? "not installed";
}

const show = ({ passed, all }: Count) => (all === 0 ? "" : `${passed} of ${all}`);
const link = ({ framework: { name, page } }: Row, folder = "") => `[${name}](${folder}${page})`;

function longTable(rows: readonly Row[]): string {
  return table(
    ["Framework", "Version tested", "Over HTTP", "In Chromium", "What it cannot do, and why"],
    rows.map((row) => [link(row), row.version, show(row.http), show(row.browser), row.limits.join("<br>")]),
  );
}

function shortTable(rows: readonly Row[]): string {
  return table(
    ["Framework", "Version tested", "Scenarios over HTTP", "In Chromium"],
    rows.map((row) => [link(row, "docs/"), row.version, show(row.http), show(row.browser)]),
  );
}

function table(header: readonly string[], rows: readonly (readonly string[])[]): string {
  const lines = [header, header.map(() => "---"), ...rows];
  return lines.map((cells) => `| ${cells.join(" | ")} |`).join("\n");
}

/** The page with the table between its two marks replaced. */
function withTable(page: string, text: string): string {
  const marked = /(<!-- frameworks -->\n)[\s\S]*?(\n<!-- end of frameworks -->)/;
  if (!marked.test(page)) throw new Error("The page has no `<!-- frameworks -->` … `<!-- end of frameworks -->`.");
  return page.replace(marked, (_, start: string, end: string) => start + text + end);
}

/** Tables as they are before the formatter aligns their columns. */
function unaligned(page: string): string {
  return page.replace(/ +/g, " ").replace(/-{3,}/g, "---").replace(/\n+/g, "\n");
}

function read(path: string): string {
  return readFileSync(new URL(`../${path}`, import.meta.url), "utf8");
}

function main(reportPath: string | undefined, isWriting: boolean): void {
  if (reportPath === undefined) throw new Error("Give the path of Vitest's JSON report.");
  const report = JSON.parse(readFileSync(reportPath, "utf8")) as Report;
  if (results(report).some(({ status }) => status !== "passed")) {
    console.log("The table of frameworks is not checked, as not all tests ran and passed.");
    return;
  }
  const rows = FRAMEWORKS.map((framework) => rowOf(framework, report));
  const untested = rows.filter(({ http }) => http.all === 0).map(({ framework }) => framework.name);
  if (untested.length > 0) throw new Error(`The report has no tests of ${untested.join(", ")}.`);
  for (const [path, make] of [
    ["docs/frameworks.md", longTable],
    ["README.md", shortTable],
  ] as const) {
    const page = read(path);
    const made = withTable(page, make(rows));
    if (unaligned(made) === unaligned(page)) continue;
    if (isWriting) writeFileSync(new URL(`../${path}`, import.meta.url), made);
    else {
      console.error(`${path} says something else than the tests found: run \`npm run frameworks\` after \`npm test\`.`);
      process.exitCode = 1;
    }
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) main(process.argv[2], process.argv.includes("--write"));
