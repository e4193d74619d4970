import { createRequire } from "node:module";
import { basename, dirname } from "node:path";
import { Router } from "express";

const require = createRequire(import.meta.url);

/** The scripts that pages load, each by itself: a folder of a package is more than anybody should get. */
const SCRIPTS = {
  "onceover.js": require.resolve("onceover/client.min.js"),
  "htmx.js": require.resolve("htmx.org/dist/htmx.min.js"),
  "turbo.js": require.resolve("@hotwired/turbo/dist/turbo.es2017-esm.js"),
};

export const scripts: Router = Router();

for (const [name, path] of Object.entries(SCRIPTS))
  scripts.get(`/scripts/${name}`, (_req, res) => res.sendFile(basename(path), { root: dirname(path) }));
