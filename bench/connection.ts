import { once } from "node:events";
import { connect, type Socket } from "node:net";

/** The headers that matter here. */
export interface Head {
  readonly status: number;
  readonly location: string;
  readonly setCookies: readonly string[];
  /** Bytes of the body; `undefined` if it is chunked. */
  readonly length: number | undefined;
}

/** A response. Both promises reject if the connection fails. */
export interface Received {
  readonly head: Promise<Head>;
  /** Resolves when the whole body has arrived. */
  readonly body: Promise<string>;
}

/**
 * A keep-alive connection for one request at a time.
 *
 * It is a bare socket, because `node:http` or `fetch` would take more CPU time than the server under test.
 */
export class Connection {
  readonly #socket: Socket;
  #text = "";
  #head: Head | undefined;
  #pending: { readonly head: Deferred<Head>; readonly body: Deferred<string> } | undefined;

  static async open(port: number): Promise<Connection> {
    const socket = connect({ port, host: "127.0.0.1", noDelay: true });
    await once(socket, "connect");
    return new Connection(socket);
  }

  private constructor(socket: Socket) {
    this.#socket = socket;
    // One character for each byte, so that lengths agree.
    socket.setEncoding("latin1");
    socket.on("data", (chunk: string) => this.#receive(chunk));
    socket.on("close", () => this.#fail(new Error("The server closed the connection.")));
    socket.on("error", (error) => this.#fail(error));
  }

  /** Sends a request as it is written. */
  send(request: string): Received {
    if (this.#socket.destroyed) throw new Error("The server has closed the connection.");
    const [head, body] = [new Deferred<Head>(), new Deferred<string>()];
    this.#pending = { head, body };
    this.#socket.write(request, "latin1");
    return { head: head.promise, body: body.promise };
  }

  close(): void {
    this.#socket.destroy();
  }

  #receive(chunk: string): void {
    this.#text += chunk;
    if (!this.#head) {
      const end = this.#text.indexOf("\r\n\r\n");
      if (end === -1) return;
      this.#head = parseHead(this.#text.slice(0, end));
      this.#text = this.#text.slice(end + 4);
      this.#pending?.head.resolve(this.#head);
    }
    const body = bodyOf(this.#text, this.#head.length);
    if (body === undefined) return;
    const pending = this.#pending;
    [this.#text, this.#head, this.#pending] = ["", undefined, undefined];
    pending?.body.resolve(body);
  }

  #fail(error: Error): void {
    this.#pending?.head.reject(error);
    this.#pending?.body.reject(error);
  }
}

const ignore = (): void => {};

/** A promise to settle from outside. */
class Deferred<T> {
  resolve: (value: T) => void = ignore;
  reject: (error: Error) => void = ignore;
  readonly promise: Promise<T> = new Promise((resolve, reject) => {
    this.resolve = resolve;
    this.reject = reject;
  });
}

/** RFC 9112 §4, §5. */
function parseHead(text: string): Head {
  const [statusLine = "", ...lines] = text.split("\r\n");
  const setCookies: string[] = [];
  let location = "";
  let length: number | undefined;
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
  return { status: Number(statusLine.slice(9, 12)), location, setCookies, length };
}

/** The body, or `undefined` while some of it is missing. */
function bodyOf(text: string, length: number | undefined): string | undefined {
  if (length === undefined) return dechunk(text);
  return text.length < length ? undefined : text;
}

/** RFC 9112 §7.1, without trailers. */
function dechunk(text: string): string | undefined {
  let body = "";
  for (let at = 0; ; ) {
    const end = text.indexOf("\r\n", at);
    if (end === -1) return undefined;
    const size = Number.parseInt(text.slice(at, end), 16);
    if (text.length < end + 2 + size + 2) return undefined;
    if (size === 0) return body;
    body += text.slice(end + 2, end + 2 + size);
    at = end + 2 + size + 2;
  }
}
