import { readFileSync } from "node:fs";
import nunjucks, { type Environment } from "nunjucks";
import { registerMessages } from "onceover/nunjucks";

/** The folder of the templates that both sides render, unchanged. */
const TEMPLATES = new URL("templates/", import.meta.url);

const loader = {
  getSource: (name: string) => ({ src: readFileSync(new URL(name, TEMPLATES), "utf8"), path: name, noCache: false }),
};

/** Nunjucks as an app sets it up, with Django's message templates. */
export const templates: Environment = registerMessages(new nunjucks.Environment(loader as nunjucks.ILoader));
