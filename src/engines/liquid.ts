/**
 * Messages in LiquidJS templates, as Django's templates see them.
 *
 * @module
 */
import { type Comparable, Drop, type Liquid } from "liquidjs";
import { escapeHtml } from "../core/escape.ts";
import { DEFAULT_LEVELS } from "../core/levels.ts";
import { Message } from "../core/message.ts";
import type { Messages } from "../core/messages.ts";
import { isMessages, type MessagesView } from "../core/messages-view.ts";
import { SafeString, type Text, textOf } from "../core/text.ts";
import { type Renderable, type RenderOptions, renderMessages } from "../html/render.ts";

/** Everything that renders by a scope; the other methods of an engine call one of these. */
const RENDERINGS = [
  "render",
  "renderSync",
  "renderToNodeStream",
  "parseAndRender",
  "parseAndRenderSync",
  "renderFile",
  "renderFileSync",
] as const;

type Rendering = (template: unknown, scope?: unknown, options?: { readonly globals?: object }) => unknown;
type Escape = (this: unknown, value: unknown) => unknown;

/**
 * Lets Django's message templates run unchanged in a LiquidJS engine, and adds the filter `onceover`.
 *
 * Liquid takes any object for true, however empty, and escapes nothing unless it is told to. With this,
 * `{% if messages %}` is false when there are none, `{{ message }}` is the escaped text, and safe HTML is printed as it is;
 * whatever else a template prints is left to the engine's own `outputEscape`. `{{ messages | onceover: "bootstrap" }}`
 * writes all of them. Messages are read only by templates that use them.
 *
 * @param engine a `new Liquid()`, before it parses its first template.
 * @param options the preset of `{{ messages | onceover }}`: `plain` by default.
 * @returns the same engine.
 * @throws {MessagesError} `unknown-preset`, when the app starts.
 *
 * Django: the context processor `messages`.
 *
 * @example
 * ```ts
 * import express from "express";
 * import { Liquid } from "liquidjs";
 * import { messages } from "onceover/express";
 * import { registerMessages } from "onceover/liquid";
 *
 * export const app = express();
 * app.use(messages({ secret: process.env.SECRET }));
 * app.engine("liquid", registerMessages(new Liquid({ outputEscape: "escape" })).express());
 * ```
 */
export function registerMessages(engine: Liquid, options: RenderOptions = {}): Liquid {
  renderMessages([], options); // A preset that does not exist is refused when the app starts.
  const settings = engine.options;
  settings.outputEscape = printing(settings.outputEscape) as (value: unknown) => string;
  engine.registerFilter("onceover", {
    raw: true,
    handler: (messages: unknown, look: RenderOptions["preset"]) =>
      renderMessages(originalsOf(listOf(messages)) as Renderable, look === undefined ? options : { preset: look }),
  });
  for (const name of RENDERINGS) {
    const render = engine[name].bind(engine) as Rendering;
    engine[name] = ((template, scope, more) => {
      const variables = printableScope(scope);
      // A partial that is rendered by {% render %} sees no variables but these.
      const globals = copyWith(more?.globals ?? settings.globals, {
        DEFAULT_MESSAGE_LEVELS: DEFAULT_LEVELS,
        ...messagesOf(variables),
      });
      return render(template, variables, { ...more, globals });
    }) as Rendering as never;
  }
  return engine;
}

/** Prints what is ours as HTML, and leaves the rest to the engine's own setting. */
function printing(others: Escape | undefined): Escape {
  return function print(this: unknown, value: unknown): unknown {
    const given = listOf(value);
    if (isPrintable(given)) return given.toHTML();
    if (Array.isArray(given) && given.some(isPrintable)) return given.map((item) => print.call(this, item)).join("");
    return others ? others.call(this, given) : given;
  };
}

function isPrintable(value: unknown): value is { toHTML(): string } {
  return value instanceof Message || value instanceof SafeString || value instanceof PrintableText;
}

function listOf(value: unknown): unknown {
  return value instanceof TemplateMessages ? value.valueOf() : value;
}

function originalsOf(value: unknown): unknown {
  return Array.isArray(value) ? value.map(TemplateMessage.original) : value;
}

/** The variables of a template, with messages in the form that Liquid can test, loop over and print. */
function printableScope(scope: unknown): unknown {
  if (typeof scope !== "object" || scope === null) return scope;
  const found = Object.entries<PropertyDescriptor>(Object.getOwnPropertyDescriptors(scope))
    .map(([name, { value }]) => [name, value, printable(value)] as const)
    .filter(([, value, converted]) => converted !== value);
  const ours = Object.fromEntries(found.map(([name, , converted]) => [name, converted]));
  return found.length > 0 ? copyWith(scope, ours) : scope;
}

