import type { ChildProcess } from "node:child_process";
import { Browser } from "../browser.ts";
import { forkBuilt, nextMessage } from "../built.ts";
import { SCENARIOS, type ScenarioName } from "./scenarios.ts";

const VISITORS = 8;

/** The speed in one turn. */
export interface Pace {
  /** Microseconds for each request, with eight on their way at once. */
  readonly time: number;
  /** Microseconds of the server's CPU time for each request. */
  readonly cpu: number;
}

/** A variant's server, its visitors, and how it did in each round. */
export class Contender {
  readonly name: string;
  readonly paces: Readonly<Record<ScenarioName, Pace[]>> = { untouched: [], cycle: [] };
  readonly #server: ChildProcess;
  readonly #browsers: readonly Browser[];

  static async start(module: string, name: string, nodeOptions: readonly string[] = []): Promise<Contender> {
    const server = forkBuilt("http/server.ts", [module, name], nodeOptions);
    const port = await nextMessage<number>(server);
    return new Contender(name, server, port);
  }

  private constructor(name: string, server: ChildProcess, port: number) {
    this.name = name;
    this.#server = server;
    this.#browsers = Array.from({ length: VISITORS }, () => new Browser(port));
  }

  /** All visitors at once, over and over, until the time is up or enough requests are sent. */
  async run(scenario: ScenarioName, milliseconds: number, enough = Number.POSITIVE_INFINITY): Promise<Pace> {
    const { requests, visit } = SCENARIOS[scenario];
    const [cpuBefore, start] = [await this.#cpu(), performance.now()];
    let sent = 0;
    const visitUntilTheEnd = async (browser: Browser) => {
      while (sent < enough && performance.now() - start < milliseconds) {
        await visit(browser);
        sent += requests;
      }
    };
    await Promise.all(this.#browsers.map(visitUntilTheEnd));
    const elapsed = performance.now() - start;
    return { time: (elapsed * 1000) / sent, cpu: ((await this.#cpu()) - cpuBefore) / sent };
  }

  /** Ends the server, and resolves when its process has ended. */
  async stop(): Promise<void> {
    for (const browser of this.#browsers) browser.close();
    const exited = new Promise((resolve) => this.#server.once("exit", resolve));
    this.#server.disconnect();
    await exited;
  }

  /** Bytes of the server's heap that are in use; with the option `--expose-gc`. */
  heap(): Promise<number> {
    return this.#ask("heap");
  }

  #cpu(): Promise<number> {
    return this.#ask("cpu");
  }

  #ask(question: "cpu" | "heap"): Promise<number> {
    this.#server.send(question);
    return nextMessage<number>(this.#server);
  }
}
