import { cookieStorage, fallbackStorage, type Message, type Storage, sessionStorage } from "onceover";
import { storageContract } from "onceover/testing";
import { describe, test } from "vitest";
import type { Link } from "../../src/storage/chain.ts";
import { SECRET, slow } from "../support.ts";

const cookies = (options: { name?: string; maxSize?: number } = {}) => cookieStorage({ secret: SECRET, ...options });
const djangoCookie = () => cookieStorage({ secret: SECRET, compat: "django" });

const storages: Record<string, { create: () => Storage; parallel?: boolean; data?: boolean }> = {
  cookie: { create: () => cookies() },
  "cookie as Django's": { create: djangoCookie, parallel: false, data: false },
  session: { create: sessionStorage, parallel: false },
  fallback: { create: () => fallbackStorage(cookies(), sessionStorage()) },
  "fallback as Django's": {
    create: () => fallbackStorage(djangoCookie(), sessionStorage()),
    parallel: false,
    data: false,
  },
  "fallback, first storage slow": { create: () => fallbackStorage(slowLink(cookies()), sessionStorage()) },
  "fallback, second storage slow": { create: () => fallbackStorage(cookies(), slow(sessionStorage())) },
  "fallback, first storage custom": { create: () => fallbackStorage(roomFor(12), sessionStorage()), parallel: false },
  "fallback of a fallback": {
    create: () =>
      fallbackStorage(
        fallbackStorage(cookies({ name: "one", maxSize: 1000 }), cookies({ name: "two", maxSize: 1000 })),
        sessionStorage(),
      ),
  },
};

for (const [name, options] of Object.entries(storages)) {
  describe(`storage contract: ${name}`, () => {
    for (const { name, run } of storageContract(options)) test(name, run);
  });
}

/** A storage that takes 20 ms to open and to write, also as the first of a chain. */
function slowLink(storage: Storage): Link {
  const later = () => new Promise((resolve) => setTimeout(resolve, 20));
  return {
    ...slow(storage),
    openLinked: async (exchange, hasNext) => {
      await later();
      const waiting = await (storage as Link).openLinked(exchange, hasNext);
      return { ...waiting, commit: (changes) => later().then(() => waiting.commit(changes)) };
    },
  };
}

/** A storage that knows nothing of chains, and has room for so many messages of each visitor. */
function roomFor(count: number): Storage {
  const visitors = new Map<string, readonly Message[]>();
  return {
    synchronous: true,
    open(exchange) {
      const visitor = exchange.cookie("visitor") ?? `${visitors.size}`;
      return {
        messages: visitors.get(visitor) ?? [],
        commit({ kept, added }) {
          const attributes = { path: "/", secure: false, httpOnly: true, sameSite: "lax" } as const;
          if (!visitors.has(visitor)) exchange.setCookie({ name: "visitor", value: visitor, attributes });
          const all = [...kept, ...added];
          visitors.set(visitor, all.slice(0, count));
          return all.slice(count);
        },
      };
    },
  };
}
