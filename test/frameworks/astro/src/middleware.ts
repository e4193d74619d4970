import type { MiddlewareHandler } from "astro";
import { messages } from "onceover/astro";
import { contractConfig, type StorageName } from "../contract-app";

const storage = process.env.CONTRACT_STORAGE ?? "cookie";

/** Without a storage, what Astro does by itself. */
export const onRequest: MiddlewareHandler =
  storage === "none" ? (_context, next) => next() : messages(contractConfig(storage as StorageName));
