import { once } from "node:events";
import { createServer, type RequestListener, type Server } from "node:http";
import { type AddressInfo, connect } from "node:net";
import type { AnyElysia } from "elysia";
import type { ErrorRequestHandler, Express } from "express";
import type { MessagesError } from "onceover";
import { afterEach, onTestFinished, vi } from "vitest";
import { Client } from "../client.ts";
import type { ContractServer } from "./contract.ts";

/** Serves on a free port of this machine, until it is closed. */
export function listen(listener: RequestListener): Promise<ContractServer> {
  return opened(createServer(listener));
}

/** Opens a server that a framework has made, on a free port of this machine, until it is closed. */
export async function opened(server: Server): Promise<ContractServer> {
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

/** Serves an app of Elysia's with @elysiajs/node on a free port. */
export function openedElysia(app: AnyElysia): Promise<ContractServer> {
  return new Promise((resolve) => {
    app.listen({ port: 0, hostname: "127.0.0.1" }, async (server) => {
      const { raw } = server as unknown as {
        raw: { ready(): Promise<unknown>; url: string; close(all: boolean): Promise<void> };
      };
      await raw.ready();
      resolve({ origin: new URL(raw.url).origin, close: () => raw.close(true) });
    });
  });
}

/** The bytes that a server sends for a page; the date, which is not ours, is blanked. @param more header lines to send. */
export async function bytesOf({ origin }: ContractServer, path: string, cookie: string, more = ""): Promise<string> {
  const socket = connect(Number(new URL(origin).port), "127.0.0.1").setEncoding("latin1");
  socket.write(
    `GET ${path} HTTP/1.1\r\nHost: test\r\nAccept: text/html\r\nCookie: ${cookie}\r\n${more}Connection: close\r\n\r\n`,
  );
  let received = "";
  socket.on("data", (data) => {
    received += data;
  });
  await once(socket, "close");
  return received.replace(/^Date: .*$/im, "Date: -");
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

/** What the rest of a test writes with `console.error`, in the place of the console. */
export function errorLog(): unknown[] {
  const errors: unknown[] = [];
  const spy = vi.spyOn(console, "error").mockImplementation((error) => void errors.push(error));
  onTestFinished(() => spy.mockRestore());
  return errors;
}

const showError: ErrorRequestHandler = (error, _req, res, _next) => {
  res.status(500).send(`${error.code}: ${error.message}`);
};
