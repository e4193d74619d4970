import { messages } from "onceover/fetch";
import { contract } from "./contract.ts";
import { contractConfig, type StorageName } from "./contract-app.ts";
import { honoApp } from "./hono.ts";

const config = contractConfig(process.env.CONTRACT_STORAGE as StorageName);
const onFetch = messages(config);

const HONO = {
  hono: { session: false },
  "hono-with-sessions": { session: true },
};

/** The example's handler, with the contract's pages beside it; or instead of both, the same on Hono. */
export const withMessages: typeof onFetch = (handler) => {
  const hono = HONO[process.env.CONTRACT_FRAMEWORK as keyof typeof HONO];
  if (hono) return honoApp(config, hono).fetch as ReturnType<typeof onFetch>;
  return onFetch((request, ...rest) =>
    new URL(request.url).pathname.startsWith("/contract/")
      ? contract(request, request.messages)
      : handler(request, ...rest),
  );
};
