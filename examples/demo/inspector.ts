import { inflateSync } from "node:zlib";
import { parseCookie } from "cookie";
import type { Request, RequestHandler } from "express";
import { cookieLimit } from "./config.ts";

/** What the browser sent along with a request. */
interface Inspection {
  readonly cookies: readonly InspectedCookie[];
  /** Characters of all cookie values together, and how many are allowed. */
  readonly size: number;
  readonly limit: number;
  /** What waits in the session, as JSON; undefined if nothing does. */
  readonly session: Payload | undefined;
}

/** A messages cookie, taken apart. */
interface InspectedCookie {
  readonly name: string;
  /** Characters of its value. */
  readonly size: number;
  /** False for a value that is none of ours: the messages storage does not read it. */
  readonly payload: Payload | undefined;
  readonly signedAt: Date | undefined;
  readonly isCompressed: boolean;
}

interface Payload {
  readonly json: string;
  readonly count: number;
}

/**
 * Shows the page what came with its request. It reads cookies and session by itself and never asks `req.messages`: to look
 * on uses nothing up.
 */
export const inspector: RequestHandler = (req, res, next) => {
  res.vary("Cookie");
  res.locals.sent = inspect(req);
  next();
};

function inspect(req: Request): Inspection {
  const sent = parseCookie(req.headers.cookie ?? "", { decode: (value) => value });
  const cookies = Object.entries(sent)
    .filter(([name]) => name === "messages" || name.startsWith("messages."))
    .map(([name, value = ""]) => inspectCookie(name, value));
  return {
    cookies,
    size: cookies.reduce((sum, { size }) => sum + size, 0),
    limit: cookieLimit,
    // The key is Django's, so that a Django app on the same session store finds the messages.
    session: readJson(Reflect.get(req.session, "_messages")),
  };
}

/**
 * A cookie's value is Django's signed form: `[.]payload:time:signature`, the payload base64url of JSON, after a dot of
 * JSON compressed with zlib. The signature is not checked here: this is to look at, not to trust.
 */
function inspectCookie(name: string, value: string): InspectedCookie {
  const [payload = "", time = ""] = value.split(":");
  const isCompressed = payload.startsWith(".");
  return {
    name,
    size: value.length,
    payload: readJson(unpack(payload.slice(isCompressed ? 1 : 0), isCompressed)),
    signedAt: /^[0-9A-Za-z]{1,8}$/.test(time) ? new Date(fromBase62(time) * 1000) : undefined,
    isCompressed,
  };
}

function unpack(payload: string, isCompressed: boolean): string | undefined {
  const bytes = Buffer.from(payload, "base64url");
  if (!isCompressed) return bytes.toString("utf8");
  try {
    return inflateSync(bytes, { maxOutputLength: 1 << 20 }).toString("utf8");
  } catch {
    return undefined;
  }
}

/** One item a line: the name of a group of messages, or a message, which is short enough to be read across. */
function readJson(text: unknown): Payload | undefined {
  if (typeof text !== "string") return undefined;
  try {
    const items: unknown = JSON.parse(text);
    if (!Array.isArray(items)) return undefined;
    const json = `[${items.map((item) => JSON.stringify(item)).join(",\n ")}]`;
    return { json, count: items.filter(Array.isArray).length };
  } catch {
    return undefined;
  }
}

const BASE62 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

function fromBase62(digits: string): number {
  return [...digits].reduce((number, digit) => number * 62 + BASE62.indexOf(digit), 0);
}
