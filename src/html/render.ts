/**
 * Messages as HTML, for any template engine and for none.
 *
 * @module
 */
import { describe, MessagesError } from "../core/errors.ts";
import { escapeHtml } from "../core/escape.ts";
import { LEVELS, WARNING } from "../core/levels.ts";
import { Message, type MessageJson } from "../core/message.ts";
import { checkText, htmlOf, SafeString } from "../core/text.ts";
import { classesOf, PRESETS, type Preset, type PresetName } from "./presets.ts";

export { escapeHtml } from "../core/escape.ts";
export type { Preset, PresetName } from "./presets.ts";

/** How messages are to look. */
export interface RenderOptions {
  /**
   * The CSS framework of the page, or classes of your own by level: `{ all: "toast", error: "toast-red" }`;
   * `"plain"` by default.
   */
  readonly preset?: PresetName | Preset;
}

/** Messages to be shown: those of a request, a list of some, or their JSON; nothing is no messages. */
export type Renderable = Iterable<Message | MessageJson> | null | undefined;

/**
 * Writes messages as HTML: an element each, with its tags as classes and a role that screen readers know.
 *
 * The text is escaped unless it was marked safe. There is no inline script or style. The role is `status`, and `alert` from
 * WARNING (30) on. Like any loop, it shows what it is given.
 *
 * @param messages what a request has, what `take()` or `peek()` returned, or their JSON.
 * @param options the preset: `plain` by default, `bootstrap` (5), `tailwind` (4), `bulma` (1), `pico` (2), or your own.
 * @returns the HTML; `""` if there are no messages.
 * @throws {MessagesError} `unknown-preset`; `invalid-messages` for what is none; `invalid-text` for a text that is none.
 *
 * @example
 * ```ts
 * import { INFO, Message } from "onceover";
 * import { renderMessages } from "onceover/html";
 *
 * console.log(renderMessages([new Message(INFO, "1 < 2")], { preset: "bootstrap" }));
 * // <div class="alert alert-dismissible alert-info info" role="status" data-level="20">1 &lt; 2</div>
 * ```
 */
export function renderMessages(messages: Renderable, options: RenderOptions = {}): string {
  const preset = presetOf(options);
  return listOf(messages)
    .map((message) => renderMessage(message, preset))
    .join("\n");
}

/**
 * The text of one message as HTML: escaped, unless it was marked safe.
 *
 * For messages as JSON; a {@link Message} has it as `message.toHTML()`.
 *
 * @throws {MessagesError} `invalid-messages` for what is no message; `invalid-text` for a text that is none.
 *
 * @example
 * ```ts
 * import { INFO, Message } from "onceover";
 * import { messageHtml } from "onceover/html";
 *
 * console.log(messageHtml(new Message(INFO, "1 < 2").toJSON())); // 1 &lt; 2
 * ```
 */
export function messageHtml(message: Message | MessageJson): string {
  if (!isMessage(message)) throw invalidMessages("a message, with its level and text", message);
  const text = checkText(message.message);
  const isSafe = !(message instanceof Message) && message.safe === true;
  return htmlOf(isSafe ? new SafeString(`${text}`) : text);
}

function renderMessage(message: Message | MessageJson, preset: Preset): string {
  const html = messageHtml(message);
  const role = message.level >= WARNING ? "alert" : "status";
  const classes = escapeHtml(classesOf(message, preset));
  const inner = preset.isArticle ? `<article>${html}</article>` : html;
  return `<div class="${classes}" role="${role}" data-level="${message.level}">${inner}</div>`;
}

/** True for what has a level and a text: of a template, or of JSON, a message may be anything. */
function isMessage(value: unknown): value is Message | MessageJson {
  const { level, message } = (value ?? {}) as Partial<MessageJson>;
  return Number.isInteger(level) && message !== undefined && message !== null;
}

function presetOf(options: RenderOptions): Preset {
  if (typeof options !== "object" || options === null) throw unknownPreset("Expected { preset }", options);
  const { preset = "plain", ...others } = options;
  for (const name of Object.keys(others)) throw unknownPreset("Expected { preset }, and nothing else", name);
  if (typeof preset === "object" && preset !== null) return checkClasses(preset);
  if (Object.hasOwn(PRESETS, preset)) return PRESETS[preset];
  const names = Object.keys(PRESETS).map((name) => `"${name}"`);
  throw unknownPreset(`A preset must be ${names.join(", ")}, or an object of classes by level`, preset);
}

function checkClasses(preset: Preset): Preset {
  for (const [name, value] of Object.entries(preset)) {
    const isKnown = name === "all" || name === "isArticle" || Object.hasOwn(LEVELS, name);
    if (!isKnown) throw unknownPreset(`A preset has classes for all, ${Object.keys(LEVELS).join(", ")}`, name);
    if (name !== "isArticle" && value !== undefined && typeof value !== "string")
      throw unknownPreset(`The classes for \`${name}\` must be a string`, value);
  }
  return preset;
}

function listOf(messages: Renderable): readonly (Message | MessageJson)[] {
  if (messages === undefined || messages === null) return [];
  if (typeof messages === "object" && Symbol.iterator in messages) return [...messages];
  throw invalidMessages("the messages of a request, or a list of messages", messages);
}

function unknownPreset(expected: string, given: unknown): MessagesError {
  return new MessagesError("unknown-preset", `${expected}; got ${describe(given)}.`);
}

function invalidMessages(expected: string, given: unknown): MessagesError {
  const hint = given instanceof Promise ? "; await it first" : "";
  return new MessagesError("invalid-messages", `Expected ${expected}; got ${describe(given)}${hint}.`);
}
