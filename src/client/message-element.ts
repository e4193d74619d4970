import { LEVELS } from "../core/levels.ts";
import type { MessageJson } from "../core/message.ts";
import { classesOf, type Preset, SEVERITIES } from "../html/presets.ts";
import { append } from "./append.ts";

/** True for a message as JSON: what other code hands over may be anything. */
export function isMessage(value: Partial<MessageJson> | null | undefined): value is MessageJson {
  const text = value?.message;
  return typeof text === "string" && text !== "";
}

/** Appends the element of a message that came as JSON: what `renderMessages()` writes on the server. */
export function appendMessage(parent: Node, { level, tags, message, safe }: MessageJson, preset: Preset): void {
  const element = append(parent, "div", { className: classesOf({ level, tags }, preset) });
  element.dataset.level = `${level}`;
  const inner = preset.isArticle ? append(element, "article") : element;
  if (safe) inner.innerHTML = trusted(message);
  else inner.textContent = message;
}

/**
 * The level of a message that is on the page: as `renderMessages()` wrote it, or by classes, as Django's templates do.
 *
 * Of a list in one element, the highest.
 */
export function levelOf(element: HTMLElement): number {
  const name = SEVERITIES.findLast((name) => element.matches(`.${name},:has(.${name})`));
  return Number(element.dataset.level) || LEVELS[name ?? "info"];
}

interface HtmlPolicy {
  createHTML(html: string): string;
}

let policy: HtmlPolicy | undefined;

/** HTML that the server vouched for, as a page with `require-trusted-types-for 'script'` wants it. */
function trusted(html: string): string {
  const { trustedTypes } = globalThis as {
    trustedTypes?: { createPolicy(name: string, rules: HtmlPolicy): HtmlPolicy };
  };
  policy ??= trustedTypes?.createPolicy("onceover", { createHTML: (text) => text });
  return policy?.createHTML(html) ?? html;
}
