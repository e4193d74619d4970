import type { IncomingMessage, RequestListener, ServerResponse } from "node:http";
import connect from "connect";
import session from "express-session";
import type { Settings } from "onceover";
import { messages } from "onceover/node";
import { act, adapterContract, type ContractServer } from "./contract.ts";
import { listen } from "./servers.ts";

adapterContract("node:http", (settings) => listen(plain(settings)), { session: false });
adapterContract("Connect with express-session", startConnect);

function plain(settings: Settings): RequestListener {
  const withMessages = messages(settings);
  return (request, response) =>
    withMessages(request, response, () => {
      try {
        answer(request, response);
      } catch (error) {
        response.writeHead(500, "Broken", { "Content-Type": "text/plain" }).end(String(error));
      }
    });
}

function startConnect(settings: Settings): Promise<ContractServer> {
  const app = connect();
  app.use(session({ secret: "s", resave: false, saveUninitialized: false }) as unknown as connect.NextHandleFunction);
  app.use(messages(settings));
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
