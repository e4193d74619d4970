// The app that every adapter serves in the contract. It imports nothing but onceover, so that it can stand in an app of any
// framework, whatever builds that.
import {
  addMessage,
  type Config,
  cookieStorage,
  defineMessages,
  fallbackStorage,
  getMessages,
  INFO,
  type Messages,
  markSafe,
  parseLevel,
  type Storage,
  sessionStorage,
} from "onceover";
import { hxTrigger } from "onceover/htmx";

/** A request to the contract's app, as an adapter's glue passes it on. */
export interface ContractRequest {
  readonly method: string;
  /** Path and query. */
  readonly url: string;
  /** What the adapter put on the request. */
  readonly messages: Messages;
  /** The framework's own request, for the function form. */
  readonly native: object;
}

/** What the contract's app answers; the glue makes it a response of its framework. */
export interface ContractAnswer {
  readonly status: number;
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly body: string;
}

/** Where the contract's pages are, in an app that may have others. */
export const BASE = "/contract";

/** Where messages wait in the contract. */
export type StorageName = "cookie" | "fallback" | "a storage that takes 20 ms";

/** Long enough to be accepted, and in no other way secret. */
export const SECRET = "not a secret: it stands in the tests of onceover";

/** A storage that takes 20 ms to open, and 20 ms to write. */
export function slow(storage: Storage): Storage {
  const later = () => new Promise((resolve) => setTimeout(resolve, 20));
  return {
    open: async (exchange) => {
      await later();
      const waiting = await storage.open(exchange);
      return { messages: waiting.messages, commit: (changes) => later().then(() => waiting.commit(changes)) };
    },
  };
}

const STORAGES: Readonly<Record<StorageName, () => Storage>> = {
  cookie: () => cookieStorage({ secret: SECRET }),
  fallback: () => fallbackStorage(cookieStorage({ secret: SECRET }), sessionStorage()),
  "a storage that takes 20 ms": () => slow(fallbackStorage(cookieStorage({ secret: SECRET }), sessionStorage())),
};

const OWN_LEVELS = { critical: 50 };
const { levels: LEVELS } = defineMessages({ storage: "session", levels: OWN_LEVELS });

const warnings: string[] = [];

/** The settings of the contract's app. */
export function contractConfig(storage: StorageName): Config {
  const onWarning = ({ code }: { code: string }) => warnings.push(code);
  return defineMessages({ storage: STORAGES[storage](), levels: OWN_LEVELS, outlet: hxTrigger(), onWarning });
}

/** The whole app: one page for each promise of delivery. The glue only translates. */
export function act(request: ContractRequest): ContractAnswer {
  const { pathname, searchParams } = new URL(request.url, "http://contract");
  const route = ROUTES[pathname.slice(BASE.length)];
  return route ? route(request, searchParams) : page(request, { status: 404 });
}

type Route = (request: ContractRequest, query: URLSearchParams) => ContractAnswer;

