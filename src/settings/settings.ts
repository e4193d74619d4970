import { attempt, type MaybePromise } from "../core/async.ts";
import { type Checks, invalidSetting, isOneOf, withDefaults } from "../core/checks.ts";
import { MessagesError } from "../core/errors.ts";
import type { Exchange } from "../core/exchange.ts";
import type { Ledger } from "../core/ledger.ts";
import { type DefaultLevelName, INFO, LEVELS, type LevelName, type Levels, levelNumber } from "../core/levels.ts";
import { Messages, type MessagesClass, type MessagesOf, messagesClass, type Source } from "../core/messages.ts";
import type { DeliverySettings } from "../delivery/delivery.ts";
import type { Outlet } from "../delivery/outlet.ts";
import { DJANGO, ONCEOVER, type Policy } from "../delivery/policy.ts";
import { outletFailed } from "../delivery/warnings.ts";
import { type CookieOptions, cookieSettings, cookieStorage } from "../storage/cookie.ts";
import { fallbackStorage } from "../storage/fallback.ts";
import { type Needs, needsOf } from "../storage/needs.ts";
import { sessionStorage } from "../storage/session.ts";
import type { Storage } from "../storage/storage.ts";

/** The settings of an app; all may be left out, in development. */
export interface Settings<L extends Levels = Levels> {
  /**
   * At least 32 characters that only the server knows, to sign the cookie with; or several, newest first, to change it
   * without losing messages: all of them read, the first one signs. Not needed with `storage: "session"`. Without one,
   * development makes one for the process and says so, and production (`NODE_ENV`) does not start.
   * Django: `SECRET_KEY`, `SECRET_KEY_FALLBACKS`.
   */
  readonly secret?: string | readonly string[] | undefined;
  /**
   * Where messages wait: `"fallback"` (the default: cookies, and the session for what does not fit), `"cookie"`,
   * `"session"`, or a storage of your own. Django: `MESSAGE_STORAGE`.
   */
  readonly storage?: "fallback" | "cookie" | "session" | Storage;
  /** The minimum level that is stored, by number or name; `INFO` (20) by default. Django: `MESSAGE_LEVEL`. */
  readonly level?: number | LevelName<NoInfer<L>>;
  /** Levels of your own by name: `{ critical: 50 }` gives `messages.critical("…")`, with the tag `critical`. */
  readonly levels?: L;
  /** Level tags by level or by its name, merged over the defaults. Django: `MESSAGE_TAGS`. */
  readonly tags?: { readonly [level: number]: string } & { readonly [Name in LevelName<NoInfer<L>>]?: string };
  /** How the cookie is named, set and limited. Django: `SESSION_COOKIE_DOMAIN`, `_SECURE`, `_HTTPONLY`, `_SAMESITE`. */
  readonly cookie?: CookieOptions;
  /** True makes warnings errors: messages that could not be stored throw. `false` by default. Django: `DEBUG`. */
  readonly debug?: boolean;
  /**
   * `"django"` does what Django does, weaknesses included, and shares one cookie with a Django app: iterated messages are
   * gone whatever the response, prefetching takes them, parallel responses overwrite each other, no cache headers.
   */
  readonly compat?: "django" | undefined;
  /** `"drop"` leaves out a message of which the same (level, text, tags, data) still waits; `"keep"` by default. */
  readonly duplicates?: "keep" | "drop";
  /**
   * The local by which templates find the messages, for an app whose pages have a variable `messages` of their own; `"messages"`
   * by default. For Express, Fastify, Koa and NestJS. Django: the context processor's `messages`.
   */
  readonly local?: string;
  /** A way for what a response's HTML does not show: `hxTrigger()` of `onceover/htmx`; none by default. */
  readonly outlet?: Outlet;
  /**
   * Told of what went wrong without stopping the response; by default it is written with `console.warn`. What it throws is
   * written with `console.error`.
   */
  readonly onWarning?: (warning: MessagesError, request: object) => void;
}

/** The levels of an app: its own, and the five. */
type LevelsOf<L extends Levels> = Readonly<L & Record<DefaultLevelName, number>>;

