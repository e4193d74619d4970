import fc from "fast-check";
import {
  type CookieStorageOptions,
  cookieStorage,
  type Exchange,
  fallbackStorage,
  INFO,
  Message,
  type Session,
  type SetCookie,
  type Storage,
  sessionStorage,
  type Waiting,
} from "onceover";
import { Visitor } from "onceover/testing";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import type { Link, LinkedWaiting } from "../../src/storage/chain.ts";
import { packShortest, Signer } from "../../src/wire/signing.ts";
import { SECRET } from "../support.ts";
import { ODD_JSON } from "../wire/forge.ts";

const NOON = Date.UTC(2027, 0, 15, 12);

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["Date"], now: NOON });
});
afterEach(() => {
  vi.useRealTimers();
});

const cookies = (options: Partial<CookieStorageOptions> = {}) => cookieStorage({ secret: SECRET, ...options });
const message = (text: string) => new Message(INFO, text);
const text = (of: Message) => String(of.message);

/** What one response does: it adds texts and consumes the messages whose text is one of these. */
interface Step {
  readonly add?: readonly string[];
  readonly consume?: (text: string) => boolean;
}

/** An exchange that has sent its cookies; what its response sets arrives when it is told to. */
class Pending {
  readonly start: number;
  readonly loaded: readonly Message[];
  added: readonly string[] = [];
  consumed: readonly string[] = [];
  unstored: readonly string[] = [];
  /** The cookies that it sent. */
  readonly sent: ReadonlyMap<string, string>;
  readonly #waiting: Waiting;
  readonly #arrive: (cookie: SetCookie) => void;
  readonly #onItsWay: SetCookie[] = [];

  constructor(storage: Storage, visitor: Visitor, start = 0, others: Partial<Exchange> = {}) {
    const exchange = visitor.exchange();
    this.start = start;
    this.sent = new Map(visitor.cookies);
    this.#arrive = exchange.setCookie;
    const setCookie = (cookie: SetCookie) => void this.#onItsWay.push(cookie);
    this.#waiting = storage.open({ ...exchange, setCookie, ...others }) as Waiting;
    this.loaded = this.#waiting.messages;
  }

  get texts(): readonly string[] {
    return this.loaded.map(text);
  }

