import { deepEqual, equal, ok } from "node:assert/strict";
import type { Json } from "../core/data.ts";
import { ERROR, INFO, SUCCESS } from "../core/levels.ts";
import { Message, type MessageJson } from "../core/message.ts";
import { markSafe } from "../core/text.ts";
import type { Changes, Storage, Unstored } from "../storage/storage.ts";
import { Visitor } from "./visitor.ts";

/** One rule of the contract. */
export interface StorageCase {
  readonly name: string;
  readonly run: () => Promise<void>;
}

/** What the contract needs to know of a storage. */
export interface StorageContractOptions {
  /** Makes a storage that holds nothing. */
  readonly create: () => Storage | Promise<Storage>;
  /** False if two exchanges at once overwrite each other's messages; `true` by default. */
  readonly parallel?: boolean;
  /** False if messages carry no `data`; `true` by default. */
  readonly data?: boolean;
}

/**
 * The rules that every storage keeps, as test cases for whatever test runner there is.
 *
 * @param options how to make the storage, and what it does not promise.
 * @returns cases that reject with an `AssertionError` where the storage breaks a rule.
 *
 * @example
 * ```ts
 * import { test } from "node:test";
 * import { sessionStorage } from "onceover";
 * import { storageContract } from "onceover/testing";
 *
 * for (const { name, run } of storageContract({ create: sessionStorage, parallel: false })) test(name, run);
 * ```
 */
export function storageContract(options: StorageContractOptions): StorageCase[] {
  const { create, parallel = true, data = true } = options;
  const rules: Record<string, (storage: Storage, visitor: Visitor) => Promise<void>> = {
    "holds nothing for a new visitor": async (storage, visitor) => {
      deepEqual(await waiting(storage, visitor), []);
    },
    "gives back what was added, in order and whole": async (storage, visitor) => {
      const added = [
        new Message(INFO, "plain"),
        new Message(SUCCESS, markSafe("<b>safe</b>"), { extraTags: "" }),
        new Message(ERROR, 'Ünïcode, \u{1f600} "quotes"; \\ and \u007f\n', { extraTags: "one two" }),
        new Message(99, "with data", data ? { data: { list: [1, { deep: null }], text: "é" } } : {}),
      ];
      await exchange(storage, visitor, { added });
      deepEqual(await waiting(storage, visitor), added.map(whole));
    },
    "adds behind what waits, however fast": async (storage, visitor) => {
      const pairs = Array.from({ length: 15 }, (_, index) => [`a${index}`, `b${index}`]);
      for (const pair of pairs) await exchange(storage, visitor, { added: texts(...pair) });
      deepEqual((await waiting(storage, visitor)).map(text), pairs.flat());
    },
    "removes just what was consumed": async (storage, visitor) => {
      await exchange(storage, visitor, { added: texts("a", "b", "c") });
      await exchange(storage, visitor, { consume: (message) => message.message === "b", added: texts("d") });
      deepEqual((await waiting(storage, visitor)).map(text), ["a", "c", "d"]);
      await exchange(storage, visitor, { consume: () => true });
      deepEqual(await waiting(storage, visitor), []);
    },
    "writes nothing where nothing changed": async (storage, visitor) => {
      await exchange(storage, visitor, {});
      await exchange(storage, visitor, { added: texts("a") });
      const before = [visitor.setCookies.length, visitor.sessionWrites];
      await exchange(storage, visitor, {});
      deepEqual([visitor.setCookies.length, visitor.sessionWrites], before);
      deepEqual((await waiting(storage, visitor)).map(text), ["a"]);
    },
    "keeps visitors apart": async (storage, visitor) => {
      const other = new Visitor();
      await exchange(storage, visitor, { added: texts("mine") });
      await exchange(storage, other, { added: texts("theirs") });
      deepEqual((await waiting(storage, visitor)).map(text), ["mine"]);
      deepEqual((await waiting(storage, other)).map(text), ["theirs"]);
    },
    "returns what does not fit, and holds the rest": async (storage, visitor) => {
      const added = Array.from({ length: 40 }, (_, index) => new Message(INFO, `${index} ${noise(index, 200)}`));
      const unstored = await exchange(storage, visitor, { added });
      const held = await waiting(storage, visitor);
      equal(held.length + unstored.length, added.length);
      const indexes = (messages: readonly { message: unknown }[]) => messages.map((m) => Number.parseInt(text(m), 10));
      deepEqual(
        [...indexes(held), ...indexes(unstored)].sort((a, b) => a - b),
        added.map((_, index) => index),
      );
      for (const list of [indexes(held), indexes(unstored)]) {
        ok(
          list.every((value, index) => index === 0 || value > (list[index - 1] ?? 0)),
          `out of order: ${list}`,
        );
      }
    },
  };
  if (parallel) {
    rules["loses nothing to an exchange at the same time"] = async (storage, visitor) => {
      await exchange(storage, visitor, { added: texts("first") });
      await Promise.all(
        ["a", "b", "c", "d", "e", "f"].map((name) => exchange(storage, visitor, { added: texts(name) })),
      );
      const [first, ...rest] = (await waiting(storage, visitor)).map(text);
      deepEqual([first, rest.sort()], ["first", ["a", "b", "c", "d", "e", "f"]]);
    };
  }
  return Object.entries(rules).map(([name, rule]) => ({
    name,
    run: async () => rule(await create(), new Visitor()),
  }));
}

interface Step {
  readonly added?: readonly Message[];
  readonly consume?: (message: Message) => boolean;
}

/** One exchange, as delivery leads it; it lets other exchanges run between opening and committing. */
async function exchange(storage: Storage, visitor: Visitor, step: Step): Promise<Unstored> {
  const { added = [], consume = () => false } = step;
  const waiting = await storage.open(visitor.exchange());
  await new Promise((resolve) => setImmediate(resolve));
  const changes: Changes = {
    kept: waiting.messages.filter((message) => !consume(message)),
    added,
    consumed: waiting.messages.filter(consume),
  };
  return waiting.commit(changes);
}

async function waiting(storage: Storage, visitor: Visitor): Promise<Whole[]> {
  const { messages } = await storage.open(visitor.exchange());
  return messages.map(whole);
}

const texts = (...list: string[]) => list.map((text) => new Message(INFO, text));
const text = ({ message }: { message: unknown }) => String(message);

/** What must come back of a message. */
type Whole = Pick<MessageJson, "level" | "message" | "safe" | "extraTags"> & { data: Json | undefined };

function whole(message: Message): Whole {
  const { level, message: text, safe, extraTags, data } = message.toJSON();
  return { level, message: text, safe, extraTags, data };
}

/** Text that hardly compresses, the same each time. */
function noise(seed: number, length: number): string {
  let state = seed + 1;
  return Array.from({ length }, () => {
    state = (state * 48271) % 2147483647;
    return (state % 36).toString(36);
  }).join("");
}
