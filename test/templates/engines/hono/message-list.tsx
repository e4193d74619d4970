/** @jsxImportSource hono/jsx */
// biome-ignore-all lint/correctness/useJsxKeyInIterable: Hono renders a list once, and needs no keys.
import { raw } from "hono/html";
import type { Message } from "onceover";

export function MessageList({ messages }: { messages: Iterable<Message> }) {
  const list = [...messages];
  if (list.length === 0) return null;
  return (
    <ul class="messages">
      {list.map((message) => (
        <li class={message.tags}>{raw(message.toHTML())}</li>
      ))}
    </ul>
  );
}