  /** @returns the cookies that the response sets and deletes. */
  commit({ add = [], consume = () => false }: Step): readonly SetCookie[] {
    this.added = add;
    this.consumed = this.texts.filter(consume);
    const changes = {
      kept: this.loaded.filter((of) => !consume(text(of))),
      added: add.map(message),
      consumed: this.loaded.filter((of) => consume(text(of))),
    };
    this.unstored = (this.#waiting.commit(changes) as Message[]).map(text);
    return this.#onItsWay;
  }

  arrive(): void {
    for (const cookie of this.#onItsWay.splice(0)) this.#arrive(cookie);
  }
}

/** Cookies that have another storage behind them, as that of a fallback. */
const linked = (storage: Storage): Storage => ({
  open: (exchange) => (storage as Link).openLinked(exchange, () => true),
});

/** True if more may wait in the storage behind these cookies. */
const hasMore = (storage: Storage, visitor: Visitor) =>
  (linked(storage).open(visitor.exchange()) as LinkedWaiting).hasMore;

/** One exchange from its request to the arrival of its response. */
function respond(storage: Storage, visitor: Visitor, step: Step): Pending & { readonly set: readonly SetCookie[] } {
  const pending = new Pending(storage, visitor);
  const set = [...pending.commit(step)];
  pending.arrive();
  return Object.assign(pending, { set });
}

const waiting = (storage: Storage, visitor: Visitor) => new Pending(storage, visitor).texts;
const all = () => true;
const names = (visitor: Visitor) => [...visitor.cookies.keys()];
const size = (visitor: Visitor) => [...visitor.cookies].map(([name, value]) => `${name}=${value}`).join("").length;

/** A name that a cookie of this storage may have: what follows its mark is given. */
function nameWith(rest: string, storage: Storage = cookies()): string {
  const other = new Visitor();
  respond(storage, other, { add: ["x"] });
  return `${names(other)[0]?.slice(0, -15)}${rest}`;
}

/** Text that hardly compresses, the same each time. */
function noise(seed: number, length: number): string {
  let state = seed + 1;
  return Array.from({ length }, () => {
    state = (state * 48271) % 2147483647;
    return (state % 36).toString(36);
  }).join("");
}

describe("overlapping exchanges, in any schedule", () => {
  /** One event of a schedule: a request comes in, a handler is done, or a response arrives, some time later. */
  type Event = { readonly pause: number } & (
    | { readonly kind: "request" }
    | {
        readonly kind: "commit";
        readonly pick: number;
        readonly add: number;
        readonly consume: number | "all" | "none";
      }
    | { readonly kind: "arrival"; readonly pick: number }
  );

  const pause = fc.constantFrom(0, 0, 1, 7, 1000);
  const events = (consume: fc.Arbitrary<number | "all" | "none">): fc.Arbitrary<Event[]> => {
    const request = fc.record({ kind: fc.constant("request" as const), pause });
    const commit = fc.record({ kind: fc.constant("commit" as const), pause, pick: fc.nat(9), add: fc.nat(2), consume });
    const arrival = fc.record({ kind: fc.constant("arrival" as const), pause, pick: fc.nat(9) });
    return fc.array(fc.oneof(request, request, commit, arrival), { minLength: 10, maxLength: 90 });
  };
  const anyConsumption = fc.oneof(
    fc.constantFrom("none" as const, "none" as const, "all" as const),
    fc.integer({ min: 1, max: 31 }),
  );

  /** An exchange of the model, with the moments at which its cookies were sent and its response arrived. */
  interface Lived {
    readonly pending: Pending;
    arrival: number;
  }

  /** What became of a schedule. */
  interface Played {
    readonly lived: readonly Lived[];
    readonly last: Pending;
    /** What was in cookies of which one took the place of another that its request did not know: one of both is there. */
    readonly displaced: ReadonlySet<string>;
  }

  /**
   * Plays a schedule to its end, and then has the visitor come once more.
   *
   * @param atOnce how many exchanges overlap at most; where it is fewer than six, nothing counts as displaced.
   */
  function play(storage: Storage, schedule: readonly Event[], atOnce = Number.POSITIVE_INFINITY): Played {
    const visitor = new Visitor();
    const writers = new Map<string, { readonly pending: Pending; readonly value: string }>();
    const displaced = new Set<string>();
    const note = (pending: Pending, cookies: readonly SetCookie[]) => {
      for (const { name, value, attributes } of cookies) {
        const other = writers.get(name);
        for (const { texts, added } of other && pending.sent.get(name) !== other.value ? [other.pending, pending] : [])
          for (const one of [...texts, ...added]) displaced.add(one);
        if (attributes.maxAge !== 0) writers.set(name, { pending, value });
      }
    };
    const lived: Lived[] = [];
    const running: Pending[] = [];
    const committed: Pending[] = [];
    let now = 0;
    let made = 0;
    const arrive = (pick: number) => {
      const [pending] = committed.splice(pick % committed.length, 1);
      pending?.arrive();
      if (pending) lived.push({ pending, arrival: now });
    };
    for (const event of schedule) {
      now += 1;
      vi.setSystemTime(Date.now() + event.pause);
      if (event.kind === "request" && running.length + committed.length < atOnce) {
        running.push(new Pending(storage, visitor, now));
      }
      if (event.kind === "commit" && running.length > 0) {
        const [pending] = running.splice(event.pick % running.length, 1);
        const add = Array.from({ length: event.add }, () => `m${++made}`);
        const { consume } = event;
        const cookies = pending?.commit({
          add,
          consume: (of) =>
            consume === "all" || (consume !== "none" && ((consume >> (Number(of.slice(1)) % 5)) & 1) === 1),
        });
        if (pending) note(pending, cookies ?? []);
        if (pending) committed.push(pending);
      } else if (event.kind === "arrival" && committed.length > 0) arrive(event.pick);
    }
    while (committed.length > 0) {
      now += 1;
      arrive(0);
    }
    if (atOnce < 6) displaced.clear();
    return { lived, last: new Pending(storage, visitor, now + 1), displaced };
  }

  const storages: Record<string, { readonly create: () => Storage; readonly atOnce?: number }> = {
    "three at once, without a limit that matters": { create: () => cookies({ maxSize: 0 }), atOnce: 3 },
    "without a limit that matters": { create: () => cookies({ maxSize: 0 }) },
    "with room for a dozen messages": { create: () => cookies({ maxSize: 300 }) },
  };

  describe.each(Object.entries(storages))("%s", (_, { create, atOnce = Number.POSITIVE_INFINITY }) => {
    test("what was added is there until it is consumed, or returned as unstored", () => {
      fc.assert(
        fc.property(events(anyConsumption), (schedule) => {
          const { lived, last, displaced } = play(create(), schedule, atOnce);
          const consumed = lived.flatMap(({ pending }) => [...pending.consumed, ...pending.unstored]);
          const gone = new Set([...consumed, ...displaced]);
          const lost = lived.flatMap(({ pending, arrival }) =>
            [...lived.map((other) => other.pending), last]
              .filter((later) => later.start > arrival)
              .flatMap((later) => pending.added.filter((added) => !gone.has(added) && !later.texts.includes(added))),
          );
          expect(lost).toEqual([]);
        }),
        { numRuns: 1000 },
      );
    });

    test("nobody ever sees a message twice on one page", () => {
      fc.assert(
        fc.property(events(anyConsumption), (schedule) => {
          const { lived, last } = play(create(), schedule);
          for (const { texts } of [...lived.map(({ pending }) => pending), last]) {
            expect(texts).toEqual([...new Set(texts)]);
          }
        }),
        { numRuns: 1000 },
      );
    });

    test("what was consumed comes back only from an exchange that had read it, overlapped, and wrote", () => {
      fc.assert(
        fc.property(events(anyConsumption), (schedule) => {
          const { lived, last } = play(create(), schedule);
          const wrote = ({ pending }: Lived) => pending.added.length > 0 || pending.consumed.length > 0;
          for (const consumer of lived) {
            for (const consumed of consumer.pending.consumed) {
              for (const later of [...lived.map(({ pending }) => pending), last]) {
                if (later.start <= consumer.arrival || !later.texts.includes(consumed)) continue;
                const isStale = (other: Lived) =>
                  wrote(other) &&
                  other.pending.texts.includes(consumed) &&
                  !other.pending.consumed.includes(consumed) &&
                  other.pending.start < consumer.arrival &&
                  other.arrival > consumer.pending.start;
                expect(lived.filter(isStale).length, `${consumed} came back by itself`).toBeGreaterThan(0);
              }
            }
          }
        }),
        { numRuns: 1000 },
      );
    });

    test("without consumption, all that was added waits once, or was returned as unstored", () => {
      fc.assert(
        fc.property(events(fc.constant("none")), (schedule) => {
          const { lived, last, displaced } = play(create(), schedule, atOnce);
          const unstored = new Set([...lived.flatMap(({ pending }) => pending.unstored), ...displaced]);
          const added = lived.flatMap(({ pending }) => pending.added).filter((of) => !unstored.has(of));
          expect([...last.texts].filter((of) => !unstored.has(of)).sort()).toEqual(added.sort());
        }),
        { numRuns: 1000 },
      );
    });

    test("messages of exchanges that did not overlap show in the order in which they were added", () => {
      fc.assert(
        fc.property(events(anyConsumption), (schedule) => {
          const { lived, last } = play(create(), schedule);
          const bornIn = new Map(lived.flatMap((life) => life.pending.added.map((added) => [added, life])));
          for (const { texts } of [...lived.map(({ pending }) => pending), last]) {
            texts.forEach((earlier, index) => {
              for (const later of texts.slice(index + 1)) {
                const [first, second] = [bornIn.get(earlier), bornIn.get(later)];
                const isReversed = first && second && second.arrival < first.pending.start;
                expect(isReversed, `${later} was added before ${earlier}`).toBe(false);
              }
            });
          }
        }),
        { numRuns: 1000 },
      );
    });
  });

  test("exchanges that do not overlap show each message once, whatever they add and consume", () => {
    const step = fc.record({ add: fc.nat(3), consume: anyConsumption, pause });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 30 }), fc.constantFrom(0, 300), (steps, maxSize) => {
        const [storage, visitor] = [cookies({ maxSize }), new Visitor()];
        let [made, model]: [number, readonly string[]] = [0, []];
        for (const { add, consume, pause } of steps) {
          vi.setSystemTime(Date.now() + pause);
          const added = Array.from({ length: add }, () => `m${++made}`);
          const isConsumed = (of: string) =>
            consume === "all" || (consume !== "none" && ((consume >> (Number(of.slice(1)) % 5)) & 1) === 1);
          const { texts, unstored } = respond(storage, visitor, { add: added, consume: isConsumed });
          expect(texts).toEqual(model);
          const left = [...model.filter((of) => !isConsumed(of)), ...added];
          expect(unstored).toEqual(left.slice(0, unstored.length));
          model = left.slice(unstored.length);
          expect(visitor.cookies.size).toBeLessThanOrEqual(4);
          if (maxSize > 0) expect(size(visitor)).toBeLessThanOrEqual(maxSize);
        }
        expect(waiting(storage, visitor)).toEqual(model);
      }),
      { numRuns: 300 },
    );
  });

  test("two that say the same at the same moment are both shown", () => {
    const [storage, visitor] = [cookies(), new Visitor()];
    const [one, other] = [new Pending(storage, visitor), new Pending(storage, visitor)];
    for (const pending of [one, other]) pending.commit({ add: ["Added to the cart."] });
    for (const pending of [one, other]) pending.arrive();
    expect(waiting(storage, visitor)).toEqual(["Added to the cart.", "Added to the cart."]);
  });

  test("several that fold at once leave everything, once, in the order of its adding", () => {
    const [storage, visitor] = [cookies(), new Visitor()];
    for (const name of ["a", "b", "c", "d"]) respond(storage, visitor, { add: [name] });
    const folding = ["x", "y", "z"].map((name) => ({ name, pending: new Pending(storage, visitor) }));
    for (const { name, pending } of folding) pending.commit({ add: [name] });
    for (const { pending } of folding.reverse()) pending.arrive();
    expect(names(visitor)).toHaveLength(3);
    expect(waiting(storage, visitor)).toEqual(["a", "b", "c", "d", "x", "y", "z"]);
    respond(storage, visitor, { consume: (of) => of === "b" });
    expect(waiting(storage, visitor)).toEqual(["a", "c", "d", "x", "y", "z"]);
    respond(storage, visitor, { consume: all });
    expect(visitor.cookies.size).toBe(0);
  });

  test("a message that was displayed does not come back from a cookie that was folded meanwhile", () => {
    const [storage, visitor] = [cookies(), new Visitor()];
    respond(storage, visitor, { add: ["a", "b"] });
    for (const name of ["c", "d", "e"]) respond(storage, visitor, { add: [name] });
    const [displays, folds] = [new Pending(storage, visitor), new Pending(storage, visitor)];
    displays.commit({ consume: (of) => of === "a" });
    folds.commit({ add: ["f"] });
    folds.arrive();
    displays.arrive();
    expect(waiting(storage, visitor)).toEqual(["b", "c", "d", "e", "f"]);
  });

  test("a message that waits in two cookies is not lost to two responses that each leave it to the other's", () => {
    const [storage, visitor] = [cookies(), new Visitor()];
    const request = () => new Pending(storage, visitor);
    for (const name of ["a", "b", "c", "d"]) respond(storage, visitor, { add: [name] });
    const [folds, foldsToo, ...others] = [request(), request(), request(), request(), request()];
    folds.commit({ add: ["e"] });
    foldsToo.commit({ add: ["f"] });
    others.forEach((other, i) => void other.commit({ add: [`other ${i}`] }));
    folds.arrive(); // a to e are in one cookie
    for (const other of others) other.arrive();
    const foldsAgain = request();
    foldsToo.arrive(); // a to d are in a second one, too
    const relies = request();
    relies.commit({ consume: (of) => of === "other 0" });
    foldsAgain.commit({ add: ["g"] });
    foldsAgain.arrive(); // the first one is folded into a third one
    const reliesToo = request();
    reliesToo.commit({ consume: (of) => of === "g" });
    relies.arrive();
    reliesToo.arrive();
    const shown = waiting(storage, visitor);
    expect(["a", "b", "c", "d", "e", "f"].filter((of) => !shown.includes(of))).toEqual([]);
  });
});

