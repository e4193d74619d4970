// biome-ignore-all lint/security/noDangerouslySetInnerHtml: the text is escaped, unless it was marked safe.
import type { MessageJson } from "onceover";
import { messageHtml } from "onceover/html";

export function MessageList({ messages }: { messages: readonly MessageJson[] }) {
  if (messages.length === 0) return null;
  return (
    <ul className="messages">
      {messages.map((message, index) => (
        <li
          key={message.receipt ?? index}
          className={message.tags}
          dangerouslySetInnerHTML={{ __html: messageHtml(message) }}
        />
      ))}
    </ul>
  );
}
