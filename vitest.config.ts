import { readFileSync } from "node:fs";
import { defineConfig } from "vitest/config";

const { exports } = JSON.parse(readFileSync(new URL("package.json", import.meta.url), "utf8")) as {
  exports: Record<string, string>;
};

/** Tests import the package by its public names, and get the sources. */
const alias = Object.entries(exports).map(([subpath, target]) => ({
  find: new RegExp(`^${subpath.replace(".", "onceover")}$`),
  replacement: new URL(target.replace("./dist/", "./src/").replace(/\.js$/, ".ts"), import.meta.url).pathname,
}));

const IN_BROWSERS = ["test/client/**/*.test.ts", "test/xss/**/*.test.ts"];

export default defineConfig({
  resolve: { alias },
  test: {
    testTimeout: 30_000,
    // Much of the time goes by waiting for servers: more files at once than the two cores of a small machine, but not many
    // more, as some of them drive a browser.
    maxWorkers: 3,
    coverage: { include: ["src/**"], thresholds: { lines: 95, branches: 90 } },
    projects: [
      {
        extends: true,
        test: {
          name: "unit",
          include: ["test/**/*.test.ts"],
          exclude: ["test/frameworks/**", ...IN_BROWSERS],
          globalSetup: "test/build.ts",
        },
      },
      {
        // What a browser makes of what is sent: the same whichever Node.js sends it.
        extends: true,
        test: { name: "browser", include: IN_BROWSERS, globalSetup: "test/build.ts" },
      },
      {
        // Examples that are projects of their own: each is installed, built and served.
        extends: true,
        test: {
          name: "frameworks",
          include: ["test/frameworks/*.test.ts"],
          globalSetup: "test/frameworks/setup.ts",
          hookTimeout: 15 * 60_000,
        },
      },
    ],
  },
});
