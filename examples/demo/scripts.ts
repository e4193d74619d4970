import { createRequire } from "node:module";
import { basename, dirname } from "node:path";
import { Router } from "express";

/** The scripts that pages load, each by itself: a folder of a package is more than anybody should get. */
const SCRIPTS = {
  "onceover.js": "onceover/client.min.js",
  "htmx.js": "htmx.org/dist/htmx.min.js",
  "turbo.js": "@hotwired/turbo/dist/turbo.es2017-esm.js",
};

const { resolve } = createRequire(import.meta.url);

export const scripts: Router = Router();

for (const [name, file] of Object.entries(SCRIPTS)) {
  const path = resolve(file);
  scripts.get(`/scripts/${name}`, (_req, res) => res.sendFile(basename(path), { root: dirname(path) }));
}
