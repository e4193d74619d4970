/**
 * Measures the steps that `micro.ts` reports, and sends the times.
 *
 * Onceover is measured through its public ports: a storage's `commit` is what encodes, its `load` is what decodes.
 *
 * @module
 */
import type { Request, Response } from "express";
import { cookieStorage, type Exchange, Message, SUCCESS } from "onceover";
import { messages } from "onceover/express";
import { Visitor } from "onceover/testing";
import { decode, encode, floor, type Item } from "./floor.ts";
import { SECRET, TEXTS } from "./samples.ts";
import { median } from "./table.ts";

/** Nanoseconds of one step, in each round. */
export interface Measured {
  readonly step: string;
  readonly floor: readonly number[];
  readonly onceover: readonly number[];
  readonly django: readonly number[];
}

type Contender = Exclude<keyof Measured, "step">;
type Step = Readonly<Record<Contender, () => unknown>>;

const ROUNDS = 15;
const TURN_MS = 40;
/** Long enough for the clock, short enough for many of them to be undisturbed. */
const BATCH_MS = 0.5;

const itemsOf = (count: number) => TEXTS.slice(0, count).map((text): Item => ["success", text]);
const messagesOf = (count: number) =>
  TEXTS.slice(0, count).map((text) => new Message(SUCCESS, text, { extraTags: "" }));

const storages = {
  onceover: cookieStorage({ secret: SECRET }),
  django: cookieStorage({ secret: SECRET, compat: "django" }),
};
type Ours = keyof typeof storages;

const loadFrom = (name: Ours, exchange: Exchange) => atOnce(storages[name].load(exchange)).messages ?? [];
const add = (name: Ours, added: readonly Message[], exchange: Exchange) =>
  storages[name].commit({ kept: [], added, consumed: [], hasNext: false }, exchange);
const remove = (name: Ours, consumed: readonly Message[], exchange: Exchange) =>
  storages[name].commit({ kept: [], added: [], consumed, hasNext: false }, exchange);

/** From messages to the value of a cookie. */
function encoding(count: number): Step {
  const [items, added] = [itemsOf(count), messagesOf(count)];
  const ours = (name: Ours) => () => add(name, added, new Blank());
  return { floor: () => encode(items), onceover: ours("onceover"), django: ours("django") };
}

/** From the value of a cookie to messages. */
function decoding(count: number): Step {
  const value = encode(itemsOf(count));
  const ours = (name: Ours) => {
    const visitor = new Visitor();
    add(name, messagesOf(count), visitor.exchange());
    return () => loadFrom(name, new Blank(visitor.cookies));
  };
  return { floor: () => decode(value), onceover: ours("onceover"), django: ours("django") };
}

/** One exchange that adds messages, and one that shows them. */
function roundTrip(count: number): Step {
  const [items, added] = [itemsOf(count), messagesOf(count)];
  const byHand = () => {
    const cookies = new Map([["flash", encode(items)]]);
    const shown = decode(cookies.get("flash") ?? "");
    cookies.delete("flash");
    return shown;
  };
  const ours = (name: Ours) => () => {
    const visitor = new Visitor();
    const adding = visitor.exchange();
    loadFrom(name, adding);
    add(name, added, adding);
    const showing = visitor.exchange();
    return remove(name, loadFrom(name, showing), showing);
  };
  return { floor: byHand, onceover: ours("onceover"), django: ours("django") };
}

/** What the middleware costs a request that touches no messages, from its call until the response ends. */
function untouched(request: object): Step {
  const calling = (middleware: (...args: [Request, Response, () => void]) => unknown) => () => {
    const response = new BareResponse();
    middleware({ ...request } as Request, response as unknown as Response, () => response.end());
  };
  return {
    floor: calling((...args) => floor(...args)),
    onceover: calling(messages({ secret: SECRET })),
    django: calling(messages({ secret: SECRET, compat: "django" })),
  };
}

/** An exchange that carries cookies and forgets those that are set. */
class Blank implements Exchange {
  readonly request: object = {};
  readonly session: undefined;
  readonly #cookies: ReadonlyMap<string, string>;

  constructor(cookies: ReadonlyMap<string, string> = new Map()) {
    this.#cookies = cookies;
  }

  cookie(name: string): string | undefined {
    return this.#cookies.get(name);
  }

  cookieNames(): Iterable<string> {
    return this.#cookies.keys();
  }

  setCookie(): void {}
}

/** What a middleware may do with a response, and no more. */
class BareResponse {
  readonly locals = {};
  writeHead(): void {}
  write(): void {}
  flushHeaders(): void {}
  end(): void {}
}

function atOnce<T>(value: T | Promise<T>): T {
  if (value instanceof Promise) throw new Error("The cookie storage was expected to be synchronous.");
  return value;
}

const STEPS: Readonly<Record<string, Step>> = {
  "encode one message": encoding(1),
  "encode five messages": encoding(5),
  "decode one message": decoding(1),
  "decode five messages": decoding(5),
  "add one message, show it": roundTrip(1),
  "add five messages, show them": roundTrip(5),
  "untouched request": untouched({ headers: {} }),
  "untouched request with a session": untouched({ headers: {}, session: {} }),
};

/** Kept where the compiler cannot see that nobody reads it: otherwise it might leave out what is measured. */
const kept: { last: unknown } = { last: undefined };

/** Nanoseconds of `count` calls, each. */
function timeOfCalls(action: () => unknown, count: number): number {
  const start = performance.now();
  for (let call = 0; call < count; call += 1) kept.last = action();
  return ((performance.now() - start) * 1e6) / count;
}

/** How many calls make a batch; finding it out warms them up. */
function batchSizeOf(action: () => unknown): number {
  let count = 1000;
  while ((timeOfCalls(action, count) * count) / 1e6 < BATCH_MS) count *= 2;
  return Math.ceil((BATCH_MS * 1e6) / timeOfCalls(action, count));
}

/** The usual time of a call: of many batches the median, so that those that were interrupted do not count. */
function usualTimeOf(action: () => unknown, batchSize: number): number {
  const times: number[] = [];
  const start = performance.now();
  while (performance.now() - start < TURN_MS) times.push(timeOfCalls(action, batchSize));
  return median(times);
}

/** One step by all contenders in turns, so that what disturbs one disturbs the others. */
function measureStep(step: string, actions: Step): Measured {
  const times: Record<Contender, number[]> = { floor: [], onceover: [], django: [] };
  const contenders = Object.entries(actions).map(([name, action]) => {
    const batchSize = batchSizeOf(action);
    return () => times[name as Contender].push(usualTimeOf(action, batchSize));
  });
  for (let round = 0; round < ROUNDS; round += 1) for (const takeTurn of contenders) takeTurn();
  return { step, ...times };
}

process.send?.(Object.entries(STEPS).map(([step, contenders]) => measureStep(step, contenders)));
