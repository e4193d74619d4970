import { randomUUID } from "node:crypto";
import { type IncomingHttpHeaders, request } from "node:http";
import { CookieJar } from "tough-cookie";

/** A response as it came over the wire. */
export interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  /** Names and values in turn, as they were sent. */
  readonly rawHeaders: readonly string[];
  readonly body: string;
}

/** What a request says beside its method and path. */
export interface AskOptions {
  readonly headers?: Record<string, string>;
  readonly body?: string | URLSearchParams;
}

/** A browser without a window: real HTTP and a real cookie jar. It follows a redirect only when told to. */
export class Client {
  readonly jar: CookieJar = new CookieJar();
  readonly origin: string;
  readonly #base: string;
  readonly #browser: string;

  /**
   * @param base what paths are below.
   * @param browser what it says of itself; by default each is another one.
   */
  constructor(origin: string, base = "", browser = `Client/${randomUUID()}`) {
    this.origin = origin;
    this.#base = base;
    this.#browser = browser;
  }

  get(path: string, headers?: Record<string, string>): Promise<Answer> {
    return this.ask("GET", path, headers ? { headers } : {});
  }

  post(path: string, options?: AskOptions): Promise<Answer> {
    return this.ask("POST", path, options);
  }

  /** GETs where a redirect points. */
  follow(answer: Answer): Promise<Answer> {
    return this.get(new URL(answer.headers.location ?? "no location", this.origin).href);
  }

  /** What the jar would send, by name. */
  async cookies(): Promise<Record<string, string>> {
    const cookies = await this.jar.getCookies(this.origin);
    return Object.fromEntries(cookies.map(({ key, value }) => [key, value]));
  }

  /**
   * Sends a request; resolves when the cookies are stored and the body has been read. A redirect is answered at its headers,
   * without its body: that is where browsers follow it.
   */
  async ask(method: string, path: string, { headers = {}, body }: AskOptions = {}): Promise<Answer> {
    const url = new URL(path.startsWith("/") ? this.#base + path : path, this.origin);
    const cookie = await this.jar.getCookieString(url.href);
    return new Promise((resolve, reject) => {
      const form = body instanceof URLSearchParams ? { "content-type": "application/x-www-form-urlencoded" } : {};
      const sent = request(
        url,
        {
          method,
          headers: {
            accept: "text/html",
            "user-agent": this.#browser,
            ...form,
            ...headers,
            ...(cookie && !("cookie" in headers) ? { cookie } : {}),
          },
          agent: false,
        },
        (response) => {
          for (const line of response.headers["set-cookie"] ?? []) {
            this.jar.setCookieSync(line, url.href, { ignoreError: true });
          }
          const { statusCode: status = 0, headers, rawHeaders } = response;
          let text = "";
          response.setEncoding("utf8");
          response.on("data", (chunk: string) => {
            text += chunk;
          });
          const answer = () => resolve({ status, headers, rawHeaders, body: text });
          if (status >= 300 && status < 400) answer();
          else response.on("end", answer);
          response.on("error", reject);
        },
      );
      sent.on("error", reject);
      sent.end(body?.toString());
    });
  }
}
