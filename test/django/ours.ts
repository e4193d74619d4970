import {
  type Config,
  defineMessages,
  type Exchange,
  Message,
  type Messages,
  markSafe,
  type Storage,
  type Text,
  type Unstored,
  type Waiting,
} from "onceover";
import { Visitor } from "onceover/testing";
import { vi } from "vitest";
import type { MaybePromise } from "../../src/core/async.ts";
import { Delivery } from "../../src/delivery/delivery.ts";
import type { ResponseHead } from "../../src/delivery/response.ts";
import { writeSetCookie } from "../../src/wire/cookies.ts";
import { decodeMessages } from "../../src/wire/json.ts";
import { Signer } from "../../src/wire/signing.ts";
import { SECRET } from "../support.ts";
import { befall } from "./accidents.ts";
import { templates } from "./nunjucks.ts";
import { type Observation, type ShownMessage, type StepOutcome, shown, stored } from "./observation.ts";
import type { AddPlan, RequestPlan, Scenario, SettingsPlan, Step, TextPlan } from "./scenario.ts";

/** A request with everything that its answer depends on, beside the settings. */
export interface Given {
  /** Unix seconds. */
  readonly now: number;
  readonly cookie: string | null;
  /** What stands in the session under Django's key. */
  readonly session: string | null;
  readonly steps: readonly Step[];
}

/** A request, and what was seen of it on our side. */
export interface Played {
  readonly given: Given;
  readonly observed: Observation;
}

/** Plays a scenario on our side. It leaves the clock at the time of the last request. */
export function play({ settings, requests }: Scenario): Played[] {
  const app = new App(settings);
  return requests.map((plan) => app.handle(plan));
}

/** An app of ours, and its one visitor. */
class App {
  readonly #config: Config;
  readonly #visitor = new Visitor();
  /** What the storage's last commit could not store. */
  #unstored: Unstored = [];

  constructor(settings: SettingsPlan) {
    const { storage, level, tags, ...cookie } = settings;
    const compat = "django";
    const secret = storage === "session" ? {} : { secret: SECRET, cookie };
    const made = defineMessages({ storage, compat, ...secret }).storage;
    const onWarning = () => {}; // What did not fit is compared by what `commit` returned.
    this.#config = defineMessages({ storage: this.#recorded(made), compat, level, tags, onWarning });
  }

  handle({ now, before, steps }: RequestPlan): Played {
    const visitor = this.#visitor;
    const sent = visitor.setCookies.map(({ value }) => value).filter(Boolean);
    befall(visitor, before, sent);
    vi.setSystemTime(now * 1000);
    const given = { now, steps, cookie: visitor.cookies.get("messages") ?? null, session: sessionOf(visitor) };
    return { given, observed: this.#observe(steps) };
  }

  #observe(steps: readonly Step[]): Observation {
    const visitor = this.#visitor;
    const [setCookies, sessionWrites] = [visitor.setCookies.length, visitor.sessionWrites];
    this.#unstored = [];
    const outcomes = this.#respond(visitor.exchange(), steps);
    const [setCookie, ...more] = visitor.setCookies.slice(setCookies);
    if (more.length > 0) throw new Error("With compat: django, there is one cookie to set at most.");
    return {
      outcomes,
      unstored: this.#unstored.map(stored),
      setCookie: setCookie ? writeSetCookie(setCookie) : null,
      decoded: setCookie?.value ? decode(setCookie.value) : null,
      session: sessionOf(visitor),
      sessionWritten: visitor.sessionWrites > sessionWrites,
    };
  }

  /** What an adapter does with a request: messages, the handler, delivery, which commits if the messages were touched. */
  #respond(exchange: Exchange, steps: readonly Step[]): StepOutcome[] {
    const delivery = new Delivery(this.#config, exchange);
    const outcomes = steps.map((step) => perform(step, delivery.messages));
    atOnce(delivery.commit(RESPONSE));
    return outcomes;
  }

  #recorded(storage: Storage): Storage {
    return {
      synchronous: true,
      open: (exchange): Waiting => {
        const waiting = atOnce(storage.open(exchange));
        return {
          messages: waiting.messages,
          commit: (changes) => {
            this.#unstored = atOnce(waiting.commit(changes));
            return this.#unstored;
          },
        };
      },
    };
  }
}

/** What is there already, and no promise. */
function atOnce<T>(value: MaybePromise<T>): T {
  if (value instanceof Promise) throw new Error("These storages are synchronous.");
  return value;
}

const RESPONSE: ResponseHead = { status: 200, isConnected: true, header: () => undefined, setHeader: () => {} };

function perform(step: Step, messages: Messages): StepOutcome {
  switch (step.do) {
    case "add":
      return add(messages, step);
    case "setLevel":
      messages.level = step.level;
      return null;
    case "getLevel":
      return messages.level;
    case "iterate":
      return iterate(messages, step.adding);
    case "render":
      return templates.render(`${step.template}.html`, { messages });
    case "count":
      return messages.length;
    case "contains":
      return messages.includes(new Message(step.level, step.text));
    case "setUsed":
      messages.used = step.used;
      return null;
  }
}

/** Adds a planned message. */
export function add(messages: Messages, { level, text, extraTags }: AddPlan): null {
  messages.add(level, textOf(text), extraTags === undefined ? {} : { extraTags });
  return null;
}

function textOf({ kind, value }: TextPlan): Text {
  if (kind === "plain") return value;
  return kind === "safe" ? markSafe(value) : { toString: () => value };
}

function iterate(messages: Messages, adding: AddPlan | undefined): ShownMessage[] {
  const all: ShownMessage[] = [];
  for (const message of messages) {
    if (adding && all.length === 0) add(messages, adding);
    all.push(shown(message));
  }
  return all;
}

function sessionOf(visitor: Visitor): string | null {
  return (visitor.session.get("_messages") as string | undefined) ?? null;
}

const signer = new Signer([SECRET]);

/** What a cookie's value holds; null if it cannot be read. */
export function decode(value: string): Observation["decoded"] {
  const items = decodeMessages(signer.unsign(value)?.json ?? "");
  return items?.map((item) => (typeof item === "string" ? item : stored(item))) ?? null;
}
