import type { IncomingMessage, RequestListener, ServerResponse } from "node:http";
import connect from "connect";
import session from "express-session";
import type { Config } from "onceover";
import { messages } from "onceover/node";
import { adapterContract, type ContractServer } from "./contract.ts";
import { act } from "./contract-app.ts";
import { listen } from "./servers.ts";

adapterContract("node:http", (config) => listen(plain(config)), { session: false });
adapterContract("Connect with express-session", startConnect, {
  cannot: {
    "an exception that says 403 keeps what it iterated":
      "Connect reports errors to error handlers alone: call `messages.keep()` in yours",
  },
});

function plain(config: Config): RequestListener {
  const withMessages = messages(config);
  return (request, response) =>
    withMessages(request, response, () => {
      try {
        answer(request, response);
      } catch (error) {
        response.writeHead(500, "Broken", { "Content-Type": "text/plain" }).end(String(error));
      }
    });
}

function startConnect(config: Config): Promise<ContractServer> {
  const app = connect();
  app.use(session({ secret: "s", resave: false, saveUninitialized: false }) as unknown as connect.NextHandleFunction);
  app.use(messages(config));
  app.use(answer);
  return listen(app);
}

/** Gives all headers to `writeHead`, where Express sets them one by one. */
function answer(request: IncomingMessage, response: ServerResponse): void {
  const { method = "", url = "", messages } = request;
  const { status, headers, body } = act({ method, url, messages, native: request });
  response.writeHead(status, headers.flat());
  response.end(body);
}
