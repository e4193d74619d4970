import { beforeAll } from "vitest";
import { adapterContract } from "../adapters/contract.ts";
import { exampleContract } from "../examples/example-contract.ts";
import { type App, prepareApp } from "./app.ts";

/** What would make a runtime ask for its own updates, or tell of its use. */
const QUIET = { DENO_NO_UPDATE_CHECK: "1", DENO_NO_PROMPT: "1", DO_NOT_TRACK: "1" };

/** The scripts of the example, and what serves in each. */
const RUNTIMES = { bun: "Bun.serve", deno: "Deno.serve", workerd: "workerd" };

let app: App;

beforeAll(() => {
  app = prepareApp("runtimes");
});

const serve = (script: string, storage: string, framework = "none") =>
  app.start({ ...QUIET, CONTRACT_STORAGE: storage, CONTRACT_FRAMEWORK: framework }, script);

for (const [script, runtime] of Object.entries(RUNTIMES)) {
  adapterContract(`a fetch handler on ${runtime}`, (_, storage) => serve(script, storage), { session: false });
  adapterContract(`Hono 4 on ${runtime} without a session`, (_, storage) => serve(script, storage, "hono"), {
    session: false,
  });
  adapterContract(
    `Hono 4 on ${runtime} with hono-sessions' CookieStore`,
    (_, storage) => serve(script, storage, "hono-with-sessions"),
    {
      cannot: {
        "a corrupt cookie does not hide what waits in the session":
          "the CookieStore keeps everything in one cookie: 5000 characters do not fit, and a warning tells",
      },
    },
  );
  exampleContract(`runtimes, on ${runtime}`, () => serve(script, "cookie"));
  exampleContract(`runtimes, Hono on ${runtime}`, () => serve(`hono:${script}`, "cookie"));
}

adapterContract("Elysia 1.4 on Bun", (_, storage) => serve("elysia", storage), {
  session: false,
  cannot: {
    "an exception that says 403 keeps what it iterated":
      "with an error hook of a plugin, Elysia answers every 404 in another way: call `messages.keep()` in your `onError`",
  },
});
exampleContract("runtimes, Elysia on Bun", () => serve("elysia", "cookie"));