describe("the cookies of pending messages", () => {
  test("are named after the setting, a point, a mark and 15 characters", () => {
    for (const name of ["messages", "__Host-m"]) {
      const [storage, visitor] = [cookies({ name, secure: true }), new Visitor()];
      for (let i = 0; i < 7; i += 1) respond(storage, visitor, { add: [`${i}`] });
      expect(names(visitor)).toHaveLength(3);
      for (const cookie of names(visitor)) {
        expect(cookie.slice(0, name.length)).toBe(name);
        expect(cookie.slice(name.length)).toMatch(/^\.[\w-]{4}[0-9a-z]{10}[\w-]{5}$/);
      }
    }
  });

  test("are read behind any number of forged ones, of which one response deletes twelve", () => {
    const [storage, visitor] = [cookies(), new Visitor()];
    for (let i = 10; i < 50; i += 1) visitor.cookies.set(nameWith(`00000000${i}abcde`), "forged");
    respond(storage, visitor, { add: ["genuine"] });
    expect(waiting(storage, visitor)).toEqual(["genuine"]);
    const { set } = respond(storage, visitor, { consume: all });
    expect(set).toHaveLength(12);
  });

  test("have names that no two responses share, at one moment and on two servers", () => {
    const [here, there] = [cookies(), cookies()];
    const pending = Array.from({ length: 200 }, (_, i) => new Pending(i % 2 ? here : there, new Visitor()));
    const set = pending.flatMap((exchange, i) => exchange.commit({ add: [`${i}`] }));
    expect(new Set(set.map(({ name }) => name)).size).toBe(200);
  });

  test("are four at most; a fifth is folded with them into one, in order", () => {
    const [storage, visitor] = [cookies(), new Visitor()];
    const counts = Array.from({ length: 9 }, (_, i) => {
      respond(storage, visitor, { add: [`${i}`] });
      return visitor.cookies.size;
    });
    expect(counts).toEqual([1, 2, 3, 4, 1, 2, 3, 4, 1]);
    expect(waiting(storage, visitor)).toEqual(["0", "1", "2", "3", "4", "5", "6", "7", "8"]);
  });

  test("that arrived at once, more than four, are folded by the next response that adds", () => {
    const [storage, visitor] = [cookies(), new Visitor()];
    const pending = Array.from({ length: 6 }, () => new Pending(storage, visitor));
    pending.forEach((exchange, i) => void exchange.commit({ add: [`${i}`] }));
    for (const exchange of pending) exchange.arrive();
    expect(visitor.cookies.size).toBe(6);
    respond(storage, visitor, { consume: (of) => of === "3", add: ["6"] });
    expect(visitor.cookies.size).toBe(1);
    expect(waiting(storage, visitor)).toEqual(["0", "1", "2", "4", "5", "6"]);
  });

  test("are left alone by a response that adds", () => {
    const [storage, visitor] = [cookies(), new Visitor()];
    respond(storage, visitor, { add: ["a"] });
    const before = new Map(visitor.cookies);
    const { set } = respond(storage, visitor, { add: ["b"] });
    expect(set).toHaveLength(1);
    for (const [name, value] of before) expect(visitor.cookies.get(name)).toBe(value);
  });

  test("are not written where nothing changed", () => {
    const [storage, visitor] = [cookies(), new Visitor()];
    expect(respond(storage, visitor, {}).set).toEqual([]);
    respond(storage, visitor, { add: ["a"] });
    expect(respond(storage, visitor, {}).set).toEqual([]);
  });

  test("are deleted by what makes a cookie the same one, and by what browsers insist on", () => {
    const place = { path: "/app", domain: "example.com", sameSite: "strict" } as const;
    const [storage, visitor] = [cookies({ ...place, secure: true, httpOnly: true, maxAge: 60 }), new Visitor()];
    const [set] = respond(storage, visitor, { add: ["a"] }).set;
    expect(set).toMatchObject({ attributes: { ...place, secure: true, httpOnly: true, maxAge: 60 } });
    const [deleted, ...others] = respond(storage, visitor, { consume: all }).set;
    expect(deleted).toMatchObject({
      name: set?.name,
      value: "",
      attributes: { path: "/app", domain: "example.com", maxAge: 0 },
    });
    expect(others).toEqual([]);
  });

  test.each([{ name: "__Host-m" }, { name: "__Secure-m" }, { sameSite: "none" }] as const)(
    "are deleted as secure ones where a browser takes no others: %o",
    (options) => {
      const [storage, visitor] = [cookies({ ...options, secure: true }), new Visitor()];
      respond(storage, visitor, { add: ["a"] });
      expect(respond(storage, visitor, { consume: all }).set).toMatchObject([
        { attributes: { maxAge: 0, secure: true } },
      ]);
    },
  );

  test("with names of another form are somebody else's", () => {
    const [storage, visitor] = [cookies(), new Visitor()];
    respond(storage, visitor, { add: ["a"] });
    const [value = ""] = visitor.cookies.values();
    const others = ["messages_", "messages.", "messages.x", "messagesX", "xmessages", nameWith("0000000000aaaaaa")];
    for (const name of others) visitor.cookies.set(name, value);
    respond(storage, visitor, { consume: all });
    expect(names(visitor)).toEqual(others);
  });

  test("with other data than ours are deleted when something is committed, and read as none", () => {
    const [storage, visitor] = [cookies(), new Visitor()];
    const forged = [nameWith("0000000000aaaaa"), nameWith("0000000001aaaaa")];
    visitor.cookies.set(`${forged[0]}`, "").set(`${forged[1]}`, "é");
    expect(hasMore(storage, visitor)).toBe(true);
    const { texts, set } = respond(storage, visitor, {});
    expect(texts).toEqual([]);
    expect(set.map(({ name, attributes }) => [name, attributes.maxAge])).toEqual(forged.map((name) => [name, 0]));
    expect(visitor.cookies.size).toBe(0);
  });

  test("are left alone where another app or another library has set them", () => {
    const [storage, visitor] = [cookies(), new Visitor()];
    const secret = "the secret of another app on this host, and not ours";
    respond(cookies({ secret }), visitor, { add: ["theirs"] });
    visitor.cookies.set("messages", "of another library");
    const before = new Map(visitor.cookies);
    expect(respond(storage, visitor, {}).texts).toEqual([]);
    respond(storage, visitor, { add: ["ours"] });
    respond(storage, visitor, { consume: all });
    expect(visitor.cookies).toEqual(before);
    expect(waiting(cookies({ secret }), visitor)).toEqual(["theirs"]);
  });

  test("are read by servers that know the new secret, and left alone by those that do not yet", () => {
    const next = "a secret that was made today, to replace the one before";
    const [old, rolled, visitor] = [cookies(), cookies({ secret: [next, SECRET] }), new Visitor()];
    respond(rolled, visitor, { add: ["new"] });
    respond(old, visitor, { add: ["old"] });
    expect(respond(old, visitor, { consume: all }).texts).toEqual(["old"]);
    expect(visitor.cookies.size).toBe(1);
    respond(old, visitor, { add: ["old again"] });
    expect(respond(rolled, visitor, { consume: all }).texts).toEqual(["new", "old again"]);
    expect(visitor.cookies.size).toBe(0);
  });

  test("of one name are none under another name, nor in another place", () => {
    const [storage, visitor] = [cookies({ name: "one" }), new Visitor()];
    respond(storage, visitor, { add: ["a"] });
    const [value = ""] = visitor.cookies.values();
    for (const options of [{ name: "two" }, { domain: "example.com" }, { path: "/app" }]) {
      const other = cookies({ name: "one", ...options });
      expect(waiting(other, visitor)).toEqual([]);
      visitor.cookies.set(nameWith("0000000000aaaaa", other), value).set(options.name ?? "one", value);
      expect(waiting(other, visitor)).toEqual([]);
      visitor.cookies.delete(options.name ?? "one");
    }
  });

  test.each(Object.entries(ODD_JSON))(
    "that we signed over %s are read as what is in them, and cleared away",
    (_, [json, texts]) => {
      const [storage, visitor] = [cookies(), new Visitor()];
      visitor.cookies.set("messages", new Signer([SECRET]).sign(packShortest(json)));
      visitor.cookies.set(nameWith("0000000000aaaaa"), new Signer([SECRET]).sign(packShortest(json)));
      expect(waiting(storage, visitor)).toEqual(texts ?? []);
      respond(storage, visitor, { consume: all, add: ["x"] });
      expect(names(visitor).filter((name) => name !== "messages")).toHaveLength(1);
      expect(waiting(storage, visitor)).toEqual(["x"]);
    },
  );

  test("with one value under several names are read once, and deleted together", () => {
    const [storage, visitor] = [cookies(), new Visitor()];
    respond(storage, visitor, { add: ["a"] });
    const [value = ""] = visitor.cookies.values();
    visitor.cookies.set(nameWith("zzzzzzzzzzcopy0"), value).set("messages", value);
    expect(waiting(storage, visitor)).toEqual(["a"]);
    respond(storage, visitor, { add: ["b"] });
    expect(waiting(storage, visitor)).toEqual(["a", "b"]);
    respond(storage, visitor, { consume: (of) => of === "a" });
    expect(waiting(storage, visitor)).toEqual(["b"]);
    expect(visitor.cookies.size).toBe(1);
  });

  test("that were folded, with one value under several names, are read once, and deleted together", () => {
    const [storage, visitor] = [cookies(), new Visitor()];
    for (const name of ["a", "b", "c", "d", "e"]) respond(storage, visitor, { add: [name] });
    const [value = ""] = visitor.cookies.values();
    visitor.cookies.set(nameWith("0000000000copy0"), value);
    expect(waiting(storage, visitor)).toEqual(["a", "b", "c", "d", "e"]);
    respond(storage, visitor, { consume: (of) => of === "c" });
    expect(waiting(storage, visitor)).toEqual(["a", "b", "d", "e"]);
    respond(storage, visitor, { consume: all });
    expect(visitor.cookies.size).toBe(0);
  });

  test("say by what was signed when they came, and not by their names", () => {
    const [storage, visitor] = [cookies(), new Visitor()];
    for (const name of ["a", "b", "c"]) respond(storage, visitor, { add: [name] });
    const values = [...visitor.cookies.values()];
    visitor.cookies.clear();
    ["zzzzzzzzzzzzzzz", "0000000000aaaaa", "mmmmmmmmmmmmmmm"].forEach((rest, i) => {
      visitor.cookies.set(nameWith(rest), values[i] ?? "");
    });
    expect(waiting(storage, visitor)).toEqual(["a", "b", "c"]);
    for (const name of ["d", "e", "f", "g"]) respond(storage, visitor, { add: [name] });
    expect(waiting(storage, visitor)).toEqual(["a", "b", "c", "d", "e", "f", "g"]);
  });
});

