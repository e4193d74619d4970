import { MessagesError, type Settings, type Storage } from "onceover";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import type { ContractServer } from "../adapters/contract.ts";
import { Client } from "../client.ts";
import { SECRET } from "../support.ts";
import { ADAPTERS, type Page, type Serve } from "./every-adapter.ts";

// Whatever of an app fails while its messages are read or written, its text reaches no visitor: it may hold a password.

vi.mock("next/headers.js", () => ({ headers: async () => new Headers(), cookies: async () => ({ set: () => {} }) }));
vi.mock("next/server.js", async (original) => ({ ...(await original<object>()), connection: async () => {} }));

const PASSWORD = "redis://:hunter2@db";
const broken = (): never => {
  throw new Error(`connect ${PASSWORD}`);
};
const rejected = async () => broken();

const page: Page = (method, messages) => {
  if (method !== "POST") return `<${[...messages].join("|")}>`;
  messages.info("Saved.");
  return undefined;
};
const addsLazily: Page = (method, messages) => {
  if (method === "POST") messages.info({ toString: broken });
  return page(method, messages);
};

interface Fault {
  readonly settings: Settings;
  readonly page?: Page;
}

const storageOf = (storage: Partial<Storage>): Settings => ({
  storage: { open: () => ({ messages: [], commit: () => [] }), ...storage },
});
const full: Storage = { open: () => ({ messages: [], commit: ({ added }) => added }) };

const FAULTS: Readonly<Record<string, Fault>> = {
  "an onWarning that throws": { settings: { storage: full, onWarning: broken } },
  "an onWarning that rejects": { settings: { storage: full, onWarning: rejected } },
  "an outlet that throws when it is asked": {
    settings: { secret: SECRET, outlet: { serves: broken, put: () => [] } },
  },
  "an outlet that throws when it is used": {
    settings: { secret: SECRET, outlet: { serves: () => true, put: broken } },
  },
  "a storage whose open throws": { settings: storageOf({ open: broken }) },
  "a storage whose open rejects": { settings: storageOf({ open: rejected }) },
  "a storage whose commit throws": { settings: storageOf({ open: () => ({ messages: [], commit: broken }) }) },
  "a storage whose commit rejects": { settings: storageOf({ open: () => ({ messages: [], commit: rejected }) }) },
  "a cookie.domain that throws": { settings: { secret: SECRET, cookie: { domain: broken } } },
  "a cookie.secure that throws": { settings: { secret: SECRET, cookie: { secure: broken } } },
  "a lazy text that throws": { settings: { secret: SECRET }, page: addsLazily },
};

let server: ContractServer | undefined;
const logged: unknown[] = [];

beforeEach(() => {
  logged.length = 0;
  for (const method of ["error", "warn"] as const)
    vi.spyOn(console, method).mockImplementation((...args) => void logged.push(...args));
});
afterEach(async () => {
  await server?.close();
  server = undefined;
  vi.restoreAllMocks();
  vi.unstubAllEnvs();
});

/** True if the password is in a text, or in an error or one of its causes. */
const tellsWhy = (value: unknown): boolean =>
  value instanceof Error ? value.message.includes(PASSWORD) || tellsWhy(value.cause) : String(value).includes(PASSWORD);

describe.each(Object.entries(ADAPTERS))("on %s", (_, serve) => {
  describe.each(["test", "production"])("with NODE_ENV=%s", (env) => {
    test.each(Object.entries(FAULTS))("%s hurts no response, and the log says why", async (_fault, fault) => {
      vi.stubEnv("NODE_ENV", env);
      server = await serve(fault.settings, fault.page ?? page);
      const client = new Client(server.origin);
      const added = await client.post("/");
      expect([302, 303]).toContain(added.status);
      const shown = await client.get("/");
      expect(shown.status).toBe(200);
      expect(shown.body).toMatch(/^<.*>$/);
      expect(logged.some(tellsWhy)).toBe(true);
      expect(JSON.stringify([added, shown])).not.toContain("hunter2");
    });

    test.each(Object.entries(FAULTS))(
      "%s is an error with debug, and no visitor reads its text",
      async (_fault, fault) => {
        vi.stubEnv("NODE_ENV", env);
        server = await serve({ ...fault.settings, debug: true }, fault.page ?? page);
        const client = new Client(server.origin);
        const answers = [await client.post("/"), await client.get("/"), await client.post("/")];
        expect(JSON.stringify(answers)).not.toContain("hunter2");
        expect(answers.some(({ status }) => status === 500)).toBe(true);
      },
    );
  });
});

// What Onceover itself writes where committing fails, as no framework is there to catch an error.
describe.each(["Express 5", "Express 4", "Connect", "node:http", "Koa", "Elysia", "Nuxt's Nitro"])("on %s", (name) => {
  test.each(["a storage whose commit throws", "a storage whose commit rejects", "a cookie.secure that throws"])(
    "%s is, with debug, a page that says nothing, and an error in the log",
    async (fault) => {
      const { settings } = FAULTS[fault] as Fault;
      server = await (ADAPTERS[name] as Serve)({ ...settings, debug: true }, page);
      const answer = await new Client(server.origin).post("/");
      expect(answer).toMatchObject({ status: 500, body: "Internal Server Error" });
      expect(logged).toContainEqual(expect.any(MessagesError));
      expect(logged.some(tellsWhy)).toBe(true);
    },
  );
});

test.each(["Express 5", "Express 4"])(
  "on %s, the handler of /messages hands a storage that fails to the framework",
  async (name) => {
    const settings = storageOf({ open: rejected });
    vi.stubEnv("NODE_ENV", "production");
    server = await (ADAPTERS[name] as Serve)({ ...settings, debug: true }, page);
    const answer = await new Client(server.origin).get("/messages", { accept: "application/json" });
    expect(answer.status).toBe(500);
    expect(answer.body).not.toContain("hunter2");
  },
);
