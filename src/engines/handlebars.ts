/**
 * Messages in Handlebars templates.
 *
 * @module
 */
import { MessagesError } from "../core/errors.ts";
import { isMessages } from "../core/messages-view.ts";
import { markSafe, type SafeString } from "../core/text.ts";
import { type Renderable, type RenderOptions, renderMessages } from "../html/render.ts";

type Helper = (this: unknown, ...values: unknown[]) => unknown;

/** What is asked of Handlebars: the package, its runtime, or what `Handlebars.create()` returned. */
interface HandlebarsLike {
  readonly helpers: Readonly<Record<string, (...values: never[]) => unknown>>;
  registerHelper(name: string, helper: Helper): void;
}

/**
 * Adds the helper `{{onceover messages}}` to Handlebars, and makes `{{#if messages}}` false when there are none.
 *
 * Handlebars takes any object but an empty array for true. `{{#each messages}}` and `{{this}}` need no help: Handlebars
 * loops over them, and prints each as its escaped text, or as it is if it was marked safe.
 *
 * @param handlebars the package, its runtime, or what `Handlebars.create()` returned.
 * @param options the preset of `{{onceover messages}}`: `plain` by default; `{{onceover messages "bootstrap"}}` overrides it.
 * @returns the same Handlebars.
 * @throws {MessagesError} `unknown-preset`, when the app starts.
 *
 * @example
 * ```ts
 * import Handlebars from "handlebars";
 * import { INFO, Message } from "onceover";
 * import { registerMessages } from "onceover/handlebars";
 *
 * const handlebars = registerMessages(Handlebars.create(), { preset: "bootstrap" });
 * const page = handlebars.compile("<main>{{onceover messages}}</main>");
 * console.log(page({ messages: [new Message(INFO, "1 < 2")] }));
 * ```
 */
export function registerMessages<H extends HandlebarsLike>(handlebars: H, options: RenderOptions = {}): H {
  renderMessages([], options); // A preset that does not exist is refused when the app starts.
  handlebars.registerHelper("onceover", (...values): SafeString => {
    // Handlebars adds what stands in the template by name.
    const { hash } = values.pop() as { readonly hash: RenderOptions };
    if (values.length === 0)
      throw new MessagesError("invalid-messages", "`{{onceover}}` needs messages: write `{{onceover messages}}`.");
    const [messages, preset = hash.preset ?? options.preset] = values as [Renderable?, RenderOptions["preset"]?];
    return markSafe(renderMessages(messages, preset === undefined ? {} : { preset }));
  });
  const builtIn = handlebars.helpers.if as Helper | undefined;
  handlebars.registerHelper("if", function (condition, ...rest) {
    return builtIn?.call(this, isMessages(condition) ? condition.length > 0 : condition, ...rest);
  });
  return handlebars;
}
