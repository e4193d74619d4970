import type { Visitor } from "onceover/testing";
import { signText } from "../support.ts";
import type { Accident } from "./scenario.ts";

const COOKIE = "messages";
const SESSION_KEY = "_messages";

/** Lets an accident happen to what a visitor and the server's session hold. @param sent all cookie values so far. */
export function befall({ cookies, session }: Visitor, accident: Accident, sent: readonly string[]): void {
  if (accident.happens === "sessionLost") session.delete(SESSION_KEY);
  const value = afterwards(cookies.get(COOKIE), accident, sent);
  if (value) cookies.set(COOKIE, value);
  else cookies.delete(COOKIE);
}

function afterwards(value: string | undefined, accident: Accident, sent: readonly string[]): string | undefined {
  switch (accident.happens) {
    case "cookieDeleted":
      return undefined;
    case "cookieForeign":
      return signed(payloadOf(value ?? "W10"), "the secret of somebody else, who runs another app");
    case "cookieTruncated":
      return value?.slice(0, accident.where % value.length);
    case "cookieFlipped":
      return value && flipped(value, accident.where % value.length);
    case "cookieReplayed":
      return sent.length > 0 ? sent[accident.where % sent.length] : value;
    case "cookieReplaced":
      return accident.by;
    case "cookieOdd":
      return signed(accident.payload);
    default:
      return value;
  }
}

function flipped(value: string, index: number): string {
  return value.slice(0, index) + (value[index] === "A" ? "B" : "A") + value.slice(index + 1);
}

/** A cookie's value up to its timestamp. */
export function payloadOf(value: string): string {
  return value.split(":")[0] ?? value;
}

/** Any payload, signed as Django signs. By hand, as `Signer` signs nothing but JSON. */
export function signed(payload: string, secret?: string): string {
  return signText(`${payload}:1r31eq`, secret);
}
