import { type RequestHandler, Router } from "express";
import { levelFrom, levels } from "../config.ts";
import { field } from "../forms.ts";

/** Which of Django's two templates shows the messages. */
type Template = "list" | "alerts";

declare module "express-session" {
  interface SessionData {
    minimumLevel: number;
    template: Template;
  }
}

/** Brings what the visitor chose to each request: the minimum level to the messages, and the rest to the templates. */
export const visitorSettings: RequestHandler = (req, res, next) => {
  const { minimumLevel, template = "list" } = req.session;
  if (minimumLevel !== undefined) req.messages.level = minimumLevel;
  Object.assign(res.locals, { levels, minimumLevel: req.messages.level, template, path: req.path });
  next();
};

export const settings: Router = Router();

settings.post("/settings", (req, res) => {
  const minimum = levelFrom(field(req, "minimum"));
  if (minimum !== undefined) req.session.minimumLevel = minimum.number;
  req.session.template = field(req, "template") === "alerts" ? "alerts" : "list";
  res.redirect(303, "/");
});
