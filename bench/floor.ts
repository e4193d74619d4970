/**
 * The floor: one-time messages as a developer writes them without a library, in one signed cookie.
 *
 * It has no size limit, no expiry and no levels. It loses messages on a page that nobody sees, and when two responses
 * set the cookie at the same time.
 *
 * @module
 */
import { createHmac, timingSafeEqual } from "node:crypto";
import type { Item } from "./page.ts";
import { SECRET } from "./samples.ts";

const COOKIE = /(?:^|; )flash=([^;]+)/;

/** The Set-Cookie that deletes the messages. */
export const NO_FLASH = "flash=; Path=/; Max-Age=0";

/** The Set-Cookie that stores messages. */
export const flashCookie = (items: readonly Item[]): string => `flash=${encode(items)}; Path=/; HttpOnly; SameSite=Lax`;

/** The messages in a Cookie header. */
export function readFlash(header: string | undefined): readonly Item[] {
  const value = COOKIE.exec(header ?? "")?.[1];
  return value === undefined ? [] : decode(value);
}

export function encode(items: readonly Item[]): string {
  const payload = Buffer.from(JSON.stringify(items)).toString("base64url");
  return `${payload}.${sign(payload)}`;
}

/** @returns no messages if the signature is wrong. */
export function decode(value: string): readonly Item[] {
  const [payload = "", signature = ""] = value.split(".");
  const [expected, given] = [Buffer.from(sign(payload)), Buffer.from(signature)];
  if (expected.length !== given.length || !timingSafeEqual(expected, given)) return [];
  return JSON.parse(Buffer.from(payload, "base64url").toString());
}

const sign = (payload: string): string => createHmac("sha256", SECRET).update(payload).digest("base64url");
