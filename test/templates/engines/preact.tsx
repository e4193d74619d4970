/** @jsxImportSource preact */
import { renderToString } from "preact-render-to-string";
import type { Engine } from "../contract.ts";
import { MessageAlerts } from "./preact/message-alerts.tsx";
import { MessageList } from "./preact/message-list.tsx";

export const preact: Engine = {
  name: "Preact",
  list: (messages) => renderToString(<MessageList messages={messages.toJSON()} />),
  all: (messages, preset) => renderToString(<MessageAlerts messages={messages.toJSON()} preset={preset} />),
};
