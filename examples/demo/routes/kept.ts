/**
 * Pages that do not use messages up, because nobody saw them there. Each is reached by adding one first.
 *
 * @module
 */
import { Router } from "express";
import type { Messages } from "onceover";
import { field } from "../forms.ts";

export const kept: Router = Router();

const TEXTS = new Map([
  ["redirect", "The page before had looped over me, and redirected."],
  ["fail", "The page before had looped over me, and failed with status 500."],
  ["quiet", "The page before had no place for messages."],
  ["prefetch", "The browser had fetched this page ahead, and I stayed where I was."],
]);

kept.post("/kept", (req, res) => {
  const way = field(req, "way");
  const text = TEXTS.get(way);
  if (text === undefined) return res.redirect(303, "/");
  req.messages.info(text);
  res.redirect(303, `/${way}`);
});

kept.get("/redirect", (req, res) => {
  render(req.messages);
  res.redirect(303, "/");
});

kept.get("/fail", (req) => {
  render(req.messages);
  throw new Error("The database went away while the page was half done.");
});

kept.get("/quiet", (_req, res) => res.render("quiet"));

kept.get("/prefetch", (_req, res) => res.render("prefetch"));

/** What waits now, as a part of a page: the script asks for it once the page is there. */
kept.get("/inspector", (_req, res) => res.render("inspector/state"));

/** A template's loop, and nothing else of it. */
function render(messages: Messages): string {
  return [...messages].join("\n");
}
