import { once } from "node:events";
import type { AddressInfo } from "node:net";
import express, { type ErrorRequestHandler, type Express } from "express";
import session from "express-session";
import nunjucks from "nunjucks";
import { debug, error, info, MessagesError, type Settings, success, warning } from "onceover";
import { messages } from "onceover/express";
import { registerMessages } from "onceover/nunjucks";
import { onTestFinished } from "vitest";
import { Client } from "../client.ts";
import { SECRET } from "../support.ts";

/** A message template as Django's documentation has it. */
const TEMPLATE = `{% if messages %}<ul class="messages">
{% for message in messages %}<li{% if message.tags %} class="{{ message.tags }}"{% endif %}>{{ message }}</li>
{% endfor %}</ul>{% endif %}`;

const LEVELS_TEMPLATE = "{{ DEFAULT_MESSAGE_LEVELS | dump | safe }}";

/** The function form, by the name of the level. */
const ADD = { debug, info, success, warning, error };

/** The names of the levels that every app has. */
export const LEVEL_NAMES = ["debug", "info", "success", "warning", "error"] as const;

/** An app with a session and, given settings, with messages. */
export function makeApp(settings: Settings | undefined): Express {
  const app = express();
  app.use(session({ secret: SECRET, resave: false, saveUninitialized: false }));
  if (settings) app.use(messages({ secret: SECRET, ...settings }));
  app.use(express.urlencoded({ extended: false }));
  return app;
}

/** Serves an app until the test is finished. */
export async function serve(app: Express): Promise<Client> {
  const server = app.listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(async () => {
    server.close();
    await once(server, "close");
  });
  return new Client(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
}

/** The pages of Django's tests: add messages and redirect to a page that shows them. Without settings, no middleware. */
export function djangoPages(settings: Settings | undefined): Promise<Client> {
  const app = makeApp(settings);
  const templates = registerMessages(new nunjucks.Environment());
  app.post("/add/:level", (req, res) => {
    const { level } = req.params;
    const { text = [], silently } = req.body as { text?: string | string[]; silently?: string };
    const add = ADD[level as keyof typeof ADD];
    for (const one of [text].flat()) add(req, one, silently ? { failSilently: true } : {});
    res.redirect(`${req.query.then ?? "/show"}`);
  });
  app.get("/show", (_req, res) => {
    res.set("X-Context", Object.keys(res.locals).join(" "));
    res.send(templates.renderString(TEMPLATE, res.locals));
  });
  app.get("/show-later", (_req, res) => {
    setImmediate(() => res.send(templates.renderString(TEMPLATE, res.locals)));
  });
  app.get("/levels", (_req, res) => {
    res.send(templates.renderString(LEVELS_TEMPLATE, res.locals));
  });
  app.use(showError);
  return serve(app);
}

/** The list items of a page: what it says of its messages. */
export function itemsOf(page: { readonly body: string }): string[] {
  return page.body.match(/<li.*<\/li>/g) ?? [];
}

/** Express knows a middleware for errors by its four parameters. */
const showError: ErrorRequestHandler = (thrown, _req, res, _next) => {
  res.status(500).send(thrown instanceof MessagesError ? thrown.code : String(thrown));
};
