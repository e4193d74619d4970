import { type HTTPResponse, html, raw } from "h3";
import { type Messages, WARNING } from "onceover";

/** Every page: its heading, the messages that wait, and its own HTML. */
export function page(heading: string, messages: Messages, content: string): HTTPResponse {
  return html`<!doctype html>
<html lang="en">
  <head><meta charset="utf-8"><title>${heading}</title></head>
  <body>
    <nav><a href="/">Profile</a> <a href="/about">About</a></nav>
    ${raw(list(messages))}
    <h1>${heading}</h1>
    ${raw(content)}
  </body>
</html>`;
}

/** `html` escapes what stands in it: whatever a visitor typed is shown as text. */
function list(messages: Messages): string {
  return [...messages]
    .map(
      (message) =>
        html`<p class="${message.tags}" role="${message.level >= WARNING ? "alert" : "status"}">${message}</p>`.body,
    )
    .join("\n");
}
