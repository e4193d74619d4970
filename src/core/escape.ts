const ENTITIES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

/**
 * Text as HTML that shows it, between tags as well as in a quoted attribute (Django: `escape`).
 *
 * @example
 * ```ts
 * import { escapeHtml } from "onceover/html";
 *
 * console.log(`<p title="${escapeHtml('"')}">${escapeHtml("1 < 2")}</p>`); // <p title="&quot;">1 &lt; 2</p>
 * ```
 */
export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => ENTITIES[character] ?? "");
}