describe("the size limit", () => {
  const big = (i: number) => `${i} ${noise(i, 200)}`;

  test("holds over all cookies together", () => {
    const [storage, visitor] = [cookies(), new Visitor()];
    for (let i = 0; i < 30; i += 1) {
      respond(storage, visitor, { add: [big(i)] });
      expect(size(visitor)).toBeLessThanOrEqual(2048);
    }
    expect(size(visitor)).toBeGreaterThan(1500);
  });

  test("is that of the setting", () => {
    const [storage, visitor] = [cookies({ maxSize: 700 }), new Visitor()];
    for (let i = 0; i < 10; i += 1) respond(storage, visitor, { add: [big(i)] });
    expect(size(visitor)).toBeLessThanOrEqual(700);
    expect(waiting(storage, visitor)).toEqual([big(8), big(9)]);
  });

  test("decides what is compressed: only what would not fit otherwise", () => {
    const isCompressed = ({ cookies }: Visitor) => [...cookies.values()].map((value) => value.startsWith("."));
    const [storage, visitor] = [cookies(), new Visitor()];
    const [short, long] = ["again and ".repeat(100), "again and ".repeat(400)];
    respond(storage, visitor, { add: [short] });
    expect(isCompressed(visitor)).toEqual([false]);
    respond(storage, visitor, { add: [long] });
    expect(isCompressed(visitor)).toEqual([false, true]);
    expect(waiting(storage, visitor)).toEqual([short, long]);
    expect(size(visitor)).toBeLessThanOrEqual(2048);
  });

  test("is over all cookies together, compressed where they would not fit side by side", () => {
    const [storage, visitor] = [cookies(), new Visitor()];
    const texts = Array.from({ length: 3 }, (_, i) => `${i} `.repeat(500));
    for (const added of texts) expect(respond(storage, visitor, { add: [added] }).unstored).toEqual([]);
    expect(waiting(storage, visitor)).toEqual(texts);
    expect(size(visitor)).toBeLessThanOrEqual(2048);
  });

  test("is none where it is 0", () => {
    const [storage, visitor] = [cookies({ maxSize: 0 }), new Visitor()];
    const texts = Array.from({ length: 60 }, (_, i) => big(i));
    for (const added of texts) expect(respond(storage, visitor, { add: [added] }).unstored).toEqual([]);
    expect(waiting(storage, visitor)).toEqual(texts);
  });

  test("drops the oldest where nothing comes next, and returns them in order", () => {
    const [storage, visitor] = [cookies(), new Visitor()];
    const texts = Array.from({ length: 14 }, (_, i) => big(i));
    for (const added of texts.slice(0, 3)) respond(storage, visitor, { add: [added] });
    const { unstored } = respond(storage, visitor, { add: texts.slice(3) });
    expect(unstored.length).toBeGreaterThan(0);
    expect([...unstored, ...waiting(storage, visitor)]).toEqual(texts);
    expect(hasMore(storage, visitor)).toBe(false);
  });

  test("does not drop what waits for a message that is too large by itself", () => {
    const [storage, visitor] = [cookies(), new Visitor()];
    respond(storage, visitor, { add: ["a"] });
    const huge = Array.from({ length: 40 }, (_, i) => big(i)).join("");
    const { unstored } = respond(storage, visitor, { add: ["b", huge, "c"] });
    expect(unstored).toEqual([huge]);
    expect(waiting(storage, visitor)).toEqual(["a", "b", "c"]);
  });

  test("drops the newest where another storage comes next, and says that there is more", () => {
    const [storage, visitor] = [cookies(), new Visitor()];
    const texts = Array.from({ length: 14 }, (_, i) => big(i));
    for (const added of texts.slice(0, 3)) respond(linked(storage), visitor, { add: [added] });
    const { unstored } = respond(linked(storage), visitor, { add: texts.slice(3) });
    expect(unstored.length).toBeGreaterThan(0);
    expect([...waiting(storage, visitor), ...unstored]).toEqual(texts);
    expect(hasMore(storage, visitor)).toBe(true);
  });

  test("in a fallback, keeps all messages in order, some in cookies and some in the session", () => {
    const [storage, visitor] = [fallbackStorage(cookies(), sessionStorage()), new Visitor()];
    const texts = Array.from({ length: 12 }, (_, i) => big(i));
    for (const added of texts) expect(respond(storage, visitor, { add: [added] }).unstored).toEqual([]);
    expect(visitor.session.size).toBe(1);
    expect(size(visitor)).toBeLessThanOrEqual(2048);
    expect(waiting(storage, visitor)).toEqual(texts);
    respond(storage, visitor, { consume: (of) => of === texts[0] || of === texts[11] });
    expect(waiting(storage, visitor)).toEqual(texts.slice(1, 11));
    respond(storage, visitor, { consume: all });
    expect([visitor.session.size, visitor.cookies.size]).toEqual([0, 0]);
  });

  test("in a fallback, the session is not asked any more once what was in it has been displayed", () => {
    const [storage, visitor] = [fallbackStorage(cookies(), sessionStorage()), new Visitor()];
    const texts = Array.from({ length: 12 }, (_, i) => big(i));
    respond(storage, visitor, { add: texts });
    const inCookies = waiting(cookies(), visitor);
    expect(inCookies.length).toBeLessThan(texts.length);
    expect(hasMore(cookies(), visitor)).toBe(true);
    respond(storage, visitor, { consume: (of) => !inCookies.includes(of) });
    expect(visitor.session.size).toBe(0);
    expect(hasMore(cookies(), visitor)).toBe(false);
    expect(waiting(storage, visitor)).toEqual(inCookies);
  });

  test("in a fallback, what two responses at once move from the session into cookies is there once", () => {
    const [storage, visitor] = [fallbackStorage(cookies(), sessionStorage()), new Visitor()];
    const texts = Array.from({ length: 14 }, (_, i) => big(i));
    respond(storage, visitor, { add: texts });
    const first = waiting(cookies(), visitor);
    expect(first.length).toBeLessThan(texts.length);
    const [one, other] = [new Pending(storage, visitor), new Pending(storage, visitor)];
    for (const [exchange, text] of [
      [one, "one"],
      [other, "other"],
    ] as const) {
      exchange.commit({ add: [text], consume: (of) => first.includes(of) });
      exchange.arrive();
    }
    expect([...waiting(storage, visitor)].sort()).toEqual([...texts.slice(first.length), "one", "other"].sort());
  });

  test("in a fallback, the oldest go once the session has ended, as where there is none", () => {
    const [storage, visitor] = [fallbackStorage(cookies(), sessionStorage()), new Visitor()];
    const texts = Array.from({ length: 14 }, (_, i) => big(i));
    const session: Session = {
      hasEnded: true,
      get: () => undefined,
      set: () => {},
      delete: () => {},
      save: () => false,
    };
    const pending = new Pending(storage, visitor, 0, { session });
    pending.commit({ add: texts });
    pending.arrive();
    const shown = waiting(storage, visitor);
    expect(shown).toEqual(texts.slice(-shown.length));
    expect(pending.unstored).toEqual(texts.slice(0, -shown.length));
  });

  test("in a fallback, one message that is too large for a cookie goes to the session", () => {
    const [storage, visitor] = [fallbackStorage(cookies(), sessionStorage()), new Visitor()];
    const huge = noise(1, 5000);
    respond(storage, visitor, { add: ["small"] });
    respond(storage, visitor, { add: [huge] });
    expect(waiting(storage, visitor)).toEqual(["small", huge]);
    respond(storage, visitor, { consume: all });
    expect([visitor.session.size, visitor.cookies.size]).toEqual([0, 0]);
  });
});

