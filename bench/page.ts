/** A message as a page needs it: a CSS class and a text. */
export type Item = readonly [tag: string, text: string];

const ENTITIES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

const escapeHtml = (text: string): string => text.replace(/[&<>"']/g, (character) => ENTITIES[character] ?? "");

/** The page that shows messages, the same one for every library. */
export function page(items: readonly Item[]): string {
  return `<!doctype html><title>Page</title><ul class="messages">${items.map(listItem).join("")}</ul>`;
}

/** One message in the page. */
export function listItem([tag, text]: Item): string {
  return `<li class="${escapeHtml(tag)}">${escapeHtml(text)}</li>`;
}

/** The page that does not touch messages. */
export const PLAIN = "<!doctype html><title>Page</title><p>plain</p>";
