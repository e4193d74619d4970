import type { MessageJson } from "onceover";
import { shown } from "onceover/shown";
import { useEffect } from "react";

export function Messages({ messages }: { messages: readonly MessageJson[] }) {
  useEffect(() => shown(messages), [messages]);

  return messages.map((message, index) => (
    <p key={message.receipt ?? index} className={message.tags} role={message.level >= 30 ? "alert" : "status"}>
      {message.message}
    </p>
  ));
}
