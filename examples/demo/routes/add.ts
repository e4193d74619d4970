import { setTimeout as sleep } from "node:timers/promises";
import { Router } from "express";
import { levelFrom } from "../config.ts";
import { field } from "../forms.ts";
import { manyTexts, SAFE_HTML, SAMPLES } from "../samples.ts";

export const add: Router = Router();

add.post("/messages", (req, res) => {
  const level = levelFrom(field(req, "level"));
  if (level === undefined) return res.redirect(303, "/");
  const text = field(req, "text") || SAMPLES[level.name];
  req.messages.add(level.number, text, { extraTags: field(req, "tags") });
  res.redirect(303, "/");
});

add.post("/messages/safe-html", (req, res) => {
  req.messages.success(SAFE_HTML);
  res.redirect(303, "/");
});

add.post("/messages/many", (req, res) => {
  for (const text of manyTexts()) req.messages.info(text, { extraTags: "mono" });
  res.redirect(303, "/");
});

/** Long enough for two clicks by hand to overlap, and short enough to wait for. */
const TAB_DELAY_MS = 800;

add.post("/tabs", async (req, res) => {
  const tab = field(req, "tab") === "B" ? "B" : "A";
  await sleep(TAB_DELAY_MS);
  req.messages.success(`Tab ${tab} saved its work.`);
  // To a page without messages, so that neither tab shows what the other one added before you look.
  res.redirect(303, "/quiet");
});