/** Settings, validated and frozen: what {@link defineMessages} returns. */
export class Config<L extends Levels = Levels> implements DeliverySettings<MessagesOf<L>> {
  readonly storage: Storage;
  readonly level: number;
  readonly levels: LevelsOf<L>;
  readonly tags: Readonly<Record<number, string>>;
  readonly debug: boolean;
  readonly compat: "django" | undefined;
  readonly duplicates: "keep" | "drop";
  readonly local: string;
  readonly outlet: Outlet | undefined;
  readonly onWarning: (warning: MessagesError, request: object) => void;
  /** What `compat` comes to. */
  readonly policy: Policy;
  readonly carriesData: boolean;
  /** True if nothing has to be done before the handler of any request touches its messages. */
  readonly isLazy: boolean;
  /** What the storage writes to; undefined if it is an app's own. */
  readonly needs: Needs | undefined;
  readonly #Messages: MessagesClass<L>;

  constructor(settings: Settings<L>) {
    const checked = withDefaults<Settings<L>>("", settings, CHECKS, {});
    const custom = customLevels(checked.levels ?? {}) as L;
    this.levels = Object.freeze({ ...custom, ...LEVELS });
    this.level = levelSetting("level", checked.level ?? INFO, this.levels);
    this.tags = Object.freeze(levelTags(checked.tags ?? {}, this.levels));
    this.debug = checked.debug ?? false;
    this.compat = checked.compat;
    this.policy = checked.compat === "django" ? DJANGO : ONCEOVER;
    this.carriesData = this.policy.carriesData;
    this.duplicates = checked.duplicates ?? "keep";
    this.local = checked.local ?? "messages";
    this.outlet = checked.outlet;
    this.onWarning = checked.onWarning ?? printWarning;
    this.storage = storageSetting(checked);
    this.needs = needsOf(this.storage);
    this.isLazy = this.storage.synchronous === true && this.outlet === undefined;
    this.#Messages = messagesClass(custom);
    Object.freeze(this);
  }

  /** The messages of one exchange. For adapters. */
  messages(ledger: Ledger, source: Source): MessagesOf<L> {
    return new this.#Messages(this, ledger, source);
  }

  /** True if nothing has to be done before the handler of this request touches its messages. */
  isLazyFor(exchange: Exchange): boolean {
    return this.storage.synchronous === true && !this.serves(exchange);
  }

  /** True if there is an outlet for this request. One that fails is none. */
  serves(exchange: Exchange): boolean {
    try {
      return this.outlet?.serves(exchange) ?? false;
    } catch (error) {
      this.warn(outletFailed(error), exchange.request);
      return false;
    }
  }

  /** Reports what went wrong: an error where `debug` is set, else a warning. */
  warn(warning: MessagesError, request: object): void {
    if (this.debug) throw warning;
    // It is called while a response goes out, which must not suffer from it.
    void attempt<void>(
      () => this.onWarning(warning, request) as MaybePromise<void>,
      (error) => console.error(error),
    );
  }
}

/** The error behind a warning is printed apart: what foreign code says may hold secrets, and is no part of our texts. */
function printWarning({ name, code, message, cause }: MessagesError): void {
  const text = `${name} [${code}]: ${message}`;
  if (cause === undefined || cause instanceof MessagesError) console.warn(text);
  else console.warn(text, cause);
}

/**
 * Checks settings once, for use in several places.
 *
 * @param settings see {@link Settings}.
 * @returns the settings with their defaults, frozen; every adapter takes them where it takes settings.
 * @throws {MessagesError} `invalid-setting`: which setting, what was expected, what was given.
 *
 * @example
 * ```ts
 * import { defineMessages, ERROR } from "onceover";
 *
 * export const config = defineMessages({
 *   secret: process.env.SECRET,
 *   levels: { critical: 50 },
 *   tags: { [ERROR]: "danger" },
 * });
 * ```
 */
