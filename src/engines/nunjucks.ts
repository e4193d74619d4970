/**
 * Messages in Nunjucks templates, as Django's templates see them.
 *
 * @module
 */
import { AsyncLocalStorage } from "node:async_hooks";
import nunjucks, { type Environment } from "nunjucks";
import { DEFAULT_LEVELS } from "../core/levels.ts";
import { Message } from "../core/message.ts";
import type { Messages } from "../core/messages.ts";
import { isMessages, type MessagesView } from "../core/messages-view.ts";
import { SafeString, textOf } from "../core/text.ts";
import { type Renderable, type RenderOptions, renderMessages } from "../html/render.ts";

/**
 * Lets Django's message templates run unchanged in a Nunjucks environment.
 *
 * Nunjucks takes any object for true, however empty, and escapes any object it prints. With this, `{% if messages %}` is
 * false when there are none, `{{ message }}` is the escaped text, and safe HTML is printed as it is. Messages are read only
 * by templates that use them. `{{ messages | onceover }}` writes all of them, as {@link renderMessages} does; the preset may be
 * given there: `{{ messages | onceover("bulma") }}`.
 *
 * @param environment from `nunjucks.configure()` or `new nunjucks.Environment()`; with autoescaping, which is the default.
 * @param options the preset of the filter; `plain` by default.
 * @returns the same environment.
 * @throws {MessagesError} `unknown-preset`, when the app starts.
 *
 * Django: the context processor `messages`.
 *
 * @example
 * ```ts
 * import express from "express";
 * import nunjucks from "nunjucks";
 * import { messages } from "onceover/express";
 * import { registerMessages } from "onceover/nunjucks";
 *
 * export const app = express();
 * app.use(messages({ secret: process.env.SECRET }));
 * registerMessages(nunjucks.configure("views", { express: app }));
 * ```
 */
export function registerMessages(environment: Environment, options: RenderOptions = {}): Environment {
  renderMessages([], options); // A preset that does not exist is refused when the app starts.
  const rendering = new AsyncLocalStorage<MessagesByName>();
  const { globals } = environment as Environment & { globals: Record<string, unknown> };
  const names = new Set<string>();
  // A global is looked up when a template uses it; a context is copied, and all of it read, before each rendering.
  const defineGlobal = (name: string) => {
    if (names.has(name)) return;
    names.add(name);
    const other = globals[name];
    Object.defineProperty(globals, name, {
      enumerable: true,
      configurable: true,
      get() {
        const messages = rendering.getStore()?.[name];
        if (!messages) return other;
        return messages.length > 0 ? new TemplateMessages(messages) : undefined;
      },
    });
  };
  environment.addGlobal("DEFAULT_MESSAGE_LEVELS", DEFAULT_LEVELS);
  environment.addFilter("onceover", (value: unknown, preset = options.preset) => {
    const html = renderMessages(sourcesOf(value), preset === undefined ? {} : { preset });
    return new nunjucks.runtime.SafeString(html);
  });
  for (const name of ["render", "renderString"] as const) {
    const render = environment[name].bind(environment) as (source: string, ...rest: unknown[]) => unknown;
    environment[name] = ((source: string, context: unknown, ...rest: unknown[]) => {
      const ours = messagesIn(context);
      Object.keys(ours).forEach(defineGlobal);
      // Also without messages: what is rendered inside of another rendering has its own, or none.
      return rendering.run(ours, () => render(source, withPrintable(context), ...rest));
    }) as never;
  }
  return environment;
}

type MessagesByName = Readonly<Record<string, Messages | MessagesView>>;

/** The messages of requests in a context, mostly those of one, by their names. */
function messagesIn(context: unknown): MessagesByName {
  if (typeof context !== "object" || context === null) return {};
  return Object.fromEntries(Object.entries(context).filter(([, value]) => isMessages(value)));
}

/** What else is in a context; messages that a handler took or peeked at print like those of a loop. */
function withPrintable(context: unknown): unknown {
  if (typeof context !== "object" || context === null) return context;
  const convert = (value: unknown): unknown => (value instanceof Message ? printable(value) : value);
  return Object.fromEntries(
    Object.entries(context)
      .filter(([, value]) => !isMessages(value))
      .map(([name, value]) => [name, Array.isArray(value) ? value.map(convert) : convert(value)]),
  );
}

/** The messages behind what templates see. */
function sourcesOf(value: unknown): Renderable {
  if (value instanceof TemplateMessages) return value.source;
  return Array.isArray(value) ? value.map((item) => SOURCES.get(item) ?? item) : (value as Renderable);
}

/** The message that each printable one was made of. */
const SOURCES = new WeakMap<object, Message>();

/** At least one message, in the form that Nunjucks can loop over and print. */
class TemplateMessages {
  readonly #messages: Messages | MessagesView;

  constructor(messages: Messages | MessagesView) {
    this.#messages = messages;
  }

  get source(): Messages | MessagesView {
    return this.#messages;
  }

  get length(): number {
    return this.#messages.length;
  }

  *[Symbol.iterator](): Generator<object> {
    for (const message of this.#messages) yield printable(message);
  }

  toJSON(): unknown {
    return this.#messages.toJSON();
  }

  /** Without it, Nunjucks counts the properties of an object instead of asking for its length. */
  get [Symbol.toStringTag](): string {
    return "Messages";
  }
}

/** A message that prints as its text and has the fields of a message: a string object, and a safe one for safe HTML. */
function printable(message: Message): object {
  const text = textOf(message.message);
  const isSafe = message.message instanceof SafeString;
  const safe = () => new nunjucks.runtime.SafeString(text);
  const printed = Object.assign(isSafe ? safe() : new String(text), { ...message, message: isSafe ? safe() : text });
  SOURCES.set(printed, message);
  return printed;
}