const ROUTES: Readonly<Record<string, Route>> = {
  "/": (request) => page(request),
  "/add": (request, query) => {
    const texts = query.getAll("text");
    const text = (value: string) => (query.has("safe") ? markSafe(value) : value);
    const extraTags = query.get("tags") ?? "";
    const level = parseLevel(query.get("level") ?? "info", LEVELS) ?? INFO;
    for (const value of texts) request.messages.add(level, text(value), { extraTags });
    return redirect("/");
  },
  "/add-by-function": ({ native }) => {
    addMessage(native, "success", "by function");
    return redirect("/");
  },
  "/add-many": (request, query) => {
    const size = Number(query.get("size"));
    for (let i = 0; i < Number(query.get("count")); i += 1) request.messages.info(`${i}:${noise(size, i)}`);
    return redirect("/");
  },
  "/add-and-show": (request) => {
    request.messages.info("at once");
    return page(request);
  },
  "/add-quietly": (request, query) => {
    for (const text of query.getAll("text")) request.messages.success(text);
    const parts = partsOf(query);
    return answer({ ...parts, body: parts.status === 204 ? "" : "quiet" });
  },
  "/set-level": (request, query) => {
    request.messages.level = parseLevel(query.get("level"), LEVELS) ?? null;
    for (const level of ["debug", "info", "success", "warning", "error"] as const) request.messages[level](level);
    return redirect("/");
  },
  "/warnings": () => answer({ body: JSON.stringify(warnings.splice(0)) }),
  "/untouched": () => answer({ headers: [["Set-Cookie", "other=1; Path=/"]], body: "untouched" }),
  "/show-by-function": ({ native }) => answer({ body: lines(getMessages(native)) }),
  "/show-with-cookies": (request) =>
    page(request, {
      headers: [
        ["Set-Cookie", "first=1; Path=/"],
        ["Set-Cookie", "second=2; Path=/"],
      ],
    }),
  "/show": (request, query) => page(request, partsOf(query)),
  "/show-then-redirect": (request) => {
    lines(request.messages);
    return redirect("/show-then-redirect-again");
  },
  "/show-then-redirect-again": (request) => {
    lines(request.messages);
    return redirect("/");
  },
  "/show-then-throw": (request) => {
    lines(request.messages);
    throw new Error("after the messages were shown");
  },
  "/take-errors": (request) =>
    answer({ status: 422, body: request.messages.take(({ levelTag }) => levelTag === "error").join("\n") }),
  "/peek": (request) => answer({ body: request.messages.peek().join("\n") }),
  "/count": (request, query) => answer({ ...partsOf(query), body: `${request.messages.length}` }),
  "/keep": (request) => {
    const body = lines(request.messages);
    request.messages.keep();
    return answer({ body });
  },
  "/clear": (request, query) => {
    request.messages.clear();
    return answer({ ...partsOf(query), body: "cleared" });
  },
  "/clear-then-redirect": (request) => {
    request.messages.clear();
    return redirect("/");
  },
  "/show-then-refuse": (request) => {
    lines(request.messages);
    throw Object.assign(new Error("not for this visitor"), { status: 403, statusCode: 403 });
  },
  "/json": (request) => answer({ headers: JSON_TYPE, body: JSON.stringify(request.messages) }),
  "/json-in-a-page": (request) => answer({ headers: HTML, body: JSON.stringify(request.messages.toJSON()) }),
  "/log-as-json": (request) =>
    answer({
      headers: HTML,
      body: `${JSON.stringify({ locals: { messages: request.messages } }).includes("messages")}`,
    }),
};

const JSON_TYPE = [["Content-Type", "application/json"]] as const;
const HTML = [["Content-Type", "text/html"]] as const;

/** The status and the headers that a test asks for. */
function partsOf(query: URLSearchParams): Pick<ContractAnswer, "status" | "headers"> {
  return {
    status: Number(query.get("status") ?? 200),
    headers: query.getAll("header").map((header) => {
      const [, name = "", value = ""] = /^(.*?): (.*)$/.exec(header) ?? [];
      return [name, value];
    }),
  };
}

function page(request: ContractRequest, parts: Partial<ContractAnswer> = {}): ContractAnswer {
  return answer({ ...parts, body: lines(request.messages) });
}

function answer({ status = 200, headers = [], body = "" }: Partial<ContractAnswer>): ContractAnswer {
  return { status, headers, body };
}

function redirect(location: string): ContractAnswer {
  return answer({ status: 303, headers: [["Location", BASE + location]] });
}

function lines(messages: Iterable<{ tags: string }>): string {
  return [...messages].map((message) => `${message.tags}: ${message}`).join("\n");
}

/** Text that hardly compresses. */
function noise(length: number, seed: number): string {
  let state = seed + 7;
  const next = () => {
    state = (state * 48271) % 2147483647;
    return (state % 36).toString(36);
  };
  return Array.from({ length }, next).join("");
}
