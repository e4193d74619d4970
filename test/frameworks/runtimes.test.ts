import { beforeAll } from "vitest";
import { adapterContract } from "../adapters/contract.ts";
import { exampleContract } from "../examples/example-contract.ts";
import { type App, prepareApp } from "./app.ts";

/** What would make a runtime ask for its own updates, or tell of its use. */
const QUIET = { DENO_NO_UPDATE_CHECK: "1", DENO_NO_PROMPT: "1", DO_NOT_TRACK: "1" };

const RUNTIMES = { bun: "Bun.serve", deno: "Deno.serve", workerd: "workerd" } as const;
type Script = keyof typeof RUNTIMES | "elysia";

const apps = new Map<Script, App>();
beforeAll(() => {
  for (const script of [...(Object.keys(RUNTIMES) as Script[]), "elysia" as const]) {
    apps.set(script, prepareApp("runtimes", { script }));
  }
});

function start(script: Script, env: Readonly<Record<string, string>>) {
  const app = apps.get(script);
  if (!app) throw new Error(`${script} was not prepared`);
  return app.start({ ...QUIET, ...env });
}

for (const [script, runtime] of Object.entries(RUNTIMES) as [keyof typeof RUNTIMES, string][]) {
  adapterContract(`a fetch handler on ${runtime}`, (_config, storage) => start(script, { CONTRACT_STORAGE: storage }), {
    session: false,
  });
  adapterContract(
    `Hono 4 on ${runtime}`,
    (_config, storage) => start(script, { CONTRACT_STORAGE: storage, CONTRACT_FRAMEWORK: "hono" }),
    { session: false },
  );
  exampleContract(`runtimes, on ${runtime}`, () => start(script, { CONTRACT_STORAGE: "cookie" }));
}

adapterContract("Elysia 1.4 on Bun", (_config, storage) => start("elysia", { CONTRACT_STORAGE: storage }), {
  session: false,
});
exampleContract("runtimes, Elysia on Bun", () => start("elysia", { CONTRACT_STORAGE: "cookie" }));
