import { Router } from "express";
import { invite } from "../../invite.ts";
import { answerPlainly } from "./plain.ts";

export const fetching: Router = Router();

fetching.get("/fetch", (_req, res) => res.render("ways/fetch"));

fetching.post("/fetch", (req, res) => {
  const invitation = invite(req);
  res.status(invitation.isInvited ? 200 : 422).format({
    html: () => answerPlainly(res, "fetch", invitation),
    json: () => res.json({ ...invitation, messages: req.messages }),
  });
});

// Nobody shows this message: it waits for GET /messages, or for the next page.
fetching.post("/fetch/report", (req, res) => {
  req.messages.info("Your report is ready.");
  res.format({
    html: () => res.redirect(303, "/fetch"),
    json: () => res.status(204).end(),
  });
});
