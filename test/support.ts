import { createHash, createHmac } from "node:crypto";
import { SECRET } from "./adapters/contract-app.ts";

export { SECRET, slow } from "./adapters/contract-app.ts";

/** Text that hardly compresses, and is more than cookies may hold. */
export const OVERFLOW: string = Array.from({ length: 900 }, (_, index) =>
  Math.sin(index + 1)
    .toString(36)
    .slice(3),
).join("");

/** Any text with a genuine signature, made by Django's rules and not by our sources. */
export function signText(text: string, secret: string = SECRET): string {
  const key = createHash("sha256").update(`django.contrib.messagessignerdjango.http.cookies${secret}`).digest();
  return `${text}:${createHmac("sha256", key).update(text).digest("base64url")}`;
}