describe("a burst of responses at once", () => {
  const adding = (count: number, storages: readonly Storage[], visitor: Visitor, of = (i: number) => `m${i}`) => {
    const pending = Array.from(
      { length: count },
      (_, i) => new Pending(storages[i % storages.length] as Storage, visitor),
    );
    pending.forEach((exchange, i) => void exchange.commit({ add: [of(i)] }));
    for (const exchange of pending) exchange.arrive();
    return pending;
  };
  const big = (i: number) => `${i} ${noise(i, 500)}`;

  /** What each server reports as lost once a request has brought all that it set. */
  function lostBy(storages: readonly Storage[], visitor: Visitor): readonly string[] {
    const pending = storages.map((storage) => new Pending(storage, visitor));
    for (const exchange of pending) exchange.commit({ add: ["later"] });
    for (const exchange of pending) exchange.arrive();
    return pending.flatMap(({ unstored }) => unstored);
  }

  test("of six loses nothing, three times over; then the oldest go, with a warning", () => {
    const [storage, visitor] = [cookies(), new Visitor()];
    const added: string[] = [];
    const unstored: string[] = [];
    for (let round = 0; round < 8; round += 1) {
      const pending = adding(6, [storage], visitor, (i) => `${round}.${i}`);
      added.push(...pending.flatMap((exchange) => exchange.added));
      unstored.push(...pending.flatMap((exchange) => exchange.unstored));
      if (round < 3) expect(unstored).toEqual([]);
      expect([...waiting(storage, visitor), ...unstored].sort()).toEqual([...added].sort());
      expect(size(visitor)).toBeLessThanOrEqual(2048);
    }
  });

  test.each([36, 100])("of %i leaves a bounded number of cookies, which one response deletes", (count) => {
    for (const servers of [1, 2]) {
      const storages = Array.from({ length: servers }, () => cookies());
      const visitor = new Visitor();
      for (let round = 0; round < 5; round += 1) {
        adding(count, storages, visitor);
        expect(visitor.cookies.size).toBeLessThanOrEqual(8 * servers);
        expect(size(visitor)).toBeLessThanOrEqual(2048 * servers);
        if (servers > 1 || round > 0) continue;
        const left = waiting(cookies(), visitor).length;
        expect(lostBy(storages, visitor)).toHaveLength(count - left);
      }
      const { set } = respond(cookies(), visitor, { consume: all });
      expect(set.length).toBeLessThanOrEqual(12);
      respond(cookies(), visitor, { consume: all });
      expect(visitor.cookies.size).toBe(0);
    }
  });

  test("of large messages stays within the limit, and says what is lost", () => {
    const [storage, visitor] = [cookies(), new Visitor()];
    const pending = adding(10, [storage], visitor, big);
    expect(size(visitor)).toBeLessThanOrEqual(2048);
    expect(pending.flatMap((exchange) => exchange.unstored)).toEqual([]);
    const left = waiting(storage, visitor);
    expect([...lostBy([storage], visitor), ...left]).toEqual(Array.from({ length: 10 }, (_, i) => big(i)));
  });

  test("leaves to the session what has no room beside it, and loses nothing", () => {
    const [storage, visitor] = [fallbackStorage(cookies(), sessionStorage()), new Visitor()];
    const texts = Array.from({ length: 3 }, (_, i) => big(i));
    const pending = texts.map(() => new Pending(storage, visitor));
    pending.forEach((exchange, i) => void exchange.commit({ add: [texts[i] ?? ""] }));
    for (const exchange of pending) exchange.arrive();
    expect(visitor.session.size).toBe(1);
    expect(waiting(storage, visitor)).toEqual(texts);
    expect(respond(storage, visitor, { consume: all }).unstored).toEqual([]);
    expect([visitor.session.size, visitor.cookies.size]).toEqual([0, 0]);
  });

  test("drops the oldest, and says so where there is a session as well", () => {
    const [storage, visitor] = [fallbackStorage(cookies(), sessionStorage()), new Visitor()];
    adding(9, [storage], visitor);
    expect(waiting(storage, visitor)).toEqual(["m3", "m4", "m5", "m6", "m7", "m8"]);
    expect(respond(storage, visitor, { consume: all }).unstored).toEqual(["m0", "m1", "m2"]);
    expect([visitor.session.size, visitor.cookies.size]).toEqual([0, 0]);
  });

  test("is over when its cookies have come back, or after a while", () => {
    const [storage, visitor] = [cookies(), new Visitor()];
    adding(6, [storage], visitor);
    respond(storage, visitor, { consume: all });
    for (let i = 0; i < 10; i += 1) {
      expect(respond(storage, visitor, { add: [`${i}`] }).unstored).toEqual([]);
      expect(respond(storage, visitor, { consume: all }).texts).toEqual([`${i}`]);
    }
    const forgetful = new Visitor();
    for (let i = 0; i < 30; i += 1) {
      const pending = new Pending(storage, forgetful);
      pending.commit({ add: ["never arrives"] });
      expect(pending.unstored).toEqual([]);
      vi.setSystemTime(Date.now() + 61_000);
    }
  });

  test("of another visitor who looks the same hinders no fold: one after the other, nothing is lost", () => {
    const storage = cookies();
    const alike = { address: undefined };
    const texts = Array.from({ length: 20 }, (_, i) => `s${i}`);
    for (const size of [1, 1500]) {
      const [first, second] = [new Visitor(), new Visitor()];
      new Pending(storage, first, 0, alike).commit({ add: ["x".repeat(size)] });
      for (const text of texts) {
        const pending = new Pending(storage, second, 0, alike);
        pending.commit({ add: [text] });
        expect(pending.unstored).toEqual([]);
        pending.arrive();
        expect(second.cookies.size).toBeLessThanOrEqual(4);
      }
      expect(waiting(storage, second)).toEqual(texts);
    }
  });

  test("of visitors who look the same costs none of them a message, in any order", () => {
    const step = fc.record({ who: fc.nat(3), add: fc.nat(2), shows: fc.boolean(), pause: fc.constantFrom(0, 1, 900) });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const storage = cookies();
        const visitors = Array.from({ length: 4 }, () => ({ visitor: new Visitor(), model: [] as string[] }));
        let made = 0;
        for (const { who, add, shows, pause } of steps) {
          vi.setSystemTime(Date.now() + pause);
          const one = visitors[who] as (typeof visitors)[number];
          const pending = new Pending(storage, one.visitor, 0, { address: undefined });
          expect(pending.texts).toEqual(one.model);
          const added = Array.from({ length: add }, () => `m${++made}`);
          pending.commit({ add: added, consume: () => shows });
          pending.arrive();
          one.model = [...(shows ? [] : one.model), ...added];
        }
      }),
      { numRuns: 500 },
    );
  });

  test("never writes for one visitor what another one was told, though both look the same", () => {
    const storage = cookies();
    const visitors = Array.from({ length: 40 }, () => new Visitor());
    visitors.forEach((visitor, i) => {
      const pending = new Pending(storage, visitor, 0, { address: undefined });
      pending.commit({ add: [`for ${i}`] });
      expect(pending.unstored).toEqual([]);
      pending.arrive();
    });
    visitors.forEach((visitor, i) => {
      expect(waiting(storage, visitor)).toEqual([`for ${i}`]);
    });
  });
});

