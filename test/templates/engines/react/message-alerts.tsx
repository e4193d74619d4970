// biome-ignore-all lint/security/noDangerouslySetInnerHtml: the text is escaped, unless it was marked safe.
import type { MessageJson } from "onceover";
import { type PresetName, renderMessages } from "onceover/html";

export function MessageAlerts({ messages, preset }: { messages: readonly MessageJson[]; preset: PresetName }) {
  return <section dangerouslySetInnerHTML={{ __html: renderMessages(messages, { preset }) }} />;
}
