/**
 * Measures what `codec.ts` reports, and sends it to the parent process.
 *
 * @module
 */
import { cookieStorage, INFO, Message, type Storage } from "onceover";
import { decode, encode } from "../floor.ts";
import type { Item } from "../page.ts";
import { SECRET, textOf } from "../samples.ts";
import { shuffled } from "../shuffled.ts";
import { BareExchange } from "./exchange.ts";

const COUNTS = [1, 5, 20];
const ROUNDS = 41;
/** These come first and do not count: they let Node.js compile. */
const WARM_UP_ROUNDS = 5;
const BATCHES = 20;
/** How often a batch encodes and decodes. Few, so that the garbage collector has little to keep. */
const BATCH = 50;

/** The time of one encoding and one decoding, in nanoseconds. */
export interface Times {
  readonly encode: number;
  readonly decode: number;
}

/** The times of each round, for a number of messages. */
export interface Measured {
  readonly count: number;
  readonly floor: readonly Times[];
  readonly others: Readonly<Record<string, readonly Times[]>>;
}

/** Something that encodes messages and decodes what became of them. */
interface Codec<Source, Encoded> {
  /** A message, made before the clock starts. */
  message(text: string): Source;
  encode(messages: readonly Source[]): Encoded;
  /** @returns how many messages there are, having read each one. */
  decode(encoded: Encoded): number;
}

const floor: Codec<Item, string> = {
  message: (text) => ["info", text],
  encode,
  decode: (value) => countOf(decode(value), ([, text]) => text),
};

function onceover(storage: Storage): Codec<Message, ReadonlyMap<string, string>> {
  const none = new Map<string, string>();
  return {
    message: (text) => new Message(INFO, text),
    encode(added) {
      const exchange = new BareExchange(none);
      const unstored = atOnce(atOnce(storage.open(exchange)).commit({ kept: [], added, consumed: [] }));
      if (unstored.length > 0) throw new Error(`${unstored.length} of ${added.length} messages did not fit.`);
      return exchange.set;
    },
    decode: (cookies) => countOf(atOnce(storage.open(new BareExchange(cookies))).messages, String),
  };
}

/** What the cookie storage answers, which it does at once. */
function atOnce<T>(value: T | Promise<T>): T {
  if (value instanceof Promise) throw new Error("The cookie storage must answer at once.");
  return value;
}

/** Counts items that have a text, so that even a lazy decoder has to decode all of them. */
function countOf<T>(items: readonly T[], textOf: (item: T) => string): number {
  let count = 0;
  for (const item of items) if (textOf(item) !== "") count += 1;
  return count;
}

/** One round of a codec: the mean of many calls, with the garbage collection that they cause. */
function measure<S, E>(codec: Codec<S, E>, count: number): Times {
  let [encode, decode] = [0, 0];
  for (let batch = 0; batch < BATCHES; batch += 1) {
    const times = measureBatch(codec, count);
    encode += times.encode;
    decode += times.decode;
  }
  const calls = BATCHES * BATCH;
  return { encode: (encode * 1e6) / calls, decode: (decode * 1e6) / calls };
}

/** Milliseconds. Each call has other texts, so that nothing can be cached. */
function measureBatch<S, E>({ message, encode, decode }: Codec<S, E>, count: number): Times {
  const lists = Array.from({ length: BATCH }, () => Array.from({ length: count }, () => message(textOf(++number))));
  const start = performance.now();
  const encoded = lists.map(encode);
  const middle = performance.now();
  let decoded = 0;
  for (const one of encoded) decoded += decode(one);
  const end = performance.now();
  if (decoded !== count * BATCH) throw new Error(`${decoded} of ${count * BATCH} messages were decoded.`);
  return { encode: middle - start, decode: end - middle };
}

let number = 0;

/** All codecs in turns, in a new order each time, so that other work on the machine slows all of them alike. */
function compete(count: number): Measured {
  const turns = new Map<string, () => Times>([["floor", () => measure(floor, count)]]);
  for (const compat of [undefined, "django"] as const) {
    const codec = onceover(cookieStorage({ secret: SECRET, compat }));
    turns.set(compat === undefined ? "onceover" : `onceover, compat ${compat}`, () => measure(codec, count));
  }
  const times = new Map(Array.from(turns.keys(), (name): [string, Times[]] => [name, []]));
  for (let round = -WARM_UP_ROUNDS; round < ROUNDS; round += 1) {
    for (const [name, turn] of shuffled(Array.from(turns))) {
      const result = turn();
      if (round >= 0) times.get(name)?.push(result);
    }
  }
  const { floor: ofFloor = [], ...others } = Object.fromEntries(times);
  return { count, floor: ofFloor, others };
}

process.send?.(COUNTS.map(compete));
process.on("disconnect", () => process.exit());
