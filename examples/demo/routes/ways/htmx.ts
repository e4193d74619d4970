import { type Request, Router } from "express";
import { hxSwapOob } from "onceover/htmx";
import { invite } from "../../invite.ts";
import { TEAM } from "../../samples.ts";
import { answerPlainly } from "./plain.ts";

export const htmx: Router = Router();

htmx.get("/htmx", (_req, res) => res.render("ways/htmx"));

// By `outlet: hxTrigger()` in config.ts, the header HX-Trigger has the messages.
htmx.post("/htmx", (req, res) => {
  const invitation = invite(req);
  if (!isHtmx(req)) return answerPlainly(res, "htmx", invitation);
  res.status(invitation.isInvited ? 200 : 422).render("ways/fields", invitation);
});

// More than the header holds: the element fetches the rest from its `src`.
htmx.post("/htmx/team", (req, res) => {
  for (const email of TEAM) req.messages.success(`Invited ${email}.`);
  if (!isHtmx(req)) return res.redirect(303, "/htmx");
  res.status(204).end();
});

// What an out-of-band swap shows is not in the header.
htmx.post("/htmx/reminders", (req, res) => {
  req.messages.info("Reminders are on their way.");
  if (!isHtmx(req)) return res.redirect(303, "/htmx");
  res.send(hxSwapOob(req.messages));
});

function isHtmx(req: Request): boolean {
  return req.get("HX-Request") === "true";
}
