import cookieSession from "cookie-session";
import express5, { type RequestHandler } from "express";
import session from "express-session";
import express4 from "express4";
import type { Settings } from "onceover";
import { messages } from "onceover/express";
import { act, adapterContract, type ContractServer } from "./contract.ts";
import { listen } from "./servers.ts";

const expressSession = () => session({ secret: "s", resave: false, saveUninitialized: false });

adapterContract("Express 5 with express-session", (settings) => start(express5, settings, expressSession()));
adapterContract("Express 4 with express-session", (settings) => start(express4, settings, expressSession()));
adapterContract("Express 5 with cookie-session", (settings) =>
  start(express5, settings, cookieSession({ keys: ["k"] }) as RequestHandler),
);
adapterContract("Express 5 without a session", (settings) => start(express5, settings), { session: false });

function start(express: typeof express5, settings: Settings, ...middleware: RequestHandler[]): Promise<ContractServer> {
  const app = express();
  for (const handler of middleware) app.use(handler);
  app.use(messages(settings));
  app.use((req, res) => {
    const { status, headers, body } = act({
      method: req.method,
      url: req.originalUrl,
      messages: req.messages,
      native: req,
    });
    res.status(status);
    for (const [name, value] of headers) res.append(name, value);
    res.send(body);
  });
  const onError: express5.ErrorRequestHandler = (error, _req, res, _next) => {
    res.status(500).send(String(error));
  };
  app.use(onError);
  return listen(app);
}
