/**
 * The floor: what a developer writes by hand who wants one-time messages and nothing else. One signed cookie; no overflow,
 * no levels, no expiry, nothing kept on a response that nobody sees, and two responses at once overwrite each other.
 *
 * @module
 */
import { createHmac, timingSafeEqual } from "node:crypto";
import type { Request, RequestHandler, Response } from "express";
import { SECRET } from "./samples.ts";

/** What is shown: a CSS class and a text. */
export type Item = readonly [tag: string, text: string];

const COOKIE = /(?:^|; )flash=([^;]+)/;

const sign = (payload: string): string => createHmac("sha256", SECRET).update(payload).digest("base64url");

export function encode(items: readonly Item[]): string {
  const payload = Buffer.from(JSON.stringify(items)).toString("base64url");
  return `${payload}.${sign(payload)}`;
}

export function decode(value: string): readonly Item[] {
  const [payload = "", signature = ""] = value.split(".");
  const [ours, theirs] = [Buffer.from(sign(payload)), Buffer.from(signature)];
  if (ours.length !== theirs.length || !timingSafeEqual(ours, theirs)) return [];
  return JSON.parse(Buffer.from(payload, "base64url").toString());
}

/** The messages of one request. */
export class Flash {
  readonly #request: Request;
  readonly #response: Response;

  constructor(request: Request, response: Response) {
    this.#request = request;
    this.#response = response;
  }

  add(...items: readonly Item[]): void {
    this.#response.append(
      "Set-Cookie",
      `flash=${encode([...this.#waiting(), ...items])}; Path=/; HttpOnly; SameSite=Lax`,
    );
  }

  take(): readonly Item[] {
    const items = this.#waiting();
    if (items.length > 0) this.#response.append("Set-Cookie", "flash=; Path=/; Max-Age=0");
    return items;
  }

  #waiting(): readonly Item[] {
    const value = COOKIE.exec(this.#request.headers.cookie ?? "")?.[1];
    return value === undefined ? [] : decode(value);
  }
}

export const floor: RequestHandler = (req, res, next) => {
  res.locals.flash = new Flash(req, res);
  next();
};
