/**
 * Serves one variant in a process of its own: `fork("http/server.ts", [module, variant])`.
 *
 * It sends its port when it listens. Whenever it receives "cpu" or "heap", it sends its CPU time in microseconds, or the bytes
 * of its heap that are in use after a collection (with `--expose-gc`).
 *
 * @module
 */
import { once } from "node:events";
import type { Server } from "node:http";
import type { AddressInfo } from "node:net";
import type { VariantName } from "./frameworks.ts";

/** Starts a server on a free port of 127.0.0.1. */
export type Start = () => Server | Promise<Server>;

/** What a framework's module exports as `servers`. */
export type Servers<Name extends VariantName> = Readonly<Record<Name, Start>>;

const [module, variant = ""] = process.argv.slice(2);
const { servers } = (await import(`./${module}.ts`)) as { servers: Readonly<Record<string, Start>> };
const start = servers[variant];
if (!start) throw new Error(`There is no variant "${variant}" in ${module}.ts.`);

const server = await start();
if (!server.listening) await once(server, "listening");
// A connection may have to wait for its turn for longer than any server's default.
server.keepAliveTimeout = 0;

process.send?.((server.address() as AddressInfo).port);
const answers = {
  cpu() {
    const { user, system } = process.cpuUsage();
    return user + system;
  },
  heap() {
    globalThis.gc?.();
    return process.memoryUsage().heapUsed;
  },
};
process.on("message", (question: keyof typeof answers) => process.send?.(answers[question]()));
process.on("disconnect", () => process.exit());
