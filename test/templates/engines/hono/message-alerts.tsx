/** @jsxImportSource hono/jsx */
import { raw } from "hono/html";
import type { Message } from "onceover";
import { type PresetName, renderMessages } from "onceover/html";

export function MessageAlerts({ messages, preset }: { messages: Iterable<Message>; preset: PresetName }) {
  return <>{raw(renderMessages(messages, { preset }))}</>;
}
