import type { RequestListener } from "node:http";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import type { ErrorRequestHandler, Express } from "express";
import type { MessagesError } from "onceover";
import { afterEach } from "vitest";
import { Client } from "../client.ts";
import type { ContractServer } from "./contract.ts";

/** Serves on a free port of this machine, until it is closed. */
export async function listen(listener: RequestListener): Promise<ContractServer> {
  const server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/** One server for each test of a file, and the warnings of what runs in it; both end with the test. */
export function serverOfEachTest() {
  let server: ContractServer | undefined;
  const warnings: MessagesError[] = [];
  afterEach(async () => {
    await server?.close();
    server = undefined;
    warnings.length = 0;
  });
  return {
    warnings,
    onWarning: (warning: MessagesError) => void warnings.push(warning),
    serve: async (app: Express) => {
      app.use(showError);
      server = await listen(app);
      return new Client(server.origin);
    },
  };
}

const showError: ErrorRequestHandler = (error, _req, res, _next) => {
  res.status(500).send(`${error.code}: ${error.message}`);
};
