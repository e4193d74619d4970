import { parseSetCookie, type SetCookie } from "cookie";
import type { Levels, Message, Messages, Session, Settings } from "onceover";
import { messages, type WithMessages } from "onceover/fetch";
import { Visitor } from "onceover/testing";
import { SECRET } from "../support.ts";

/** The three storages of Django's tests, by their setting. */
export const STORAGES = ["cookie", "session", "fallback"] as const;

/** What a page does with the messages of its request. It may return its response; else, a page is what is seen. */
export type Page = (messages: Messages, request: Request) => unknown;

/** A session that fails the test when it is touched. */
export const UNTOUCHABLE: Session = {
  get: refuse("read"),
  set: refuse("written"),
  delete: refuse("written"),
};

/** A site and a visitor to it, through the fetch adapter: without a server, and yet with all that goes over the wire. */
export class Site {
  readonly visitor: Visitor;
  readonly #session: Session | undefined;
  readonly #withMessages: WithMessages<Levels>;

  /** @param options the visitor, if this is another site that they come to; their session, if it is not the usual one. */
  constructor(settings: Settings = {}, options: { visitor?: Visitor; session?: Session } = {}) {
    this.visitor = options.visitor ?? new Visitor();
    this.#session = options.session ?? this.visitor.exchange().session;
    this.#withMessages = messages({ secret: SECRET, debug: true, ...settings }, { session: () => this.#session });
  }

  /** One request: the page is given its messages, and the visitor the cookies of the response. */
  async visit(page: Page, headers: Record<string, string> = {}): Promise<Response> {
    const cookie = [...this.visitor.cookies].map(([name, value]) => `${name}=${value}`).join("; ");
    const request = new Request("http://site.test/", { headers: { ...headers, ...(cookie && { cookie }) } });
    const handle = this.#withMessages(async (asked) => {
      const answer = await page(asked.messages, asked);
      return answer instanceof Response ? answer : new Response("a page");
    });
    const response = await handle(request);
    for (const { name, value = "", maxAge } of setCookiesOf(response)) {
      if (maxAge === 0) this.visitor.cookies.delete(name);
      else this.visitor.cookies.set(name, value);
    }
    return response;
  }

  /** The messages that wait; none is taken by asking. */
  async waiting(): Promise<readonly Message[]> {
    let waiting: readonly Message[] = [];
    await this.visit((messages) => {
      waiting = messages.peek();
    });
    return waiting;
  }
}

/** What a page does that shows its messages. */
export const show: Page = (messages) => new Response([...messages].join("\n"));

/** The cookies that a response sets or deletes. */
export function setCookiesOf(response: Response): SetCookie[] {
  return response.headers.getSetCookie().map((line) => parseSetCookie(line, { decode: (value) => value }));
}

/** The texts of messages. */
export function texts(messages: Iterable<Message>): string[] {
  return Array.from(messages, String);
}

function refuse(verb: string): () => never {
  return () => {
    throw new Error(`The session was ${verb}.`);
  };
}
