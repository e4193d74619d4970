import { randomBytes } from "node:crypto";
import express from "express";
import session from "express-session";
import type { MessagesError, Settings } from "onceover";
import { messages } from "onceover/express";
import { hxTrigger } from "onceover/htmx";
import { describe, expect, test } from "vitest";
import type { ContractServer } from "../adapters/contract.ts";
import { listen } from "../adapters/servers.ts";
import { type Answer, Client } from "../client.ts";
import { SECRET } from "../support.ts";
import { type CachingProxy, isMissing, nginxWith, startProxy } from "./caching-proxies.ts";

/** nginx with its default limits, in front of one server or of several in turn. */
const nginx = (origins: readonly string[]): CachingProxy =>
  nginxWith(
    (_folder, port) => `
      upstream servers { ${origins.map((origin) => `server ${new URL(origin).host};`).join(" ")} }
      server {
        listen 127.0.0.1:${port};
        location / { proxy_pass http://servers; }
      }`,
  );

/** About as much as the headers of helmet. */
const HELMET = `default-src 'self'; img-src 'self' data:; ${"x".repeat(900)}`;

/** A server of its own: it knows nothing of what the other ones do. */
function server(settings: Partial<Settings>, warnings: MessagesError[], withSession: boolean): Promise<ContractServer> {
  const app = express();
  app.use((_req, res, next) => {
    res.setHeader("Content-Security-Policy", HELMET);
    next();
  });
  if (withSession) app.use(session({ secret: SECRET, resave: false, saveUninitialized: false }));
  app.use(messages({ secret: SECRET, ...settings, onWarning: (warning) => void warnings.push(warning) }));
  app.post("/add", (req, res) => {
    req.messages.info(`Added ${req.query.text} to your cart.`);
    // All requests of a burst are in the server before the first one answers.
    setTimeout(() => res.redirect(303, "/"), Number(req.query.wait ?? 30));
  });
  app.get("/", (req, res) => void res.send([...req.messages].join("|")));
  app.get("/part", (req, res) => {
    for (let i = 0; i < 60; i += 1) req.messages.info(`Message number ${i} of this answer to HTMX.`);
    res.send("a part of a page");
  });
  return listen(app);
}

interface Visit {
  readonly client: Client;
  readonly warnings: readonly MessagesError[];
}

async function behindNginx(
  { servers, withSession = false }: { readonly servers: number; readonly withSession?: boolean },
  settings: Partial<Settings>,
  visit: (visit: Visit) => Promise<void>,
): Promise<void> {
  const warnings: MessagesError[] = [];
  const started = await Promise.all(Array.from({ length: servers }, () => server(settings, warnings, withSession)));
  const proxy = await startProxy(nginx(started.map(({ origin }) => origin)), "");
  try {
    await visit({ client: new Client(proxy.origin), warnings });
  } finally {
    await proxy.close();
    for (const { close } of started) await close();
  }
}

const burst = (client: Client, count: number, round = 0) =>
  Promise.all(Array.from({ length: count }, (_, i) => client.post(`/add?text=${round}.${String(i).padStart(3, "0")}`)));

const shownIn = ({ body }: Answer) => (body === "" ? [] : body.split("|"));

/** Everything that a page says, over as many pages as it takes. */
async function readAll(client: Client): Promise<string[]> {
  const texts: string[] = [];
  for (let page = 0; page < 10; page += 1) {
    const answer = await client.get("/");
    expect(answer.status).toBe(200);
    if (shownIn(answer).length === 0) return texts;
    texts.push(...shownIn(answer));
  }
  throw new Error(`It goes on and on: ${texts}`);
}

