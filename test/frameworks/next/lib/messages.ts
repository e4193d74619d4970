import { messages, type NextOptions } from "onceover/next";
import { contractConfig, type StorageName } from "@/contract-app";
import { getServerSession } from "./server-session";
import { getSession } from "./session";

const SESSIONS: Record<string, NextOptions> = {
  iron: { session: getSession },
  server: { session: getServerSession },
};

export const { getMessages, withMessages, GET } = messages(
  contractConfig((process.env.CONTRACT_STORAGE as StorageName | undefined) ?? "cookie"),
  SESSIONS[process.env.CONTRACT_SESSION ?? ""],
);
