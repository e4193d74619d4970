/** @jsxImportSource hono/jsx */
import type { Engine } from "../contract.ts";
import { MessageAlerts } from "./hono/message-alerts.tsx";
import { MessageList } from "./hono/message-list.tsx";

export const hono: Engine = {
  name: "Hono's JSX",
  list: (messages) => String(<MessageList messages={messages} />),
  all: (messages, preset) => String(<MessageAlerts messages={messages} preset={preset} />),
};
