import { type Response, Router } from "express";
import { type Invitation, invite } from "../../invite.ts";

export const plain: Router = Router();

plain.get("/plain", (_req, res) => res.render("ways/plain"));

plain.post("/plain", (req, res) => answerPlainly(res, "plain", invite(req)));

/** What each way answers a browser without scripts: a redirect, or the form again. */
export function answerPlainly(res: Response, way: string, invitation: Invitation): void {
  if (invitation.isInvited) res.redirect(303, `/${way}`);
  else res.status(422).render(`ways/${way}`, invitation);
}