describe("what cannot be read back", () => {
  const huge = "x".repeat(1 << 20);

  test.each([undefined, "django"] as const)("is not signed, and takes nothing else with it (compat: %s)", (compat) => {
    const [storage, visitor] = [cookies({ maxSize: 0, compat }), new Visitor()];
    respond(storage, visitor, { add: ["before"] });
    expect(respond(storage, visitor, { add: ["a", huge, "b"] }).unstored).toEqual([huge]);
    expect(waiting(storage, visitor)).toEqual(["before", "a", "b"]);
  });
});

describe("the plain cookie of a Django app", () => {
  const django = () => cookies({ compat: "django" });

  test("is read with ours, in the order of time", () => {
    const [storage, visitor] = [cookies(), new Visitor()];
    respond(storage, visitor, { add: ["first"] });
    vi.setSystemTime(NOON + 2000);
    respond(django(), visitor, { add: ["second"] });
    vi.setSystemTime(NOON + 4000);
    respond(storage, visitor, { add: ["third"] });
    expect(names(visitor)[1]).toBe("messages");
    expect(waiting(storage, visitor)).toEqual(["first", "second", "third"]);
  });

  test("is left as it is until its messages were displayed, and then deleted", () => {
    const [storage, visitor] = [cookies(), new Visitor()];
    respond(django(), visitor, { add: ["a", "b"] });
    const before = visitor.cookies.get("messages");
    respond(storage, visitor, { add: ["c"] });
    expect(visitor.cookies.get("messages")).toBe(before);
    respond(storage, visitor, { consume: (of) => of === "a" });
    expect(waiting(storage, visitor)).toEqual(["b", "c"]);
    expect(waiting(django(), visitor)).toEqual([]);
    respond(storage, visitor, { consume: all });
    expect(visitor.cookies.size).toBe(0);
  });

  test("is folded with ours, in order", () => {
    const [storage, visitor] = [cookies(), new Visitor()];
    respond(django(), visitor, { add: ["a"] });
    vi.setSystemTime(NOON + 1000);
    for (const name of ["b", "c", "d", "e", "f"]) respond(storage, visitor, { add: [name] });
    expect(visitor.cookies.has("messages")).toBe(false);
    expect(waiting(storage, visitor)).toEqual(["a", "b", "c", "d", "e", "f"]);
  });

  test.each([0, 30, -600])(
    "is folded once by two responses at once, its server's clock %i seconds ahead",
    (seconds) => {
      const [storage, visitor] = [cookies(), new Visitor()];
      vi.setSystemTime(NOON + seconds * 1000);
      respond(django(), visitor, { add: ["django"] });
      vi.setSystemTime(NOON);
      for (const name of ["a", "b", "c"]) respond(storage, visitor, { add: [name] });
      const [one, other] = [new Pending(storage, visitor), new Pending(storage, visitor)];
      one.commit({ add: ["x"] });
      vi.setSystemTime(NOON + 5);
      other.commit({ add: ["y"] });
      one.arrive();
      other.arrive();
      expect([...waiting(storage, visitor)].sort()).toEqual(["a", "b", "c", "django", "x", "y"]);
    },
  );

  test.each([0, 30])(
    "is folded once by two requests one after the other that overlap, its clock %i seconds ahead",
    (seconds) => {
      const [storage, visitor] = [cookies(), new Visitor()];
      vi.setSystemTime(NOON + seconds * 1000);
      respond(django(), visitor, { add: ["django"] });
      vi.setSystemTime(NOON);
      for (const name of ["a", "b", "c"]) respond(storage, visitor, { add: [name] });
      const one = new Pending(storage, visitor);
      vi.setSystemTime(NOON + 5);
      const other = new Pending(storage, visitor);
      one.commit({ add: ["x"] });
      other.commit({ add: ["y"] });
      one.arrive();
      other.arrive();
      expect([...waiting(storage, visitor)].sort()).toEqual(["a", "b", "c", "django", "x", "y"]);
    },
  );
});

