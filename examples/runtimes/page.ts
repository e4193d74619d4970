import { Message, type Messages, markSafe, SafeString, WARNING } from "onceover";
import { escapeHtml } from "onceover/html";

/** Every page: the messages that wait, and its own content. */
export function page(title: string, messages: Messages, content: SafeString, status = 200): Response {
  const document = html`<!doctype html>
<html lang="en">
  <title>${title}</title>
  <nav><a href="/">Profile</a> <a href="/about">About</a></nav>
  ${[...messages].map(notice)}
  <h1>${title}</h1>
  ${content}
</html>`;
  return new Response(`${document}`, { status, headers: { "Content-Type": "text/html; charset=utf-8" } });
}

function notice({ level, message, tags }: Message): SafeString {
  return html`<p class="${tags}" role="${level >= WARNING ? "alert" : "status"}">${message}</p>`;
}

/** HTML in which everything that is put between is escaped, unless it is safe already. */
export function html(strings: TemplateStringsArray, ...values: readonly unknown[]): SafeString {
  return markSafe(String.raw({ raw: strings }, ...values.map(print)));
}

function print(value: unknown): string {
  if (Array.isArray(value)) return value.map(print).join("\n");
  if (value instanceof SafeString || value instanceof Message) return value.toHTML();
  return escapeHtml(`${value}`);
}

/** The form of the profile. */
export const form: SafeString = html`
  <form method="post">
    <label>Name <input type="text" name="name"></label>
    <button>Save</button>
  </form>`;
