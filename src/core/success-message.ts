import { andThen, type MaybePromise } from "./async.ts";
import { MessagesError } from "./errors.ts";
import { getMessages } from "./request.ts";
import type { Text } from "./text.ts";

/** What a handler returns when it did its work: the saved data. Nothing, null or false means that it did not. */
type Result<T> = Exclude<T, undefined | null | false>;

/** A text with `%(field)s` in it, or a function of what a handler returned and of the request. */
export type SuccessTemplate<T, R extends object = object> = string | ((result: Result<T>, request: R) => Text);

/**
 * Adds a success message once a handler has done its work.
 *
 * @param template a text in which `%(name)s` stands for a field of what the handler returned and `%%` for a percent sign;
 *   or a function of what it returned and of the request. An empty text adds no message.
 * @param handler takes the request first. It returns the saved data; a form that failed returns undefined, null or false,
 *   or throws, and adds no message. It must leave sending the response to its caller.
 * @returns the handler, with the same arguments and the same result.
 * @throws {MessagesError} `missing-field` if the template asks for a field that the result does not have.
 *
 * Django: `SuccessMessageMixin`.
 *
 * @example
 * ```ts
 * import { withSuccessMessage } from "onceover";
 *
 * export const createAuthor = withSuccessMessage("%(name)s was created", async (request: Request) => {
 *   const name = (await request.formData()).get("name");
 *   return name ? { name } : undefined;
 * });
 * ```
 */
export function withSuccessMessage<R extends object, Args extends unknown[], T>(
  template: SuccessTemplate<Awaited<T>, R>,
  handler: (request: R, ...args: Args) => T,
): (request: R, ...args: Args) => T {
  return (request, ...args) => {
    return andThen(handler(request, ...args) as MaybePromise<Awaited<T>>, (result) => {
      announce(request, template, result);
      return result;
    }) as T;
  };
}

/** Adds the success message for what a handler returned; see {@link withSuccessMessage}. For adapters. */
export function announce<T, R extends object>(request: R, template: SuccessTemplate<T, R>, result: T): void {
  if (result === undefined || result === null || result === false) return;
  const saved = result as Result<T>;
  getMessages(request).success(typeof template === "string" ? fill(template, saved) : template(saved, request));
}

/** Python's `template % fields`, as far as texts go: `%(name)s`, `%(count)d`, `%%`. */
function fill(template: string, fields: unknown): string {
  return template.replace(/%(?:%|\(([^)]*)\)[sd])/g, (whole, name: string | undefined) => {
    if (name === undefined) return "%";
    const value: unknown = typeof fields === "object" && fields !== null ? Reflect.get(fields, name) : undefined;
    if (value !== undefined) return String(value);
    const known = Object.keys(fields as object).join(", ") || "none";
    throw new MessagesError("missing-field", `The success message asks for ${whole}, but the fields are: ${known}.`);
  });
}
