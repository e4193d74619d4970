import { once } from "node:events";
import { connect, type Socket } from "node:net";

/** Name and value together; browsers ignore a cookie that is longer (RFC 6265bis §5.7). */
const MAX_COOKIE_LENGTH = 4096;

/** An answer whose body is still on its way. */
export interface Answer {
  readonly status: number;
  readonly location: string;
  /** Resolves when all of it is there. */
  readonly body: Promise<string>;
}

/**
 * A visitor with a cookie jar and keep-alive connections.
 *
 * It speaks just as much HTTP as Express does here, over bare sockets: `node:http` or `fetch` in the parent would take more
 * time than the server, and all ratios would come out near 1.
 */
export class Browser {
  readonly #port: number;
  readonly #cookies = new Map<string, string>();
  readonly #idle: Connection[] = [];
  readonly #open: Connection[] = [];

  constructor(port: number) {
    this.#port = port;
  }

  /** Resolves when the headers are there and their cookies stored. */
  async ask(method: "GET" | "POST", path: string): Promise<Answer> {
    // Read before anything is awaited: requests that overlap send the same cookies.
    const cookies = Array.from(this.#cookies, ([name, value]) => `${name}=${value}`).join("; ");
    const connection = this.#idle.pop() ?? (await this.#connect());
    const { head, body } = connection.ask(method, path, cookies);
    const { status, location, setCookies } = await head;
    for (const cookie of setCookies) this.#store(cookie);
    const done = body.then((text) => {
      this.#idle.push(connection);
      return text;
    });
    return { status, location, body: done };
  }

  /** Reads all of a page. @throws if it is none. */
  async get(path: string): Promise<string> {
    const { status, body } = await this.ask("GET", path);
    if (status !== 200) throw new Error(`GET ${path} was answered ${status}: ${await body}`);
    return body;
  }

  /** POSTs, and when all of the answer is there, GETs where it points. */
  async postAndFollow(path: string): Promise<string> {
    const { status, location, body } = await this.ask("POST", path);
    if (status !== 303) throw new Error(`POST ${path} was answered ${status}: ${await body}`);
    await body;
    return this.get(location);
  }

  close(): void {
    for (const connection of this.#open) connection.close();
  }

  async #connect(): Promise<Connection> {
    const socket = connect({ port: this.#port, host: "127.0.0.1", noDelay: true });
    await once(socket, "connect");
    const connection = new Connection(socket);
    this.#open.push(connection);
    return connection;
  }

  #store(setCookie: string): void {
    const [pair = "", ...attributes] = setCookie.split("; ");
    const [name = "", ...value] = pair.split("=");
    if (pair.length - 1 > MAX_COOKIE_LENGTH) return;
    if (attributes.includes("Max-Age=0")) this.#cookies.delete(name);
    else this.#cookies.set(name, value.join("="));
  }
}

interface Head {
  readonly status: number;
  readonly location: string;
  readonly length: number;
  readonly setCookies: readonly string[];
}

/** An answer on its way, and who waits for it. */
interface Pending {
  readonly head: Deferred<Head>;
  readonly body: Deferred<string>;
  /** Characters of the body that are to come; undefined while the head is. */
  length: number | undefined;
}

class Deferred<T> {
  resolve: (value: T) => void = () => {};
  reject: (error: Error) => void = () => {};
  readonly promise: Promise<T> = new Promise((resolve, reject) => {
    this.resolve = resolve;
    this.reject = reject;
  });
}

/** A keep-alive connection; one request at a time. */
class Connection {
  readonly #socket: Socket;
  #text = "";
  #pending: Pending | undefined;

  constructor(socket: Socket) {
    this.#socket = socket;
    socket.setEncoding("latin1");
    socket.on("data", (chunk: string) => this.#receive(chunk));
    socket.on("close", () => this.#fail(new Error("The server closed the connection.")));
    socket.on("error", (error) => this.#fail(error));
  }

  ask(method: string, path: string, cookies: string): { head: Promise<Head>; body: Promise<string> } {
    if (this.#socket.destroyed) throw new Error("The server has closed the connection.");
    const pending: Pending = { head: new Deferred(), body: new Deferred(), length: undefined };
    this.#pending = pending;
    const cookie = cookies === "" ? "" : `Cookie: ${cookies}\r\n`;
    const length = method === "POST" ? "Content-Length: 0\r\n" : "";
    this.#socket.write(`${method} ${path} HTTP/1.1\r\nHost: site.test\r\nAccept: text/html\r\n${cookie}${length}\r\n`);
    return { head: pending.head.promise, body: pending.body.promise };
  }

  close(): void {
    this.#socket.destroy();
  }

  #receive(chunk: string): void {
    this.#text += chunk;
    const pending = this.#pending;
    if (!pending) return;
    if (pending.length === undefined) {
      const end = this.#text.indexOf("\r\n\r\n");
      if (end === -1) return;
      const head = parseHead(this.#text.slice(0, end));
      this.#text = this.#text.slice(end + 4);
      pending.length = head.length;
      pending.head.resolve(head);
    }
    if (this.#text.length < pending.length) return;
    const body = this.#text;
    this.#text = "";
    this.#pending = undefined;
    pending.body.resolve(body);
  }

  #fail(error: Error): void {
    this.#pending?.head.reject(error);
    this.#pending?.body.reject(error);
  }
}

/** The status line, and the few headers that matter here (RFC 9112 §4, §5). */
function parseHead(text: string): Head {
  const [statusLine = "", ...lines] = text.split("\r\n");
  const setCookies: string[] = [];
  let [location, length] = ["", Number.NaN];
  for (const line of lines) {
    const colon = line.indexOf(": ");
    const value = line.slice(colon + 2);
    switch (line.slice(0, colon).toLowerCase()) {
      case "set-cookie":
        setCookies.push(value);
        break;
      case "content-length":
        length = Number(value);
        break;
      case "location":
        location = value;
    }
  }
  if (Number.isNaN(length)) throw new Error(`An answer without Content-Length: ${statusLine}`);
  return { status: Number(statusLine.slice(9, 12)), location, length, setCookies };
}