// biome-ignore lint/complexity/noBannedTypes: no levels of one's own is exactly what `{}` says.
export function defineMessages<const L extends Levels = {}>(settings: Settings<L> | Config<L> = {}): Config<L> {
  return settings instanceof Config ? settings : new Config(settings);
}

const isObject = (value: unknown) => typeof value === "object" && value !== null;
const isStorage = (value: unknown): value is Storage =>
  isObject(value) && typeof (value as Storage).open === "function";

const isOutlet = (value: unknown) =>
  isObject(value) && typeof (value as Outlet).serves === "function" && typeof (value as Outlet).put === "function";

const STORAGES = ["fallback", "cookie", "session"];

/** Of a variable, in any template engine; the other local is ours, too. */
const NAME = /^(?!DEFAULT_MESSAGE_LEVELS$)[A-Za-z_]\w*$/;

/** The secret, the cookie, levels and tags are checked where they are used. */
const CHECKS: Checks<Settings> = {
  secret: ["a text, or a list of them", () => true],
  storage: [
    '"fallback", "cookie", "session", or an object with `open(exchange)`, which returns `{ messages, commit(changes) }`',
    (value) => STORAGES.includes(value as string) || isStorage(value),
  ],
  level: ["a level", (value) => typeof value === "number" || typeof value === "string"],
  levels: ["an object of levels by name", isObject],
  tags: ["an object of tags by level", isObject],
  cookie: ["an object", isObject],
  debug: ["true or false", isOneOf(true, false)],
  compat: ['"django", or left out', isOneOf("django")],
  duplicates: ['"keep" or "drop"', isOneOf("keep", "drop")],
  local: ["a name that templates can use for a variable", (value) => typeof value === "string" && NAME.test(value)],
  outlet: ["an object with serves() and put(), as hxTrigger() returns", isOutlet],
  onWarning: ["a function", (value) => typeof value === "function"],
};

type StorageSettings = Pick<Settings, "storage" | "secret" | "cookie" | "compat">;

function storageSetting({ storage = "fallback", secret, cookie = {}, compat }: StorageSettings): Storage {
  if (storage === "session") {
    cookieSettings(cookie, compat); // Wrong is wrong, also where it is not used.
    return sessionStorage();
  }
  if (isStorage(storage)) {
    if (secret === undefined && Object.keys(cookie).length === 0) return storage;
    const name = secret === undefined ? "cookie" : "secret";
    throw invalidSetting(name, "left out beside a custom storage: pass it to cookieStorage()", storage, "both");
  }
  const cookies = cookieStorage({ ...cookie, compat, secret });
  return storage === "cookie" ? cookies : fallbackStorage(cookies, sessionStorage());
}

function customLevels(levels: Levels): Levels {
  for (const [name, level] of Object.entries(levels)) {
    if (!Number.isSafeInteger(level)) throw invalidSetting(`levels.${name}`, "an integer", level);
    if (!/^[a-z][A-Za-z0-9]*$/.test(name)) throw invalidSetting(`levels.${name}`, "named in camelCase", name);
    // With a method `then`, `await messages.load()` would take the messages for a promise.
    if (name in Messages.prototype || name === "then")
      throw invalidSetting(`levels.${name}`, `named otherwise: messages have \`${name}\` already`, name);
  }
  return levels;
}

function levelTags(tags: Readonly<Record<string, unknown>>, levels: Levels): Record<number, string> {
  const merged: Record<number, string> = Object.fromEntries(
    Object.entries(levels).map(([name, level]) => [level, name]),
  );
  for (const [key, tag] of Object.entries(tags)) {
    if (typeof tag !== "string") throw invalidSetting(`tags.${key}`, "a text", tag);
    merged[levelSetting(`tags.${key}`, key, levels)] = tag;
  }
  return merged;
}

function levelSetting(name: string, level: number | string, levels: Levels): number {
  try {
    return levelNumber(level, levels);
  } catch (cause) {
    if (!(cause instanceof MessagesError)) throw cause;
    throw new MessagesError("invalid-setting", `Setting \`${name}\`: ${cause.message}`, { cause });
  }
}
