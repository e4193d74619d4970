import { Readable } from "node:stream";
import type { ReadableStream } from "node:stream/web";
import type { Config, MessagesError, Session } from "onceover";
import { messages } from "onceover/fetch";
import { expect, expectTypeOf, test } from "vitest";
import { SECRET } from "../support.ts";
import { adapterContract, type ContractServer } from "./contract.ts";
import { act } from "./contract-app.ts";
import { listen } from "./servers.ts";

type FetchHandler = (request: Request) => Promise<Response>;

adapterContract("a fetch handler with a session", (config) => serve(handlerWith(config, sessionsByCookie())));
adapterContract("a fetch handler without a session", (config) => serve(handlerWith(config)), { session: false });

function handlerWith(config: Config, session?: (request: Request) => Session | undefined): FetchHandler {
  const withMessages = messages(config, session ? { session } : {});
  const handler = withMessages((request) => {
    const { status, headers, body } = act({
      method: request.method,
      url: request.url,
      messages: request.messages,
      native: request,
    });
    // Redirects are made as apps make them: their headers are immutable.
    if (status === 303) return Response.redirect(new URL(headers[0]?.[1] ?? "", request.url), 303);
    const response = new Response([204, 205, 304].includes(status) ? null : body, { status });
    for (const [name, value] of headers) response.headers.append(name, value);
    return response;
  });
  return (request) => handler(request).catch((error) => new Response(String(error), { status: 500 }));
}

/** The smallest session there can be: a map on the server for each value of a cookie, which the client's jar gets at once. */
function sessionsByCookie(): (request: Request) => Session {
  const sessions = new Map<string, Map<string, string>>();
  return (request) => {
    const id = /visitor=(\w+)/.exec(request.headers.get("cookie") ?? "")?.[1] ?? "";
    const session = sessions.get(id) ?? new Map<string, string>();
    sessions.set(id, session);
    return session;
  };
}

/** Serves a fetch handler with node:http, as the adapters of fetch frameworks do. */
async function serve(handler: FetchHandler): Promise<ContractServer> {
  let visitors = 0;
  return listen(async (incoming, outgoing) => {
    visitors += 1;
    const visitor = /visitor=/.test(incoming.headers.cookie ?? "") ? undefined : `visitor=v${visitors}`;
    const cookie = [incoming.headers.cookie, visitor].filter(Boolean).join("; ");
    const request = new Request(`http://${incoming.headers.host}${incoming.url}`, {
      method: incoming.method ?? "GET",
      headers: Object.entries({ ...incoming.headers, cookie }).map(([name, value]): [string, string] => [
        name,
        String(value),
      ]),
    });
    const response = await handler(request);
    if (visitor && response.headers.getSetCookie().length > 0)
      outgoing.appendHeader("Set-Cookie", `${visitor}; Path=/`);
    outgoing.statusCode = response.status;
    for (const [name, value] of response.headers) outgoing.appendHeader(name, value);
    if (response.body) Readable.fromWeb(response.body as ReadableStream).pipe(outgoing);
    else outgoing.end();
  });
}

test("a request that its server has let go of by then, as Deno does, is too late, and no exception", async () => {
  const warnings: string[] = [];
  const onWarning = ({ code }: MessagesError) => void warnings.push(code);
  const request = new Request("http://onceover/");
  let late = () => {};
  await messages({ secret: SECRET, onWarning })((request) => {
    late = () => request.messages.info("late");
    return new Response();
  })(request);
  Object.defineProperty(request, "headers", {
    get() {
      throw new TypeError("Request closed");
    },
  });
  late();
  expect(warnings).toEqual(["too-late"]);
});

test("where there is no response, as when Bun made a WebSocket of the request, none is made", async () => {
  const withMessages = messages({ secret: SECRET });
  const upgrade = withMessages(({ messages }) => {
    messages.info("waits");
    return undefined as unknown as Response;
  });
  expect(await upgrade(new Request("http://onceover/"))).toBeUndefined();
});

test("a handler gets what its server's own requests have", () => {
  interface RouteRequest extends Request {
    readonly params: { readonly id: string };
  }
  const serve = (route: (request: RouteRequest) => Promise<Response>) => route;
  serve(
    messages({ secret: SECRET })((request) => {
      expectTypeOf(request.params.id).toBeString();
      expectTypeOf(request.messages.info).toBeFunction();
      return new Response();
    }),
  );
});

test("a response that the app returns to several visitors carries the cookies of none of them", async () => {
  const withMessages = messages({ secret: SECRET });
  const done = new Response(null, { status: 303, headers: { location: "/" } });
  const add = withMessages((request) => {
    request.messages.success("Saved.");
    return done;
  });
  const plain = withMessages(() => done);
  for (let visitor = 0; visitor < 2; visitor += 1)
    expect((await add(new Request("http://site.test/"))).headers.getSetCookie()).toHaveLength(1);
  expect((await plain(new Request("http://site.test/"))).headers.getSetCookie()).toEqual([]);
});
