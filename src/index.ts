/**
 * One-time messages, after Django's messages framework.
 *
 * @module
 */
export {
  type AddMessageOptions,
  type AppMessages,
  addMessage,
  debug,
  error,
  getLevel,
  getMessages,
  info,
  type Register,
  type RegisteredLevels,
  setLevel,
  success,
  warning,
} from "./api.ts";
export { MessagesError, type MessagesErrorCode } from "./errors.ts";
export type { Exchange, SameSite, Session, SetCookie } from "./exchange.ts";
export type { RequestHead, ResponseHead } from "./heads.ts";
export { DEBUG, DEFAULT_LEVELS, DEFAULT_TAGS, ERROR, INFO, type Levels, SUCCESS, WARNING } from "./levels.ts";
export {
  type Json,
  type JsonArray,
  type JsonObject,
  Message,
  type MessageJson,
  type MessageOptions,
  markSafe,
  SafeString,
  type Text,
} from "./message.ts";
export { type AddOptions, type Filter, Messages, type Shortcuts } from "./messages.ts";
export type { Outlet } from "./outlet.ts";
export { type Config, defineMessages, type Settings } from "./settings.ts";
export { type CookieOptions, type CookieStorageOptions, cookieStorage } from "./storage/cookie.ts";
export { fallbackStorage } from "./storage/fallback.ts";
export { sessionStorage } from "./storage/session.ts";
export type { Changes, Loaded, Storage, Unstored } from "./storage/storage.ts";
export { withSuccessMessage } from "./success-message.ts";
