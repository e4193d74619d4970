import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { Client } from "../client.ts";
import { imports, type Project, project, projectFolder, ROOT, serve } from "../pages.ts";

const { write } = projectFolder("template-pages");

const visit = async (place: string) => new Client(await serve(place));

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

describe.each(pages)("the page $name, followed to the letter,", (page) => {
  test("shows a message once", async () => {
    const client = await visit(write(page));
    const empty = await client.get("/profile");
    expect([empty.status, empty.body]).toEqual([200, expect.stringContaining("<button")]);
    expect(empty.body).not.toContain("Profile updated.");
    const posted = await client.post("/profile");
    expect(posted.headers.location).toBe("/profile");
    expect((await client.follow(posted)).body.split("Profile updated.")).toHaveLength(2);
    expect((await client.get("/profile")).body).toBe(empty.body);
  });

  test("installs what it imports, with the types", () => {
    expect(page.installed).toEqual(expect.arrayContaining(imports(page)));
  });
});

test.each(pages.filter(({ files }) => "tsconfig.json" in files))("the page $name compiles", (page) => {
  const place = write(page);
  const compiler = join(ROOT, "node_modules/typescript/bin/tsc");
  expect(() => execFileSync(process.execPath, [compiler, "-p", place, "--noEmit"], { encoding: "utf8" })).not.toThrow();
});

test("the form of the start page shows its own errors beside it, and a success on the next page", async () => {
  const client = await visit(write(project("start", "Forms")));
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
  const client = await visit(write({ name: "mustache-partial", files: { ...files, ...views }, installed: [] }));
  await client.post("/profile");
  expect((await client.get("/profile")).body).toMatch(/^<main><div .*Profile updated\.<\/div><\/main>/);
});
