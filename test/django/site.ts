import { once } from "node:events";
import { createServer, request as httpRequest, type RequestListener, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import express, { type Express } from "express";
import nunjucks from "nunjucks";
import type { MessagesError, Settings } from "onceover";
import { messages } from "onceover/express";
import { registerMessages } from "onceover/nunjucks";
import { add } from "./ours.ts";
import { type Python, startPython } from "./python.ts";
import type { AddPlan } from "./scenario.ts";

/** The body of a POST to `…/add`, on either side. */
interface AddRequest {
  /** What the minimum level is set to before; null leaves it. */
  readonly level: number | null;
  readonly messages: readonly AddPlan[];
}

/** One origin with a Django site under `/django` and Express apps under paths of their own, behind a reverse proxy. */
export class Site {
  readonly origin: string;
  readonly #django: Python;
  readonly #servers: readonly Server[];

  private constructor(origin: string, django: Python, servers: readonly Server[]) {
    this.origin = origin;
    this.#django = django;
    this.#servers = servers;
  }

  /** @param nodeApps the settings of each Express app, by its path. */
  static async start(djangoSecret: string, nodeApps: Readonly<Record<string, Settings>>): Promise<Site> {
    const django = startPython("server.py", djangoSecret);
    const [line] = (await once(createInterface({ input: django.stdout }), "line")) as [string];
    const node = await listen(nodeSite(nodeApps));
    const ports = { django: Number(line), node: portOf(node) };
    const proxy = await listen(reverseProxy((path) => (path.startsWith("/django/") ? ports.django : ports.node)));
    return new Site(`http://127.0.0.1:${portOf(proxy)}`, django, [node, proxy]);
  }

  async close(): Promise<void> {
    const ended = once(this.#django, "exit");
    this.#django.stdin.end();
    for (const server of this.#servers) server.close();
    await ended;
  }
}

/** What a warning handler was told, for tests to look at. */
export class Warnings {
  readonly codes: string[] = [];
  readonly onWarning = ({ code }: MessagesError): void => {
    this.codes.push(code);
  };
}

function nodeSite(apps: Readonly<Record<string, Settings>>): Express {
  const site = express();
  for (const [path, settings] of Object.entries(apps)) site.use(path, nodeApp(settings));
  return site;
}

function nodeApp(settings: Settings): Express {
  const app = express();
  registerMessages(nunjucks.configure(fileURLToPath(new URL("templates", import.meta.url)), { express: app }));
  app.use(messages(settings));
  app.post("/add", express.json(), (req, res) => {
    const { level, messages } = req.body as AddRequest;
    if (level !== null) req.messages.level = level;
    for (const plan of messages) add(req.messages, plan);
    res.send("added");
  });
  app.get("/show", (_req, res) => res.render("list.html"));
  return app;
}

async function listen(listener: RequestListener | Express): Promise<Server> {
  const server = createServer(listener).listen(0, "127.0.0.1");
  await once(server, "listening");
  return server;
}

function portOf(server: Server): number {
  return (server.address() as AddressInfo).port;
}

/** Passes every request on as it is, to the server that its path belongs to, and the answer back. */
function reverseProxy(portFor: (path: string) => number): RequestListener {
  return (request, response) => {
    const { method, url = "/", headers } = request;
    const onward = httpRequest({ host: "127.0.0.1", port: portFor(url), method, path: url, headers }, (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.rawHeaders);
      answer.pipe(response);
    });
    onward.on("error", (error) => response.destroy(error));
    request.pipe(onward);
  };
}