describe("clocks", () => {
  test("messages that are older than maxAge are none, and their cookie is deleted", () => {
    const [storage, visitor] = [cookies({ maxAge: 60 }), new Visitor()];
    respond(storage, visitor, { add: ["old"] });
    vi.setSystemTime(NOON + 60_000);
    expect(waiting(storage, visitor)).toEqual(["old"]);
    vi.setSystemTime(NOON + 61_000);
    const { texts, set } = respond(storage, visitor, {});
    expect(texts).toEqual([]);
    expect(set).toMatchObject([{ value: "", attributes: { maxAge: 0 } }]);
    expect(visitor.cookies.size).toBe(0);
  });

  test("a day is the longest that messages wait by default", () => {
    const [storage, visitor] = [cookies(), new Visitor()];
    respond(storage, visitor, { add: ["old"] });
    vi.setSystemTime(NOON + 86_400_000);
    expect(waiting(storage, visitor)).toEqual(["old"]);
    vi.setSystemTime(NOON + 86_401_000);
    expect(waiting(storage, visitor)).toEqual([]);
  });

  test("folding does not make messages younger", () => {
    const [storage, visitor] = [cookies({ maxAge: 60 }), new Visitor()];
    respond(storage, visitor, { add: ["old"] });
    vi.setSystemTime(NOON + 50_000);
    for (const added of ["b", "c", "d", "e"]) respond(storage, visitor, { add: [added] });
    expect(waiting(storage, visitor)).toEqual(["old", "b", "c", "d", "e"]);
    vi.setSystemTime(NOON + 70_000);
    expect(waiting(storage, visitor)).toEqual(["b", "c", "d", "e"]);
  });

  test("a stale cookie does not take younger ones with it", () => {
    const [storage, visitor] = [cookies({ maxAge: 60 }), new Visitor()];
    respond(storage, visitor, { add: ["old"] });
    vi.setSystemTime(NOON + 50_000);
    respond(storage, visitor, { add: ["young"] });
    vi.setSystemTime(NOON + 70_000);
    expect(waiting(storage, visitor)).toEqual(["young"]);
    respond(storage, visitor, {});
    expect(visitor.cookies.size).toBe(1);
  });

  test("what is added after a message of a server half a minute ahead shows after it", () => {
    const [ahead, storage, visitor] = [cookies(), cookies(), new Visitor()];
    vi.setSystemTime(NOON + 30_000);
    respond(ahead, visitor, { add: ["first"] });
    vi.setSystemTime(NOON);
    for (const name of ["second", "third", "fourth"]) respond(storage, visitor, { add: [name] });
    vi.setSystemTime(NOON + 30_000);
    respond(ahead, visitor, { add: ["fifth"] });
    expect(waiting(storage, visitor)).toEqual(["first", "second", "third", "fourth", "fifth"]);
  });

  test("a cookie from more than a minute ahead is none, and is deleted", () => {
    const [ahead, storage, visitor] = [cookies(), cookies(), new Visitor()];
    vi.setSystemTime(NOON + 62_000);
    respond(ahead, visitor, { add: ["early"] });
    vi.setSystemTime(NOON);
    expect(respond(storage, visitor, {}).texts).toEqual([]);
    expect(visitor.cookies.size).toBe(0);
  });

  test("a clock that is set back does not change the order", () => {
    const [storage, visitor] = [cookies(), new Visitor()];
    respond(storage, visitor, { add: ["first"] });
    vi.setSystemTime(NOON - 50_000);
    respond(storage, visitor, { add: ["second"] });
    respond(cookies(), visitor, { add: ["third"] });
    expect(waiting(storage, visitor)).toEqual(["first", "second", "third"]);
  });

  test("responses within one millisecond keep their order, on one server and on two", () => {
    const [here, there, visitor] = [cookies(), cookies(), new Visitor()];
    const texts = Array.from({ length: 40 }, (_, i) => `m${i}`);
    texts.forEach((of, i) => void respond(i % 3 ? here : there, visitor, { add: [of] }));
    expect(waiting(here, visitor)).toEqual(texts);
  });

  test("a clock of the year 2085 is as good as any", () => {
    const [storage, visitor] = [cookies(), new Visitor()];
    vi.setSystemTime(Date.UTC(2085, 0, 1));
    const texts = Array.from({ length: 6 }, (_, i) => `m${i}`);
    for (const added of texts) respond(storage, visitor, { add: [added] });
    expect([...waiting(storage, visitor)].sort()).toEqual(texts);
    for (const name of names(visitor)) expect(name).toMatch(/^messages\.[\w-]{4}[0-9a-z]{10}[\w-]{5}$/);
  });
});
