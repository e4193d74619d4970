import type { RequestHead } from "onceover";
import { afterEach, describe, expect, test, vi } from "vitest";
import { RECEIPTS_HEADER } from "../../src/wire/receipts.ts";
import type { ContractServer } from "../adapters/contract.ts";
import { Client } from "../client.ts";
import { SECRET } from "../support.ts";
import { ADAPTERS, type Page } from "./every-adapter.ts";

// An outlet is asked before the handler runs: by then, an exchange must know all that there is to know of its request.

vi.mock("next/headers.js", () => ({ headers: async () => new Headers(), cookies: async () => ({ set: () => {} }) }));
vi.mock("next/server.js", async (original) => ({ ...(await original<object>()), connection: async () => {} }));

let server: ContractServer | undefined;
afterEach(() => server?.close());

/** Everything that an exchange can be asked for. */
function asked(request: RequestHead): Record<string, unknown> {
  const names = new Set<string>();
  for (let host: object | null = request; host && host !== Object.prototype; host = Object.getPrototypeOf(host))
    for (const name of Object.getOwnPropertyNames(host)) names.add(name);
  const values = [...names].map((name) => [name, Reflect.get(request, name, request)] as const);
  return Object.fromEntries(values.filter(([, value]) => typeof value !== "function"));
}

const page: Page = (method, messages) => (method === "POST" ? messages.info("Saved.") : `${messages.length}`) ?? "";

describe.each(Object.entries(ADAPTERS))("on %s", (name, serve) => {
  test("an exchange answers everything, whenever an outlet asks", async () => {
    const answers: Record<string, unknown>[] = [];
    const onWarning = vi.fn();
    const serves = (request: RequestHead) => {
      answers.push(asked(request));
      return true;
    };
    server = await serve({ secret: SECRET, outlet: { serves, put: () => [] }, onWarning }, page);
    expect((await new Client(server.origin).get("/", { [RECEIPTS_HEADER]: "yes" })).status).toBe(200);
    expect(onWarning).not.toHaveBeenCalled();
    expect(answers.length).toBeGreaterThan(1);
    const facts = ({ method, needsReceipt, isSecure, hasAsyncSession }: Record<string, unknown>) => ({
      method,
      needsReceipt,
      isSecure,
      hasAsyncSession,
    });
    if (name === "Nuxt's Nitro") expect(answers[0]).toMatchObject({ needsReceipt: true });
    // What is known at first is what is known at the end.
    for (const answer of answers) expect(facts(answer)).toEqual(facts(answers.at(-1) as never));
  });
});
