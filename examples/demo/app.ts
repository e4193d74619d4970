import { join } from "node:path";
import express, { type ErrorRequestHandler, type Express } from "express";
import session from "express-session";
import nunjucks from "nunjucks";
import { messages } from "onceover/express";
import { messagesHandler } from "onceover/json";
import { registerMessages } from "onceover/nunjucks";
import { config, secret } from "./config.ts";
import { inspector } from "./inspector.ts";
import { add } from "./routes/add.ts";
import { kept } from "./routes/kept.ts";
import { settings, visitorSettings } from "./routes/settings.ts";
import { signup } from "./routes/signup.ts";
import { ways } from "./routes/ways/index.ts";
import { scripts } from "./scripts.ts";
import { securityHeaders } from "./security.ts";

/** The demo, ready to listen. */
export function createApp(): Express {
  const app = express();
  app.disable("x-powered-by");
  app.set("view engine", "njk");
  registerMessages(nunjucks.configure(join(import.meta.dirname, "views"), { express: app, autoescape: true }));

  app.use(securityHeaders);
  app.use(express.static(join(import.meta.dirname, "public")), scripts);
  app.use(
    session({
      secret,
      name: "session",
      // A visitor gets a session when something is put into it, and no sooner.
      saveUninitialized: false,
      resave: false,
      cookie: { httpOnly: true, sameSite: "lax" },
    }),
  );
  // After the session, which takes what the cookies cannot hold, and before all that uses messages.
  app.use(messages(config));
  app.use(visitorSettings, inspector);
  app.use(express.urlencoded({ extended: false, limit: "16kb" }));

  app.get("/", (_req, res) => res.render("playground"));
  app.get("/messages", messagesHandler);
  app.use(add, settings, signup, kept, ways);
  app.use(showError);
  return app;
}

/** This page shows no messages; with a status of 500 or more it would not use them up, either. */
const showError: ErrorRequestHandler = (error: Error & { status?: number }, _req, res, next) => {
  if (res.headersSent) return next(error);
  const status = error.status ?? 500;
  const reason = status < 500 ? error.message : "Something failed on our side.";
  res.status(status).render("error", { status, reason });
};
