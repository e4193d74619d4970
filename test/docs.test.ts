import { execFileSync } from "node:child_process";
import { copyFileSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

const root = join(import.meta.dirname, "..");
const folder = join(root, ".results", "docs");

interface Example {
  readonly file: string;
  readonly code: string;
}

const pages = readdirSync(join(root, "docs")).filter((name) => name.endsWith(".md"));

/** Every TypeScript block of the documentation, and every `@example` of the sources. */
const examples: Example[] = [
  "README.md",
  ...pages.map((name) => join("docs", name)),
  ...readdirSync(join(root, "src"), { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".ts"))
    .map((name) => join("src", name)),
].flatMap(examplesOf);

function examplesOf(path: string): Example[] {
  const text = readFileSync(join(root, path), "utf8");
  const blocks = text.matchAll(/^( \* )?```ts\n([\s\S]*?)^(?: \* )?```/gm);
  return [...blocks].map(([, inComment, code = ""], index) => ({
    file: `${basename(path).replace(/\W/g, "-")}-${index}.ts`,
    code: inComment ? code.replace(/^ \* ?/gm, "") : code,
  }));
}

const registers = ({ code }: Example) => code.includes("declare module");

beforeAll(() => {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, "app.ts"), 'import express from "express";\nexport const app = express();\n');
  copyFileSync(join(root, "examples/file-storage/file-storage.ts"), join(folder, "file-storage.ts"));
  for (const { file, code } of examples) writeFileSync(join(folder, file), `${code}\nexport {};\n`);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** What the compiler says of some of the files, or nothing. */
function complaints(files: readonly string[]): string {
  const config = join(folder, `tsconfig-${files[0]}.json`);
  writeFileSync(config, JSON.stringify({ extends: "../../tsconfig.json", include: [], files }));
  try {
    return execFileSync(process.execPath, [join(root, "node_modules/typescript/bin/tsc"), "-p", config], {
      encoding: "utf8",
    });
  } catch (error) {
    return (error as { stdout: string }).stdout;
  }
}

describe("the examples of the documentation", () => {
  test("are there", () => {
    expect(examples.length).toBeGreaterThan(25);
  });

  test("compile", () => {
    expect(complaints(examples.filter((example) => !registers(example)).map(({ file }) => file))).toBe("");
  });

  test.each(examples.filter(registers).map(({ file }) => file))("compile: %s, which registers its settings", (file) => {
    expect(complaints([file])).toBe("");
  });

  test.each(examples.filter(({ code }) => !/\.listen\(|from "node:test"/.test(code)).map(({ file }) => file))(
    "run: %s",
    async (file) => {
      await expect(import(join(folder, file))).resolves.toBeDefined();
    },
  );
});

test("the storage that the documentation shows is the one that is tested", () => {
  const docs = readFileSync(join(root, "docs/storages.md"), "utf8");
  expect(docs).toContain(readFileSync(join(root, "examples/file-storage/file-storage.ts"), "utf8"));
});

/** What a page quotes from an example that is a project of its own, with a compiler of its own. */
const quotations = pages.flatMap((page) =>
  [...readFileSync(join(root, "docs", page), "utf8").matchAll(/^```\w+ file=(\S+)\n([\s\S]*?)^```/gm)].map(
    ([, file = "", code = ""]) => ({ page, file: join("examples", basename(page, ".md"), file), code }),
  ),
);

test.each(quotations)("$page quotes $file to the letter", ({ file, code }) => {
  expect(readFileSync(join(root, file), "utf8")).toContain(code);
});

test("the README's links lead somewhere", () => {
  for (const path of ["README.md", ...pages.map((name) => `docs/${name}`)]) {
    const links = [...readFileSync(join(root, path), "utf8").matchAll(/\]\((?!http|#)([^)#]+)/g)].map(
      ([, link = ""]) => link,
    );
    for (const link of links)
      expect(() => readFileSync(join(root, path, "..", link)), `${path}: ${link}`).not.toThrow();
  }
});
