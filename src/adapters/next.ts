/**
 * Messages for the App Router of Next.js 16.
 *
 * @module
 */
import { AsyncLocalStorage } from "node:async_hooks";
import { cookies } from "next/headers.js";
import { connection, NextResponse } from "next/server.js";
import { invalidSetting } from "../core/checks.ts";
import { MessagesError } from "../core/errors.ts";
import { Ledger } from "../core/ledger.ts";
import type { Levels } from "../core/levels.ts";
import type { MessagesOf } from "../core/messages.ts";
import { type Mount, rememberMount } from "../core/mount.ts";
import type { RegisteredLevels } from "../core/request.ts";
import { fallbackStatus, incoming, NextExchange, type SavedSession } from "../http/fetch/next-exchange.ts";
import { type Config, defineMessages, type Settings } from "../settings/settings.ts";
import { writeReceipt } from "../wire/receipts.ts";

/** What else an app's messages may need. */
export interface NextOptions {
  /** The visitor's session, such as iron-session's; by default there is none. */
  readonly session?: () => SavedSession | Promise<SavedSession>;
}

/** What `messages()` returns, for the rest of the app to import. */
export interface NextMessages<L extends Levels> {
  /**
   * The messages of this request: to read in a Server Component, to add and read inside of `withMessages`.
   *
   * In a Server Component, hand `toJSON()` to `<Shown>` of `onceover/next-client`, around what shows them.
   *
   * @throws {MessagesError} `no-middleware` from what adds a message outside of `withMessages`.
   *
   * Django: `get_messages`.
   */
  readonly getMessages: () => Promise<MessagesOf<L>>;
  /** Wraps a Server Function, a Route Handler or the proxy, and writes what became of the messages when it is done. */
  readonly withMessages: <Args extends unknown[], Result>(
    handler: (...args: Args) => Result | Promise<Result>,
  ) => (...args: Args) => Promise<Result>;
  /**
   * The Route Handler of `app/messages/route.ts`: what waits, as JSON for `shown()` of `onceover/shown`. With `?shown=` and
   * receipts, which `<Shown>` asks for in a browser without JavaScript, it takes those messages.
   */
  readonly GET: (request: Request) => Promise<Response>;
}

/**
 * Makes the functions by which an app on Next.js uses its messages.
 *
 * Server Components cannot write cookies. So a page hands its messages to `<Shown>` of `onceover/next-client`, which tells
 * the server what was shown; messages are added in Server Functions and Route Handlers, inside of `withMessages`.
 *
 * @param settings see {@link Settings}; or what `defineMessages()` returned. What is a function of the request gets a
 *   `Request`; in Server Functions and pages, one that has the headers alone.
 * @param options where the session is, if there is one.
 * @returns `getMessages`, `withMessages`, and the Route Handler `GET`.
 * @throws {MessagesError} `invalid-setting`, when the app starts; also for `compat: "django"`, which Next.js cannot keep.
 *
 * @example
 * ```ts
 * // lib/messages.ts
 * import { messages } from "onceover/next";
 *
 * export const { getMessages, withMessages, GET } = messages({
 *   secret: process.env.SECRET,
 * });
 *
 * // app/actions.ts, with "use server"
 * export const saveProfile = withMessages(async (form: FormData) => {
 *   const messages = await getMessages();
 *   messages.success(`Saved, ${form.get("name")}.`);
 * });
 * ```
 */
