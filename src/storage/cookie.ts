import { type Checks, invalidSetting, isOneOf, isWhole, withDefaults } from "../core/checks.ts";
import type { SameSite } from "../core/exchange.ts";
import { writeSetCookie } from "../wire/cookies.ts";
import { Signer } from "../wire/signing.ts";
import { CookieFormat } from "./cookie/format.ts";
import { PendingCookieStorage } from "./cookie/pending.ts";
import { type CookieSettings, mustBeSecure, type PerRequest, placesOf } from "./cookie/place.ts";
import { SingleCookieStorage } from "./cookie/single.ts";
import { secretsOf } from "./secret.ts";
import type { Storage } from "./storage.ts";

/** How the messages cookie is named, set and limited. */
export interface CookieOptions {
  /** The cookie's name, `"messages"` by default (Django: `CookieStorage.cookie_name`). */
  readonly name?: string;
  /** The domain, or a function of the framework's request; by default the host alone (Django: `SESSION_COOKIE_DOMAIN`). */
  readonly domain?: PerRequest<string | undefined>;
  /** The path, `"/"` by default. */
  readonly path?: string;
  /**
   * Sent over HTTPS only, or a function of the request. By default `"auto"`: where the request came over HTTPS, as the framework
   * knows it behind its trusted proxy (Django: `SESSION_COOKIE_SECURE`).
   */
  readonly secure?: PerRequest<boolean> | "auto";
  /** Hidden from the page's scripts; `true` by default (Django: `SESSION_COOKIE_HTTPONLY`). */
  readonly httpOnly?: boolean;
  /** `"lax"` by default (Django: `SESSION_COOKIE_SAMESITE`). */
  readonly sameSite?: SameSite;
  /** Kept apart for each site that embeds the page in a frame; needs HTTPS; `false` by default (CHIPS). */
  readonly partitioned?: boolean;
  /**
   * Seconds that a message may wait, checked against the signed time and written as `Max-Age`; a day by default. With
   * `compat: "django"` there is none by default: Django never checks the age, and its cookie ends with the browser.
   */
  readonly maxAge?: number;
  /**
   * The most characters that cookies may have together, their names included, 2048 by default; 0 for no limit. With
   * `compat: "django"`, the value alone counts (Django: `CookieStorage.max_cookie_size`).
   */
  readonly maxSize?: number;
}

/** What a cookie storage needs to know. */
export interface CookieStorageOptions extends CookieOptions {
  /**
   * At least 32 characters that only the server knows; or several, newest first: all read, the first one signs. Without one,
   * development makes one for the process, and production does not start.
   */
  readonly secret?: string | readonly string[] | undefined;
  /** `"django"`: one cookie, byte for byte as Django writes it, shared with a Django app. */
  readonly compat?: "django" | undefined;
}

/**
 * Keeps messages in signed cookies. The visitor can read them, and cannot change them.
 *
 * Each response writes a cookie of its own, so that two at once lose nothing; with `compat: "django"`, all share one.
 * What is too large goes to the next storage of a {@link fallbackStorage}; without one, the oldest are dropped.
 *
 * @returns a synchronous storage.
 * @throws {MessagesError} `invalid-setting`, by name, with what was expected and what was given.
 *
 * Django: `django.contrib.messages.storage.cookie.CookieStorage`.
 *
 * @example
 * ```ts
 * import { cookieStorage, defineMessages } from "onceover";
 *
 * const secret = process.env.SECRET;
 * export const config = defineMessages({ storage: cookieStorage({ secret, sameSite: "strict", maxAge: 600 }) });
 * ```
 */
export function cookieStorage(options: CookieStorageOptions = {}): Storage {
  const { secret, compat, ...cookie } = options;
  if (compat !== undefined && compat !== "django") throw invalidSetting("compat", '"django", or left out', compat);
  const isDjangos = compat === "django";
  const settings = cookieSettings(cookie, compat);
  const signer = new Signer(secretsOf(secret));
  const format = new CookieFormat(settings, signer, isDjangos);
  const placeOf = placesOf(settings, signer, isDjangos);
  return isDjangos
    ? new SingleCookieStorage(settings.name, format, placeOf)
    : new PendingCookieStorage(settings.name, format, placeOf);
}

const A_DAY = 86_400;

/** What the cookie library would refuse to write is refused when the app starts. */
const isWritable = (attributes: { domain?: string; path?: string }) => {
  const others = { path: "/", secure: false, httpOnly: false, sameSite: "lax" } as const;
  try {
    return writeSetCookie({ name: "n", value: "", attributes: { ...others, ...attributes } }) !== "";
  } catch {
    return false;
  }
};

const isText = (pattern: RegExp) => (value: unknown) => typeof value === "string" && pattern.test(value);
const isFunction = (value: unknown) => typeof value === "function";

const COOKIE_CHECKS: Checks<CookieSettings> = {
  // RFC 6265 §4.1.1: a token.
  name: ["a cookie name: letters, digits and !#$%&'*+-.^_`|~", isText(/^[\w!#$%&'*+.^`|~-]+$/)],
  domain: [
    "a domain name, or a function of the request that returns one",
    (value) =>
      value === undefined || isFunction(value) || (isText(/./)(value) && isWritable({ domain: String(value) })),
  ],
  path: ["a path that starts with /", (value) => isText(/^\//)(value) && isWritable({ path: String(value) })],
  secure: [
    'true, false, "auto", or a function of the request',
    (value) => isOneOf(true, false, "auto")(value) || isFunction(value),
  ],
  httpOnly: ["true or false", isOneOf(true, false)],
  sameSite: ['"lax", "strict" or "none"', isOneOf("lax", "strict", "none")],
  partitioned: ["true or false", isOneOf(true, false)],
  maxAge: ["a whole number of seconds, at least 1", (value) => value === undefined || isWhole(1)(value)],
  maxSize: ["a whole number of characters, or 0 for no limit", isWhole(0)],
};

/** The cookie's settings with their defaults, refused where a browser would refuse the cookie. */
export function cookieSettings(options: CookieOptions, compat: "django" | undefined): CookieSettings {
  const settings = withDefaults<CookieSettings>("cookie.", options, COOKIE_CHECKS, {
    name: "messages",
    domain: undefined,
    path: "/",
    secure: "auto",
    httpOnly: true,
    sameSite: "lax",
    partitioned: false,
    maxAge: compat === "django" ? undefined : A_DAY,
    maxSize: 2048,
  });
  const { name, secure, domain, path, sameSite } = settings;
  if (secure === false && mustBeSecure(settings))
    throw invalidSetting("cookie.secure", `true with the name ${name} and sameSite ${sameSite}`, secure);
  if (/^__Host-/i.test(name) && (domain !== undefined || path !== "/"))
    throw invalidSetting("cookie.name", "without __Host- where a domain or a path is set", name);
  return settings;
}
