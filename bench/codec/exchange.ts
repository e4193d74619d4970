import type { Exchange, SetCookie } from "onceover";

let visitors = 0;

/** An exchange that costs next to nothing: it has cookies and remembers those that are set. Each is another visitor's. */
export class BareExchange implements Exchange {
  readonly request: object = {};
  readonly session: undefined;
  readonly method = "GET";
  readonly isSecure = false;
  /** What the next request would send, if this one sent no cookies. */
  readonly set: Map<string, string> = new Map();
  readonly #sent: ReadonlyMap<string, string>;
  readonly address = `${++visitors}`;

  constructor(sent: ReadonlyMap<string, string>) {
    this.#sent = sent;
  }

  cookie(name: string): string | undefined {
    return this.#sent.get(name);
  }

  cookieNames(): Iterable<string> {
    return this.#sent.keys();
  }

  setCookie({ name, value }: SetCookie): void {
    this.set.set(name, value);
  }

  header(): undefined {}
}
