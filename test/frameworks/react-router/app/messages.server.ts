import { messages } from "onceover/react-router";
import { createCookieSessionStorage, createMemorySessionStorage } from "react-router";
import { contractConfig, SECRET, type StorageName } from "../contract-app";

const cookie = { name: "__session", secrets: [SECRET], path: "/" };

const { CONTRACT_STORAGE = "fallback", CONTRACT_SESSION = "memory" } = process.env;

const sessions = {
  memory: () => ({ session: createMemorySessionStorage({ cookie }) }),
  cookie: () => ({ session: createCookieSessionStorage({ cookie }) }),
  none: () => ({}),
};

export const withMessages = messages(
  contractConfig(CONTRACT_STORAGE as StorageName),
  sessions[CONTRACT_SESSION as keyof typeof sessions](),
);
