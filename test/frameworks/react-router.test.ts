import { beforeAll } from "vitest";
import { adapterContract } from "../adapters/contract.ts";
import { exampleContract } from "../examples/example-contract.ts";
import { type App, prepareApp } from "./app.ts";
import { browserContract } from "./browser-contract.ts";

let app: App;

beforeAll(() => {
  app = prepareApp("react-router");
});

const withSession = (session: string) => (_config: unknown, storage: string) =>
  app.start({ CONTRACT_STORAGE: storage, CONTRACT_SESSION: session });

adapterContract("React Router 8 with createMemorySessionStorage()", withSession("memory"));
adapterContract("React Router 8 with createCookieSessionStorage()", withSession("cookie"), {
  cannot: {
    "a corrupt cookie does not hide what waits in the session":
      "of its 5000 characters `createCookieSessionStorage()` takes none, as a cookie holds 4096 bytes: a warning tells",
  },
});
adapterContract("React Router 8 without a session", withSession("none"), { session: false });
exampleContract("React Router 8", () => app.start());
browserContract("React Router 8", () => app.start(), { prefetch: /about\.data/ });
