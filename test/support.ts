import { createHash, createHmac } from "node:crypto";
import type { Storage } from "onceover";

/** Long enough to be accepted, and in no other way secret. */
export const SECRET = "not a secret: it stands in the tests of onceover";

/** A storage whose two methods take 20 ms. */
export function slow(storage: Storage): Storage {
  const later = () => new Promise((resolve) => setTimeout(resolve, 20));
  return {
    load: (exchange) => later().then(() => storage.load(exchange)),
    commit: (changes, exchange) => later().then(() => storage.commit(changes, exchange)),
  };
}

/** Any text with a genuine signature, made by Django's rules and not by our sources. */
export function signText(text: string, secret: string = SECRET): string {
  const key = createHash("sha256").update(`django.contrib.messagessignerdjango.http.cookies${secret}`).digest();
  return `${text}:${createHmac("sha256", key).update(text).digest("base64url")}`;
}
