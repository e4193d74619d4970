import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { RequestHandler } from "express";

/** A file of this demo, as a page shows it. */
interface Source {
  readonly path: string;
  readonly lines: readonly { readonly text: string; readonly isOurs: boolean }[];
}

/** What comes from Onceover, or goes there. */
const OURS = /"onceover|onceover\.js|<onceover-|\breq\.messages|hxSwapOob|turboStream\(|showMessages|"\/messages"/;

/** Gives the templates of a page the very files that it is made of: what it shows of itself cannot be out of date. */
export function showSources(...paths: string[]): RequestHandler {
  const sources = paths.map(readSource);
  return (_req, res, next) => {
    res.locals.sources = sources;
    next();
  };
}

function readSource(path: string): Source {
  const text = readFileSync(join(import.meta.dirname, path), "utf8");
  const lines = text.trimEnd().split("\n");
  return { path, lines: lines.map((line) => ({ text: line, isOurs: OURS.test(line) })) };
}
