import { Router } from "express";
import { turboStream } from "onceover/turbo";
import { invite } from "../../invite.ts";
import { styleNonce } from "../../security.ts";
import { answerPlainly } from "./plain.ts";

export const turbo: Router = Router();

// Turbo brings a style sheet of its own.
turbo.use("/turbo", styleNonce);

turbo.get("/turbo", (_req, res) => res.render("ways/turbo"));

turbo.post("/turbo", (req, res) => {
  const invitation = invite(req);
  res.status(invitation.isInvited ? 200 : 422).format({
    html: () => answerPlainly(res, "turbo", invitation),
    "text/vnd.turbo-stream.html": () => res.send(turboStream(req.messages)),
  });
});

// Nothing of Turbo: it follows the redirect, and shows the page there.
turbo.post("/turbo/reminders", (req, res) => {
  req.messages.info("Reminders are on their way.");
  res.redirect(303, "/turbo/reminders");
});

turbo.get("/turbo/reminders", (_req, res) => res.render("ways/turbo-reminders"));
