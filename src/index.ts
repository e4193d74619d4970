/**
 * One-time messages, after Django's messages framework.
 *
 * @module
 */

export type { Json, JsonArray, JsonObject } from "./core/data.ts";
export { MessagesError, type MessagesErrorCode } from "./core/errors.ts";
export type { CookieAttributes, Exchange, RequestHead, SameSite, Session, SetCookie } from "./core/exchange.ts";
export {
  DEBUG,
  DEFAULT_LEVELS,
  DEFAULT_TAGS,
  ERROR,
  INFO,
  type LevelName,
  type Levels,
  parseLevel,
  SUCCESS,
  WARNING,
} from "./core/levels.ts";
export { Message, type MessageJson, type MessageOptions } from "./core/message.ts";
export { type AddOptions, type Filter, Messages, type MessagesOf, type Shortcuts } from "./core/messages.ts";
export type { MessagesView } from "./core/messages-view.ts";
export {
  type AddMessageOptions,
  type AppLevel,
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
} from "./core/request.ts";
export { withSuccessMessage } from "./core/success-message.ts";
export { markSafe, SafeString, type Text } from "./core/text.ts";
export type { Outlet } from "./delivery/outlet.ts";
export type { ResponseHead } from "./delivery/response.ts";
export { type Config, defineMessages, type Settings } from "./settings/settings.ts";
export { type CookieOptions, type CookieStorageOptions, cookieStorage } from "./storage/cookie.ts";
export { fallbackStorage } from "./storage/fallback.ts";
export { sessionStorage } from "./storage/session.ts";
export type { Changes, Storage, Unstored, Waiting } from "./storage/storage.ts";
