import { Connection, type Received } from "./connection.ts";

/** Name and value together; browsers ignore a cookie that is longer (RFC 6265bis §5.7). */
const MAX_COOKIE_LENGTH = 4096;

/** A response whose body may still be on its way. */
export interface Answer {
  readonly status: number;
  readonly location: string;
  /** Resolves when the whole body has arrived. */
  readonly body: Promise<string>;
}

let visitors = 0;

/** A visitor with a cookie jar, keep-alive connections and an address of their own, which a proxy would tell the server. */
export class Browser {
  readonly #port: number;
  readonly #address = `192.0.2.${++visitors % 256}`;
  readonly #cookies = new Map<string, string>();
  readonly #idle: Connection[] = [];
  readonly #open: Connection[] = [];

  constructor(port: number) {
    this.#port = port;
  }

  /**
   * Sends a request. It resolves when the headers have arrived and their cookies are stored.
   *
   * @param form a urlencoded body; with it the request is a POST, without it a GET.
   */
  async ask(path: string, form?: string): Promise<Answer> {
    // Before the first await: requests that overlap send the same cookies.
    const request = this.#request(path, form);
    const connection = this.#idle.pop() ?? (await this.#connect());
    const received = connection.send(request);
    const { status, location, setCookies } = await received.head;
    for (const cookie of setCookies) this.#store(cookie);
    return { status, location, body: this.#release(connection, received) };
  }

  /** Reads a whole page. @throws if the status is not 200. */
  async get(path: string): Promise<string> {
    const { status, body } = await this.ask(path);
    if (status !== 200) throw new Error(`GET ${path} returned ${status}: ${await body}`);
    return body;
  }

  /** POSTs a form, reads the whole response, and GETs the page that it redirects to. */
  async postAndFollow(path: string, form: string): Promise<string> {
    const { status, location, body } = await this.ask(path, form);
    if (status !== 303) throw new Error(`POST ${path} returned ${status}: ${await body}`);
    await body;
    return this.get(location);
  }

  close(): void {
    for (const connection of this.#open) connection.close();
  }

  async #connect(): Promise<Connection> {
    const connection = await Connection.open(this.#port);
    this.#open.push(connection);
    return connection;
  }

  async #release(connection: Connection, { body }: Received): Promise<string> {
    const text = await body;
    this.#idle.push(connection);
    return text;
  }

  #request(path: string, form: string | undefined): string {
    const cookies = Array.from(this.#cookies, ([name, value]) => `${name}=${value}`).join("; ");
    const cookie = cookies === "" ? "" : `Cookie: ${cookies}\r\n`;
    const common = `${path} HTTP/1.1\r\nHost: site.test\r\nX-Forwarded-For: ${this.#address}\r\nAccept: text/html\r\n${cookie}`;
    if (form === undefined) return `GET ${common}\r\n`;
    return `POST ${common}Content-Type: application/x-www-form-urlencoded\r\nContent-Length: ${form.length}\r\n\r\n${form}`;
  }

  #store(setCookie: string): void {
    const [pair = "", ...attributes] = setCookie.split("; ");
    const equals = pair.indexOf("=");
    if (pair.length - 1 > MAX_COOKIE_LENGTH) return;
    if (attributes.some(isDeletion)) this.#cookies.delete(pair.slice(0, equals));
    else this.#cookies.set(pair.slice(0, equals), pair.slice(equals + 1));
  }
}

/** The two ways in which servers delete a cookie (RFC 6265 §4.1.1). */
const isDeletion = (attribute: string): boolean => /^(?:max-age=0$|expires=.*\b1970\b)/i.test(attribute);
