import type { ServerResponse } from "node:http";
import type { MaybePromise } from "../../core/async.ts";
import { Delivery } from "../../delivery/delivery.ts";
import type { LiveExchange } from "../../delivery/visibility.ts";
import type { Config } from "../../settings/settings.ts";
import { Visit } from "../visit.ts";
import { adoptHeaders } from "./adopt-headers.ts";
import { type Committer, HeldResponse } from "./held-response.ts";
import { NodeResponseHead } from "./node-exchange.ts";

/** One visit to a server of `node:http`: it commits before the headers of its response go out. */
export abstract class NodeVisit extends Visit implements Committer {
  readonly response: ServerResponse;
  protected readonly config: Config;
  /** Only where committing may take its time. */
  #held: HeldResponse | undefined;
  #watching: "not yet" | "armed" | "done" = "not yet";

  constructor(config: Config, response: ServerResponse) {
    super();
    this.config = config;
    this.response = response;
  }

  abstract readonly savesWithHeaders: boolean;

  protected abstract exchange(): LiveExchange;

  /** True if there is a session, whose middleware may save it before the headers go out. */
  protected abstract readonly hasSession: boolean;

  get needsSession(): boolean {
    return this.config.needs !== "cookies";
  }

  protected deliver(): Delivery {
    return new Delivery(this.config, this.exchange());
  }

  /**
   * Does what cannot wait until the handler touches the messages.
   *
   * @returns a promise, if the handler has to wait for it.
   */
  prepare(isPage?: boolean): Promise<void> | undefined {
    const { config } = this;
    // A session is saved by an `end` of its own, and `response.end([...request.messages].join())` looks `end` up before it
    // touches the messages.
    if (this.#mayWait) this.watch();
    if (config.isLazy || config.isLazyFor(this.exchange())) return undefined;
    this.watch();
    return this.open().prepare(isPage);
  }

  /** Waits for the headers of the response. */
  watch(): void {
    if (this.#watching === "done") return;
    // With debug, what goes wrong makes the response a 500, whose body must be held back too.
    if (this.#mayWait || this.config.debug) this.#held ??= new HeldResponse(this.response, this);
    else if (this.#watching === "not yet") this.#watchHead();
    this.#watching = "armed";
  }

  /** Leaves the response alone from now on: its framework has committed before it writes the headers. */
  protected unwatch(): void {
    this.#watching = "done";
    this.#held?.open();
  }

  /** True if committing may take its time: cookies are there at once, a session is saved. */
  get #mayWait(): boolean {
    return this.config.needs === undefined || (this.needsSession && this.hasSession);
  }

  commit(status: number): MaybePromise<void> {
    return this.delivery?.commit(new NodeResponseHead(this.response, status));
  }

  /** All ways to send the headers end in `writeHead`. */
  #watchHead(): void {
    const { response } = this;
    const { writeHead } = response;
    response.writeHead = ((...args: unknown[]) => {
      if (this.#watching === "done") return writeHead.apply(response, args as never);
      // If Node refuses these headers, an error page can still be sent.
      const rest = args.length > 1 ? adoptHeaders(response, args) : args;
      this.#watching = "done";
      void this.commit(args[0] as number);
      return writeHead.apply(response, rest as never);
    }) as never;
  }
}