export function messages<const L extends Levels = RegisteredLevels>(
  settings: Settings<L> | Config<L> = {},
  { session }: NextOptions = {},
): NextMessages<L> {
  const config = defineMessages(settings);
  if (config.compat === "django") throw invalidSetting("compat", WITHOUT_COMPAT, config.compat);
  rememberMount(NEXT);
  const current = new AsyncLocalStorage<() => Promise<NextExchange<L>>>();
  const rendered = new WeakMap<object, Promise<MessagesOf<L>>>();

  async function getMessages(): Promise<MessagesOf<L>> {
    const open = current.getStore();
    return (open ? (await open()).messages : await messagesOfRender()).load();
  }

  /** Next.js gives all components of one render the same cookies, and others to the Server Function that ran before it. */
  async function messagesOfRender(): Promise<MessagesOf<L>> {
    // What is fetched ahead and shared by links, as Cache Components do it, has no messages: they come with the page itself.
    await connection();
    const jar = await cookies();
    const known = rendered.get(jar) ?? readOnly();
    rendered.set(jar, known);
    return known;
  }

  /** Nothing of a render can be written: the browser confirms what it has shown. */
  async function readOnly(): Promise<MessagesOf<L>> {
    const exchange = await openExchange(await incoming("GET"), true);
    const { delivery } = exchange;
    const now = Date.now().toString(36);
    return config.messages(new Ledger(config), {
      touch: (how) => {
        if (how === "added") throw new MessagesError("no-middleware", NOT_WRAPPED);
      },
      waiting: () => delivery.waiting(),
      receiptOf: (message) => {
        const receipt = delivery.receiptOf?.(message) ?? "";
        // By its key, <Shown> knows a message that the router hands out later once more; otherwise the time has to tell.
        return delivery.keyOf(message) === undefined ? writeReceipt(receipt, now) : receipt;
      },
    });
  }

  function openExchange(request: Request, needsReceipt = false, receipts = ""): Promise<NextExchange<L>> {
    return new NextExchange(config, request, { mount: NEXT, needsReceipt, receipts, openSession: session }).open();
  }

  function withMessages<Args extends unknown[], Result>(
    handler: (...args: Args) => Result | Promise<Result>,
  ): (...args: Args) => Promise<Result> {
    return async (...args) => {
      const [request, context] = args as readonly unknown[];
      const call = async () => handler(...args);
      if (!(request instanceof Request)) return inServerFunction(call);
      const answer = isProxyEvent(context) ? inProxy : inRouteHandler;
      return (await answer(request, call as () => Promise<Response>)) as Result;
    };
  }

  /** One that another one calls shares its messages. */
  async function inServerFunction<Result>(call: () => Promise<Result>): Promise<Result> {
    if (current.getStore()) return call();
    let opened: Promise<NextExchange<L>> | undefined;
    const open = () => {
      opened ??= incoming("POST").then((request) => openExchange(request));
      return opened;
    };
    const finish = async (status: number) => (await opened)?.finishIn(new Response(null, { status }), await cookies());
    const result = await current.run(open, call).catch(async (thrown: unknown) => {
      await finish(UNSEEN);
      throw thrown;
    });
    await finish(200);
    return result;
  }

  async function inRouteHandler(request: Request, call: () => Promise<Response>): Promise<Response> {
    // With Cache Components, Next.js tries a GET before there is a request: it goes on once there is one.
    await connection();
    const exchange = await openExchange(request);
    await exchange.prepare();
    const response = await current
      .run(async () => exchange, call)
      .catch(async (thrown: unknown) => {
        const status = fallbackStatus(thrown);
        if (status !== undefined) {
          exchange.delivery.fail();
          return new Response(null, { status });
        }
        await exchange.finishIn(new Response(null, { status: UNSEEN }), await cookies());
        throw thrown;
      });
    return exchange.finishIn(response);
  }

  /** What a proxy looks at is shown by the page behind it. It has no session: what saves one there drops other cookies. */
  async function inProxy(request: Request, call: () => Promise<Response | undefined>): Promise<Response | undefined> {
    const exchange = new NextExchange(config, request, { mount: NEXT, needsReceipt: true });
    const response = await current.run(async () => exchange, call);
    if (!exchange.delivery.isTouched) return response;
    const copy = response ? new NextResponse(response.body, response) : NextResponse.next();
    return exchange.finishIn(copy, copy.cookies);
  }

  async function takeShown(request: Request): Promise<Response> {
    const receipts = new URL(request.url).searchParams.get("shown");
    if (receipts !== null && request.headers.get("sec-fetch-site") === "cross-site")
      return new Response(null, { status: 403 });
    const exchange = await openExchange(request, receipts === null, receipts ?? "");
    const messages = await exchange.messages.load();
    return exchange.finishIn(receipts === null ? Response.json(messages) : new Response(null, { status: 204 }));
  }

  return { getMessages, withMessages, GET: takeShown };
}

/** Nobody sees what was iterated by a function that threw; its additions are kept. */
const UNSEEN = 500;

/** True for what Next.js gives to a proxy after the request, in the place where a Route Handler gets its params. */
function isProxyEvent(context: unknown): boolean {
  return typeof context === "object" && context !== null && "waitUntil" in context;
}

const NEXT: Mount = {
  messages: "`withMessages(…)` around the Server Function, the Route Handler or the proxy that uses messages",
  session: "a session with `messages(settings, { session: async () => getIronSession(await cookies(), …) })`",
  deadline: "before the function inside of `withMessages(…)` returns",
};

const NOT_WRAPPED =
  "A message was added where Next.js lets nothing be written: in a Server Component, or outside of withMessages(). " +
  `Add it in a Server Function, a Route Handler or the proxy, and put ${NEXT.messages}.`;

const WITHOUT_COMPAT =
  "left out on Next.js, where pages cannot delete Django's cookie and Server Functions cannot write it as Django reads it";
