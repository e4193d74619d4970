import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { brotliCompressSync } from "node:zlib";
import * as registered from "onceover/client";
import * as unregistered from "onceover/element";
import { expect, test } from "vitest";
import { bundle, client } from "./site.ts";

/** Bytes of the whole script, minified and compressed, at most: each visitor gets them. The documentation says so, too. */
const LIMIT = 2600;

test("the script is as small as the documentation says", async () => {
  expect(brotliCompressSync(await client()).length).toBeLessThanOrEqual(LIMIT);
  const docs = readFileSync(new URL("../../docs/element.md", import.meta.url), "utf8");
  expect(docs).toContain(`at most ${LIMIT} bytes`);
});

test("on a server, importing either is of no effect", async () => {
  expect(Object.keys(registered).sort()).toEqual(["OnceoverMessages", "showMessages"]);
  expect(Object.keys(unregistered)).toEqual(["OnceoverMessages"]);
  const code = `const before = Object.keys(globalThis).join();${await client()}
    if (Object.keys(globalThis).join() !== before) throw new Error("There is a global.");`;
  const output = execFileSync(process.execPath, ["--input-type=module", "--eval", code], { encoding: "utf8" });
  expect(output).toBe("");
});

test("of `onceover/element`, a bundle that does not use it has nothing", async () => {
  const entry = new URL("../../src/client/element.ts", import.meta.url).pathname;
  const contents = `import ${JSON.stringify(entry)};`;
  const code = await bundle({ stdin: { contents, resolveDir: "/" }, logLevel: "silent" });
  expect(code).toBe("");
});
