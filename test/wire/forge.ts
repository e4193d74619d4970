import { deflateSync } from "node:zlib";
import { signText } from "../support.ts";

/** Any bytes as a payload with a genuine signature. */
export function signBytes(bytes: string | Uint8Array, secret?: string): string {
  return signText(`${Buffer.from(bytes).toString("base64url")}:1`, secret);
}

/** Any bytes as a payload that calls itself compressed, with a genuine signature. */
export function signZlib(bytes: Uint8Array): string {
  return signText(`.${Buffer.from(bytes).toString("base64url")}:1`);
}

/** Any bytes, compressed, with a genuine signature. */
export function signDeflated(bytes: string | Uint8Array): string {
  return signZlib(deflateSync(bytes));
}

const nested = (depth: number) => "[".repeat(depth) + "]".repeat(depth);
const message = (...rest: unknown[]) => JSON.stringify([["__json_message", ...rest]]);

/** JSON, or nearly, that was never written by us, with the texts of the messages that are in it, if there are any. */
export const ODD_JSON: Readonly<Record<string, readonly [json: string, texts: readonly string[] | undefined]>> = {
  "an empty text": ["", undefined],
  "no JSON": ["[[", undefined],
  "an object": ["{}", undefined],
  "a number": ["5", undefined],
  null: ["null", undefined],
  "a string": ['"x"', undefined],
  true: ["true", undefined],
  "a message without a list around it": [JSON.stringify(["__json_message", 0, 20, "x"]), undefined],
  "a key alone": ["__json_message", undefined],
  "a list of nothing": ["[]", undefined],
  "messages of a key alone": [message(), undefined],
  "messages without level and text": [message(0), undefined],
  "messages without text": [message(0, 20), undefined],
  "a text that is a number": [message(0, 20, 5), undefined],
  "a text that is null": [message(0, 20, null), undefined],
  "a text that is a list": [message(0, 20, ["x"]), undefined],
  "a text that is an object": [message(0, 20, { toString: "x" }), undefined],
  "a level that is a text": [message(0, "20", "x"), undefined],
  "a level that is a fraction": [message(0, 20.5, "x"), undefined],
  "a level that is no number any more": ['[["__json_message",0,1e400,"x"]]', undefined],
  "a level that is null": [message(0, null, "x"), undefined],
  "a flag that is a text": [message("safe", 20, "x"), ["x"]],
  "a flag that is a list": [message([], 20, "x"), ["x"]],
  "tags that are a number": [message(0, 20, "x", 5), ["x"]],
  "tags that are an object": [message(0, 20, "x", { length: 1 }), ["x"]],
  "more items than a message has": [message(0, 20, "x", "", null, 1, 2, 3), ["x"]],
  "another key": [JSON.stringify([["__proto__", 0, 20, "x"]]), undefined],
  "objects with a __proto__ key": [
    '[{"__proto__":{"level":20}},["__json_message",0,20,"x","",{"__proto__":{"a":1}}]]',
    ["x"],
  ],
  "values of every kind among messages": ['[1,null,true,{},[],[[]],["__json_message",0,20,"x"]]', ["x"]],
  "arrays 100,000 deep": [nested(100_000), undefined],
  "data 100,000 deep": [`[["__json_message",0,20,"x","",${nested(100_000)}]]`, undefined],
  "a text 100,000 deep": [`[["__json_message",0,20,${nested(100_000)}]]`, undefined],
  "100,000 numbers": [JSON.stringify(Array.from({ length: 100_000 }, () => 1)), undefined],
};
