import { renderToString } from "react-dom/server";
import type { Engine } from "../contract.ts";
import { MessageAlerts } from "./react/message-alerts.tsx";
import { MessageList } from "./react/message-list.tsx";

export const react: Engine = {
  name: "React",
  list: (messages) => renderToString(<MessageList messages={messages.toJSON()} />),
  all: (messages, preset) => renderToString(<MessageAlerts messages={messages.toJSON()} preset={preset} />),
};