function printable(value: unknown): unknown {
  if (isMessages(value)) return new TemplateMessages(value);
  if (value instanceof Message) return new TemplateMessage(value);
  return Array.isArray(value) && value.some((item) => item instanceof Message) ? value.map(printable) : value;
}

/** The messages among the variables, by their names. */
function messagesOf(scope: unknown): object {
  const variables = Object.entries<PropertyDescriptor>(Object.getOwnPropertyDescriptors(scope ?? {}));
  const ours = variables.filter(([, { value }]) => value instanceof TemplateMessages);
  return Object.fromEntries(ours.map(([name, { value }]) => [name, value]));
}

/** A copy of an object, with some more properties; its getters are not called. */
function copyWith(object: object, properties: object): object {
  return Object.create(Object.getPrototypeOf(object), {
    ...Object.getOwnPropertyDescriptors(object),
    ...Object.getOwnPropertyDescriptors(properties),
  });
}

const never = (): boolean => false;

/** The messages of a request: a list to Liquid's loops and filters, and false when there are none. */
class TemplateMessages extends Drop implements Comparable {
  readonly #messages: Messages | MessagesView;
  readonly gt = never;
  readonly geq = never;
  readonly lt = never;
  readonly leq = never;

  constructor(messages: Messages | MessagesView) {
    super();
    this.#messages = messages;
  }

  get length(): number {
    return this.#messages.length;
  }

  get size(): number {
    return this.length;
  }

  /** Liquid calls it for everything but printing: to test as well as to loop. */
  override valueOf(): readonly TemplateMessage[] | null {
    return this.length > 0 ? shownWhenRead(this.#messages) : null;
  }

  /** Without messages, it is `empty`, `blank` and `nil`. */
  equals(other: unknown): boolean {
    return this.length === 0 && (other instanceof Drop ? !other.valueOf() : !other);
  }

  override liquidMethodMissing(key: string | number): unknown {
    const index = { first: 0, last: -1 }[key] ?? key;
    return typeof index === "number" ? this.valueOf()?.at(index) : undefined;
  }

  toJSON(): unknown {
    return this.#messages.toJSON();
  }
}

/** As many places as there are messages; reading one of them shows all. */
function shownWhenRead(messages: Messages | MessagesView): readonly TemplateMessage[] {
  const places = new Array<TemplateMessage | undefined>(messages.length).fill(undefined);
  return new Proxy(places as TemplateMessage[], {
    get(list, key, receiver) {
      const isFirstRead = list[0] === undefined && typeof key === "string" && /^\d+$/.test(key);
      if (isFirstRead) list.splice(0, list.length, ...Array.from(messages, (message) => new TemplateMessage(message)));
      return Reflect.get(list, key, receiver);
    },
  });
}

/** A text that prints as HTML also where the engine escapes nothing; filters and conditions see the text. */
class PrintableText extends String implements Comparable {
  readonly #html: string;
  readonly gt = never;
  readonly geq = never;
  readonly lt = never;
  readonly leq = never;

  constructor(text: Text) {
    super(textOf(text));
    this.#html = text instanceof SafeString ? text.toHTML() : escapeHtml(`${this}`);
  }

  equals(other: unknown): boolean {
    const value = other instanceof Drop ? other.valueOf() : other;
    return (value instanceof String ? `${value}` : value) === `${this}`;
  }

  toHTML(): string {
    return this.#html;
  }
}

/** A message that prints as its text, and has the fields of a message. */
class TemplateMessage extends PrintableText {
  readonly #message: Message;

  constructor(message: Message) {
    super(message.message);
    this.#message = message;
    const { data, ...fields } = message;
    const printables = Object.entries(fields).map(([name, value]) => [name, printableField(value)]);
    Object.assign(this, Object.fromEntries(printables), { data });
  }

  /** What a message was before it was made printable. */
  static original(value: unknown): unknown {
    return value instanceof TemplateMessage ? value.#message : value;
  }

  toJSON(): unknown {
    return this.#message.toJSON();
  }
}

/** A string without anything to escape stays one, which Liquid can sort and group by. */
function printableField(value: Text | number | null): unknown {
  const isText = typeof value === "string" ? escapeHtml(value) !== value : typeof value === "object" && value !== null;
  return isText ? new PrintableText(value as Text) : value;
}
