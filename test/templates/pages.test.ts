import { execFileSync, spawn } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { createInterface } from "node:readline";
import { afterAll, describe, expect, onTestFinished, test } from "vitest";
import { Client } from "../client.ts";

const root = join(import.meta.dirname, "../..");
const folder = join(root, ".results", "pages");

afterAll(() => rmSync(folder, { recursive: true, force: true }));

type Files = Readonly<Record<string, string>>;

/** Of a page, or of one of its sections: the files that it tells to write, and the packages that it tells to install. */
interface Project {
  readonly name: string;
  readonly files: Files;
  readonly installed: readonly string[];
}

/** @param heading that of the section, where a page has several projects. */
function project(page: string, heading?: string): Project {
  const text = readFileSync(join(root, "docs", `${page}.md`), "utf8");
  const section = heading === undefined ? text : (text.split(`\n## ${heading}\n`)[1]?.split("\n## ")[0] ?? "");
  const named = section.matchAll(/^`(\S+)`:\n\n```[^\n]*\n([\s\S]*?)^```/gm);
  return {
    name: heading === undefined ? page : `${page}-${heading}`,
    files: Object.fromEntries(Array.from(named, ([, file = "", code = ""]) => [file, code])),
    installed: [...section.matchAll(/^npm install (.*)$/gm)].flatMap(([, names = ""]) => names.split(" ")),
  };
}

const engines = ["nunjucks", "liquid", "ejs", "pug", "eta", "edge", "handlebars", "mustache"].map((page) =>
  project(page),
);
const react = project("jsx", "React");
const pages: readonly Project[] = [
  project("start", "Install and mount"),
  project("html"),
  ...engines,
  react,
  asPreact(react, project("jsx", "Preact")),
  project("jsx", "Hono"),
];

/** What the page says of Preact: the files of React, with another name for a property and for a package. */
function asPreact({ files }: Project, preact: Project): Project {
  const adapted = Object.entries(files).map(([file, code]) => [
    file,
    code.replaceAll("className", "class").replace("react-dom/server", "preact-render-to-string"),
  ]);
  return { ...preact, files: { ...Object.fromEntries(adapted), ...preact.files } };
}

/** Writes the files into an empty folder, but for the port, which is any that is free, and is printed. */
function write({ name, files }: Project): string {
  const place = join(folder, name);
  for (const [file, code] of Object.entries(files)) {
    mkdirSync(dirname(join(place, file)), { recursive: true });
    const listening = code
      .replace(/^app\.listen\(3000\);$/m, "const server = app.listen(0, () => console.log(server.address()));")
      .replace(/^serve\(app\);$/m, "serve({ fetch: app.fetch, port: 0 }, (address) => console.log(address));");
    writeFileSync(join(place, file), listening);
  }
  return place;
}

/** Starts what was written, until the test ends. */
async function serve(place: string): Promise<Client> {
  const file = existsSync(join(place, "server.ts")) ? "server.ts" : "server.tsx";
  const server = spawn(process.execPath, ["--import", "tsx", file], {
    cwd: place,
    stdio: ["ignore", "pipe", "inherit"],
  });
  onTestFinished(() => void server.kill());
  for await (const line of createInterface({ input: server.stdout })) {
    const port = /port: (\d+)/.exec(line)?.[1];
    if (port) return new Client(`http://localhost:${port}`);
  }
  throw new Error(`${file} did not listen`);
}

describe.each(pages)("the page $name, followed to the letter,", (page) => {
  test("shows a message once", async () => {
    const client = await serve(write(page));
    const empty = await client.get("/profile");
    expect([empty.status, empty.body]).toEqual([200, expect.stringContaining("<button")]);
    expect(empty.body).not.toContain("Profile updated.");
    const posted = await client.post("/profile");
    expect(posted.headers.location).toBe("/profile");
    expect((await client.follow(posted)).body.split("Profile updated.")).toHaveLength(2);
    expect((await client.get("/profile")).body).toBe(empty.body);
  });

  test("installs what it imports, with the types", () => {
    const imported = Object.values(page.files).flatMap((code) => [...code.matchAll(/ from "([^."][^"]*)"/g)]);
    const packages = imported
      .map(([, path = ""]) => /^(@[^/]+\/)?[^/]+/.exec(path)?.[0] ?? "")
      .filter((name) => !name.startsWith("node:"));
    const types = packages
      .map((name) => `@types/${name}`)
      .filter((name) => existsSync(join(root, "node_modules", name)));
    expect(page.installed).toEqual(expect.arrayContaining([...packages, ...types]));
  });
});

test.each(pages.filter(({ files }) => "tsconfig.json" in files))("the page $name compiles", (page) => {
  const place = write(page);
  const compiler = join(root, "node_modules/typescript/bin/tsc");
  expect(() => execFileSync(process.execPath, [compiler, "-p", place, "--noEmit"], { encoding: "utf8" })).not.toThrow();
});

test("the form of the start page shows its own errors beside it, and a success on the next page", async () => {
  const client = await serve(write(project("start", "Forms")));
  const refused = await client.post("/authors");
  expect([refused.status, refused.body]).toEqual([
    422,
    expect.stringMatching(/^\n<form method="post"><div.*A name is needed/),
  ]);
  const created = await client.post("/authors", { body: new URLSearchParams({ name: "<Ada>" }) });
  expect((await client.follow(created)).body).toContain("&lt;Ada&gt; was created</div>\n<form");
  expect((await client.get("/authors")).body).not.toContain("was created");
});

test("a partial of the Mustache page is found", async () => {
  const { files } = project("mustache");
  const views = { "views/profile.mustache": "<main>{{> header}}</main>", "views/header.mustache": "{{{allMessages}}}" };
  const client = await serve(write({ name: "mustache-partial", files: { ...files, ...views }, installed: [] }));
  await client.post("/profile");
  expect((await client.get("/profile")).body).toMatch(/^<main><div .*Profile updated\.<\/div><\/main>/);
});
