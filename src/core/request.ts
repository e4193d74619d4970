import { describe, MessagesError } from "./errors.ts";
import { Ledger } from "./ledger.ts";
import { DEFAULT_TAGS, INFO, LEVELS, type LevelName, type Levels } from "./levels.ts";
import { type AddOptions, Messages, type MessagesOf, type MessagesSettings, type Source } from "./messages.ts";
import { latestMount, type Mount } from "./mount.ts";
import type { Text } from "./text.ts";

/**
 * Tells the type system of your settings, so that every request's messages have your own levels.
 *
 * @example
 * ```ts
 * import { defineMessages } from "onceover";
 *
 * export const config = defineMessages({
 *   secret: process.env.SECRET,
 *   levels: { critical: 50 },
 * });
 *
 * declare module "onceover" {
 *   interface Register {
 *     config: typeof config;
 *   }
 * }
 * ```
 */
// biome-ignore lint/suspicious/noEmptyInterface: apps add to it.
export interface Register {}

/** The custom levels that the app registered with {@link Register}. */
// biome-ignore lint/complexity/noBannedTypes: no levels of one's own is exactly what `{}` says.
export type RegisteredLevels = Register extends { config: { readonly levels: infer L extends Levels } } ? L : {};

/** The messages of a request, with a method for each level that the app registered. */
export type AppMessages = MessagesOf<RegisteredLevels>;

/** A level of the app, by number or by name. */
export type AppLevel = number | LevelName<RegisteredLevels>;

/** Where the messages hang on a request; one symbol for all copies of this package, and seen through wrapped requests. */
export const MESSAGES: unique symbol = Symbol.for("onceover.messages");

/** What has the messages of a request, or makes them when they are asked for. */
export interface MessagesHolder {
  readonly messages: object;
}

interface RequestWithMessages {
  /** What has the messages, or another request that knows what has them. */
  [MESSAGES]?: MessagesHolder | RequestWithMessages | undefined;
}

/** Options of the function form. */
export interface AddMessageOptions extends AddOptions {
  /** True does nothing where the request went through no adapter; `false` by default (Django: `fail_silently`). */
  readonly failSilently?: boolean;
}

/**
 * Hangs messages on a request. For adapters.
 *
 * @param holder what has them; or another request, so that both have the same.
 * @param mount how messages are mounted once.
 * @throws {MessagesError} `mounted-twice` if there are some already.
 */
export function attachMessages(request: object, holder: MessagesHolder | object, mount?: Mount): void {
  const host = request as RequestWithMessages;
  if (host[MESSAGES]) throw mountedTwice(mount);
  host[MESSAGES] = holder as MessagesHolder | RequestWithMessages;
}

/**
 * The messages of a request.
 *
 * @param request the framework's own request, or one that wraps it.
 * @returns its messages; an empty collection if the request went through no adapter.
 * @throws {MessagesError} `not-a-request` if it is no object at all.
 *
 * Django: `get_messages`.
 *
 * @example
 * ```ts
 * import { getMessages } from "onceover";
 *
 * export const texts = (request: object) => getMessages(request).peek().map(String);
 * ```
 */
export function getMessages(request: object): AppMessages {
  return findMessages(request) ?? detachedMessages();
}

/**
 * Adds a message to a request.
 *
 * @param request the framework's own request, or one that wraps it.
 * @param level a number, or the name of a level; {@link parseLevel} reads one that a form sent.
 * @param message the text.
 * @param options extra tags, data, and `failSilently`.
 * @throws {MessagesError} `not-a-request`; `no-middleware` unless `failSilently`; what `messages.add()` throws.
 *
 * Django: `add_message`.
 *
 * @example
 * ```ts
 * import { addMessage, INFO } from "onceover";
 *
 * export const greet = (request: object) => addMessage(request, INFO, "Hello.", { failSilently: true });
 * ```
 */
export function addMessage(request: object, level: AppLevel, message: Text, options?: AddMessageOptions): void {
  const messages = findMessages(request);
  if (messages) messages.add(level, message, withoutFailSilently(options));
  else if (!options?.failSilently) throw noMiddleware();
}

/** What is no object is left as it is, to be refused. */
function withoutFailSilently(options: AddMessageOptions | undefined): AddOptions | undefined {
  if (typeof options !== "object" || options === null || !("failSilently" in options)) return options;
  const { failSilently, ...others } = options;
  return others;
}

/** Adds a message for developers (level 10); see {@link addMessage}. */
export function debug(request: object, message: Text, options?: AddMessageOptions): void {
  addMessage(request, LEVELS.debug, message, options);
}

/** Adds a message that the visitor may want to know (level 20); see {@link addMessage}. */
export function info(request: object, message: Text, options?: AddMessageOptions): void {
  addMessage(request, LEVELS.info, message, options);
}

/** Adds a message that something was done (level 25); see {@link addMessage}. */
export function success(request: object, message: Text, options?: AddMessageOptions): void {
  addMessage(request, LEVELS.success, message, options);
}

/** Adds a warning (level 30); see {@link addMessage}. */
export function warning(request: object, message: Text, options?: AddMessageOptions): void {
  addMessage(request, LEVELS.warning, message, options);
}

/** Adds a message that something was not done (level 40); see {@link addMessage}. */
export function error(request: object, message: Text, options?: AddMessageOptions): void {
  addMessage(request, LEVELS.error, message, options);
}

/**
 * The minimum level of a request.
 *
 * @returns what {@link setLevel} set, else the setting; without an adapter, the default, `INFO` (20).
 *
 * Django: `get_level`.
 */
export function getLevel(request: object): number {
  return getMessages(request).level;
}

/**
 * Sets the minimum level for one request.
 *
 * @param level a number, or the name of a level; null goes back to the setting.
 * @returns false if the request went through no adapter, else true.
 *
 * Django: `set_level`.
 */
export function setLevel(request: object, level: AppLevel | null): boolean {
  const messages = findMessages(request);
  if (messages) messages.level = level;
  return messages !== undefined;
}

/** The messages of a request, or undefined if it went through no adapter. */
export function findMessages(request: object): AppMessages | undefined {
  if ((typeof request !== "object" || request === null) && typeof request !== "function")
    throw new MessagesError("not-a-request", `A request was expected; got ${describe(request)}.`);
  let found = (request as RequestWithMessages)[MESSAGES];
  while (found && MESSAGES in found) found = found[MESSAGES];
  return (found as MessagesHolder | undefined)?.messages as AppMessages | undefined;
}

/** The error of a request that has no messages. @param mount how they get there. */
export function noMiddleware(mount: Mount = latestMount()): MessagesError {
  return new MessagesError(
    "no-middleware",
    `This request has no messages: it did not go through messages(). Mount ${mount.messages}.`,
  );
}

/** The error of a request that goes through two adapters. @param mount how messages are mounted once. */
function mountedTwice(mount: Mount = latestMount()): MessagesError {
  return new MessagesError(
    "mounted-twice",
    `messages() is mounted twice on this request. Mount it once, for the whole app: ${mount.messages}.`,
  );
}

/** Messages that no adapter brought: there are none to read, and adding some is an error. */
function detachedMessages(): AppMessages {
  return new Messages(DEFAULTS, new Ledger(DEFAULTS), NOWHERE) as AppMessages;
}

const DEFAULTS: MessagesSettings = {
  level: INFO,
  levels: LEVELS,
  tags: DEFAULT_TAGS,
  duplicates: "keep",
  carriesData: true,
};

const NOWHERE: Source = {
  touch: (how) => {
    if (how === "added") throw noMiddleware();
  },
  waiting: () => [],
};
