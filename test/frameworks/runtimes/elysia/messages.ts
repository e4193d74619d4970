import { Elysia } from "elysia";
import { messages } from "onceover/elysia";
import { contract } from "../contract.ts";
import { contractConfig, type StorageName } from "../contract-app.ts";

/** The example's plugin, with the contract's pages beside it. */
export const withMessages = new Elysia()
  .use(messages(contractConfig(process.env.CONTRACT_STORAGE as StorageName)))
  .all("/contract/*", ({ request, messages }) => contract(request, messages));