describe.skipIf(isMissing(nginx([])))("behind nginx with its default limits", () => {
  for (const servers of [1, 2]) {
    for (const count of [6, 36, 100]) {
      test(`bursts of ${count} adds at once are all answered, on ${servers} server(s), five times over`, async () => {
        await behindNginx({ servers }, { storage: "cookie" }, async ({ client, warnings }) => {
          for (let round = 0; round < 5; round += 1) {
            const answers = await burst(client, count, round);
            expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 303));
            const lines = Math.max(...answers.map(({ headers }) => headers["set-cookie"]?.length ?? 0));
            expect(lines).toBeLessThanOrEqual(16);
            const cookie = await client.jar.getCookieString(client.origin);
            expect(cookie.length).toBeLessThanOrEqual(2048 * servers + 200);
          }
          const texts = await readAll(client);
          expect(texts.length).toBeGreaterThanOrEqual(Math.min(count, 6));
          expect(new Set(texts).size).toBe(texts.length);
          if (count > 6) expect(warnings.map(({ code }) => code)).toContain("not-stored");
          // Then everything is as it was.
          await client.post("/add?text=later");
          expect(await readAll(client)).toEqual(["Added later to your cart."]);
          expect(await client.cookies()).toEqual({});
        });
      });
    }

    test(`six adds at once lose nothing, on ${servers} server(s), each time that they are shown`, async () => {
      await behindNginx({ servers }, { storage: "cookie" }, async ({ client, warnings }) => {
        for (let round = 0; round < 10; round += 1) {
          await burst(client, 6, round);
          expect((await readAll(client)).sort()).toEqual(
            Array.from({ length: 6 }, (_, i) => `Added ${round}.00${i} to your cart.`),
          );
        }
        // A server does not know that another one has shown what it wrote a moment ago.
        if (servers === 1) expect(warnings).toEqual([]);
      });
    });
  }

  test("36 adds at once leave the newest, and say what is lost, also where there is a session", async () => {
    await behindNginx({ servers: 1, withSession: true }, {}, async ({ client, warnings }) => {
      await client.post("/add?text=first");
      await readAll(client);
      for (let round = 0; round < 3; round += 1) {
        const answers = await burst(client, 36, round);
        expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 303));
      }
      const texts = await readAll(client);
      expect(texts.length).toBeGreaterThanOrEqual(6);
      expect(warnings.map(({ code }) => code)).toContain("not-stored");
    });
  });

  test("a burst is bounded, however long the answers take", async () => {
    await behindNginx({ servers: 1 }, { storage: "cookie" }, async ({ client }) => {
      await Promise.all(Array.from({ length: 12 }, (_, i) => client.post(`/add?text=${i}&wait=${i * 400}`)));
      expect(Object.keys(await client.cookies())).toHaveLength(6);
      expect(await readAll(client)).toHaveLength(6);
    });
  });

  test("a burst is bounded, also where another cookie changes with each request", async () => {
    await behindNginx({ servers: 1 }, { storage: "cookie" }, async ({ client }) => {
      let sent = 0;
      const upload = async () => {
        while (sent < 40) {
          sent += 1;
          await client.jar.setCookie(`rolling=${sent}; Path=/`, client.origin);
          const text = randomBytes(100).toString("hex");
          expect((await client.post(`/add?text=${text}&wait=${100 + ((sent * 37) % 200)}`)).status).toBe(303);
          expect((await client.jar.getCookieString(client.origin)).length).toBeLessThanOrEqual(4096);
        }
      };
      await Promise.all(Array.from({ length: 6 }, upload));
      expect((await readAll(client)).length).toBeGreaterThan(4);
    });
  });

  test("tabs that post at once lose nothing to others with the same browser and cookies", async () => {
    await behindNginx({ servers: 1, withSession: true }, {}, async ({ client: { origin } }) => {
      const like = async () => {
        const one = new Client(origin, "", "the same browser");
        await one.jar.setCookie("theme=dark; Path=/", origin);
        return one;
      };
      for (let i = 0; i < 6; i += 1) await (await like()).post("/add?text=other");
      const client = await like();
      await burst(client, 3);
      expect((await readAll(client)).sort()).toEqual([0, 1, 2].map((i) => `Added 0.00${i} to your cart.`));
    });
  });

  test("60 messages in one answer to HTMX add less than 3 KB of headers", async () => {
    await behindNginx({ servers: 1 }, { storage: "cookie", outlet: hxTrigger() }, async ({ client }) => {
      for (let time = 0; time < 3; time += 1) {
        const { status, rawHeaders } = await client.get("/part", { "hx-request": "true" });
        expect(status).toBe(200);
        const ours = rawHeaders.flatMap((name, i) =>
          i % 2 === 0 && /^(hx-trigger|set-cookie|vary|cache-control)$/i.test(name)
            ? `${name}: ${rawHeaders[i + 1]}\r\n`
            : [],
        );
        expect(ours.join("").length).toBeLessThan(3072);
      }
    });
  });

  test("forged cookies that look like messages lock nobody out", async () => {
    await behindNginx({ servers: 1 }, { storage: "cookie" }, async ({ client }) => {
      await client.post("/add?text=one");
      const [name = ""] = Object.keys(await client.cookies());
      for (let i = 0; i < 36; i += 1) {
        await client.jar.setCookie(`messages.x${i}=x; Path=/`, client.origin);
        await client.jar.setCookie(`${name.slice(0, -5)}aaa${String(i).padStart(2, "0")}=x; Path=/`, client.origin);
      }
      for (let page = 0; page < 5; page += 1) {
        const answer = await client.get("/");
        expect(answer.status).toBe(200);
        expect(answer.headers["set-cookie"]?.length ?? 0).toBeLessThanOrEqual(16);
      }
    });
  });
});
