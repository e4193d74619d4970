import cookieSession from "cookie-session";
import express5, { type RequestHandler } from "express";
import session from "express-session";
import express4 from "express4";
import type { Config } from "onceover";
import { messages } from "onceover/express";
import { adapterContract, type ContractServer } from "./contract.ts";
import { act } from "./contract-app.ts";
import { listen } from "./servers.ts";

const expressSession = () => session({ secret: "s", resave: false, saveUninitialized: false });

adapterContract("Express 5 with express-session", (config) => start(express5, config, expressSession()));
adapterContract("Express 4 with express-session", (config) => start(express4, config, expressSession()));
adapterContract(
  "Express 5 with cookie-session",
  (config) => start(express5, config, cookieSession({ keys: ["k"] }) as RequestHandler),
  {
    cannot: {
      "a corrupt cookie does not hide what waits in the session":
        "cookie-session keeps everything in one cookie: 5000 characters do not fit, and a warning tells",
    },
  },
);
adapterContract("Express 5 without a session", (config) => start(express5, config), { session: false });

function start(express: typeof express5, config: Config, ...middleware: RequestHandler[]): Promise<ContractServer> {
  const app = express();
  for (const handler of middleware) app.use(handler);
  app.use(messages(config));
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
