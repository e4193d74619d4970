/**
 * Messages in Handlebars templates.
 *
 * @module
 */
import { markSafe, type SafeString } from "../message.ts";
import { Messages } from "../messages.ts";
import { type Renderable, type RenderOptions, renderMessages } from "./html.ts";

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
 * @param options the preset of `{{onceover messages}}`: `plain` by default; `preset="bootstrap"` in the template overrides it.
 * @returns the same Handlebars.
 *
 * @example
 * ```ts
 * import Handlebars from "handlebars";
 * import { INFO, Message } from "onceover";
 * import { addMessages } from "onceover/handlebars";
 *
 * const handlebars = addMessages(Handlebars.create(), { preset: "bootstrap" });
 * const page = handlebars.compile("<main>{{onceover messages}}</main>");
 * console.log(page({ messages: [new Message(INFO, "1 < 2")] }));
 * ```
 */
export function addMessages<H extends HandlebarsLike>(handlebars: H, { preset = "plain" }: RenderOptions = {}): H {
  handlebars.registerHelper("onceover", (messages, options): SafeString => {
    // `{{onceover}}` alone is called with its options only.
    const { hash } = (options ?? messages) as { readonly hash: RenderOptions };
    return markSafe(renderMessages(messages as Renderable, { preset: hash.preset ?? preset }));
  });
  const builtIn = handlebars.helpers.if as Helper | undefined;
  handlebars.registerHelper("if", function (condition, ...rest) {
    return builtIn?.call(this, condition instanceof Messages ? condition.length > 0 : condition, ...rest);
  });
  return handlebars;
}
