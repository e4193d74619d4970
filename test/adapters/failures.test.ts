import { EventEmitter, once } from "node:events";
import { request } from "node:http";
import { setTimeout as wait } from "node:timers/promises";
import express, { type Express } from "express";
import session from "express-session";
import { cookieStorage, type Settings, type Storage, sessionStorage } from "onceover";
import { messages } from "onceover/express";
import { describe, expect, test } from "vitest";
import type { Client } from "../client.ts";
import { SECRET, slow } from "../support.ts";
import { errorLog, serverOfEachTest } from "./servers.ts";

const { warnings, onWarning, serve } = serverOfEachTest();

function start(settings: Settings, routes: (app: Express) => void): Promise<Client> {
  const app = express();
  app.use(session({ secret: "s", resave: false, saveUninitialized: false }));
  app.use(messages({ onWarning, ...settings }));
  app.post("/add", (req, res) => {
    req.messages.info("waits");
    res.redirect("/");
  });
  app.get("/", (req, res) => void res.send([...req.messages].join("|")));
  routes(app);
  return serve(app);
}

const storages: Record<string, () => Settings> = {
  cookie: () => ({ storage: cookieStorage({ secret: SECRET }) }),
  session: () => ({ storage: sessionStorage() }),
  fallback: () => ({ secret: SECRET }),
  "a slow session": () => ({ storage: slow(sessionStorage()) }),
};

describe.each(Object.keys(storages))("on %s", (name) => {
  const settings = () => storages[name]?.() as Settings;

  test("a client that hangs up before the headers keeps its messages", async () => {
    const app = new EventEmitter();
    const client = await start(settings(), (routes) => {
      routes.get("/slow", (req, res) => {
        app.emit("asked");
        res.once("close", () => {
          res.send([...req.messages].join("|"));
          app.emit("answered");
        });
      });
    });
    await client.post("/add");
    const sent = request(`${client.origin}/slow`, {
      headers: { cookie: await client.jar.getCookieString(client.origin), accept: "text/html" },
    });
    sent.on("error", () => {});
    const [asked, answered] = [once(app, "asked"), once(app, "answered")];
    sent.end();
    await asked;
    sent.destroy();
    await answered;
    expect((await client.get("/")).body).toBe("waits");
    expect((await client.get("/")).body).toBe("");
  });

  test("a page that answers a form after its body was read, and after some time, displays its messages", async () => {
    const client = await start(settings(), (app) => {
      app.post("/form", express.urlencoded(), async (req, res) => {
        await wait(50);
        req.messages.error(`${(req.body as { name: string }).name}?`);
        res.status(422).send([...req.messages].join("|"));
      });
    });
    const answer = await client.post("/form", { body: new URLSearchParams({ name: "Ada" }) });
    expect(answer).toMatchObject({ status: 422, body: "Ada?" });
    expect((await client.get("/")).body).toBe("");
  });

  test("a handler that throws after iterating keeps them, and shows what it had added", async () => {
    const client = await start(settings(), (app) => {
      app.get("/throw", (req) => {
        req.messages.error("added");
        expect([...req.messages]).toHaveLength(2);
        throw Object.assign(new Error("broken"), { code: "E" });
      });
    });
    await client.post("/add");
    expect(await client.get("/throw")).toMatchObject({ status: 500, body: "E: broken" });
    expect((await client.get("/")).body).toBe("waits|added");
  });

  test("what is iterated after the headers have gone out is kept, and a warning says so", async () => {
    const client = await start(settings(), (app) => {
      app.get("/stream", async (req, res) => {
        res.write("<");
        await wait(5);
        res.end(`${[...req.messages].join("|")}>`);
      });
      app.get("/early-and-late", async (req, res) => {
        res.write(`<${req.messages.length}:`);
        await wait(60);
        res.end(`${[...req.messages].join("|")}>`);
      });
    });
    await client.post("/add");
    for (const [path, body] of [
      ["/stream", "<waits>"],
      ["/early-and-late", "<1:waits>"],
    ] as const) {
      warnings.length = 0;
      expect((await client.get(path)).body).toBe(body);
      expect(warnings.map(({ code }) => code)).toEqual(["too-late"]);
    }
    expect((await client.get("/")).body).toBe("waits");
  });

  test("what was shown already, and is read once more after the headers have gone out, needs no warning", async () => {
    const client = await start(settings(), (app) => {
      app.get("/twice", async (req, res) => {
        res.write(`<${[...req.messages].join("|")}:`);
        await wait(60);
        res.end(`${[...req.messages].join("|")}>`);
      });
      app.get("/late", async (req, res) => {
        res.write("<");
        await wait(60);
        res.end(`${[...req.messages].join("|")}>`);
      });
    });
    await client.post("/add");
    expect((await client.get("/twice")).body).toBe("<waits:waits>");
    expect((await client.get("/late")).body).toBe("<>");
    expect(warnings).toEqual([]);
  });

  test("what is added after the headers have gone out is lost, and a warning says so", async () => {
    const client = await start(settings(), (app) => {
      app.get("/late", (req, res) => {
        res.send("sent");
        req.messages.info("too late");
      });
    });
    await client.get("/late");
    expect(warnings.map(({ code, message }) => `${code}: ${message}`)).toEqual([
      expect.stringMatching(/^too-late: .* added after .* lost/),
    ]);
    expect((await client.get("/")).body).toBe("");
  });
});

describe("an asynchronous storage", () => {
  const asynchronous = () => ({ storage: slow(cookieStorage({ secret: SECRET })) });
  const json = { accept: "application/json" };

  test("is there at once where a page is asked for, by a browser or by HTMX", async () => {
    const client = await start(asynchronous(), () => {});
    await client.post("/add");
    expect((await client.get("/", { accept: "*/*", "hx-request": "true" })).body).toBe("waits");
    await client.post("/add");
    expect((await client.get("/", { accept: "text/html,*/*;q=0.8" })).body).toBe("waits");
  });

  test("must be loaded elsewhere: reading before that is an error that says how", async () => {
    const client = await start(asynchronous(), (app) => {
      app.get("/loaded", async (req, res) => {
        await req.messages.load();
        res.json(req.messages);
      });
    });
    await client.post("/add", { headers: json });
    expect(await client.get("/", json)).toMatchObject({
      status: 500,
      body: expect.stringMatching(/^not-loaded: .*await messages\.load\(\)/),
    });
    expect(JSON.parse((await client.get("/loaded", json)).body)).toMatchObject([{ message: "waits" }]);
    expect((await client.get("/")).body).toBe("");
  });

  test("with debug, what could not be stored makes the response a 500, and the log says why", async () => {
    const storage: Storage = {
      open: async () => ({ messages: [], commit: async ({ added }) => added }),
    };
    const client = await start({ storage, debug: true }, () => {});
    const errors = errorLog();
    expect(await client.post("/add")).toMatchObject({ status: 500, body: "Internal Server Error" });
    expect(errors).toMatchObject([{ code: "not-stored" }]);
  });
});

describe("a storage that fails", () => {
  const broken = (method: "open" | "commit"): Storage => ({
    open: async () => {
      if (method === "open") throw new Error("connection refused");
      return { messages: [], commit: () => Promise.reject(new Error("connection refused")) };
    },
  });

  test.each(["open", "commit"] as const)("in %s does not take the page with it: a warning tells", async (method) => {
    const client = await start({ storage: broken(method) }, () => {});
    expect(await client.post("/add")).toMatchObject({ status: 302 });
    expect(await client.get("/")).toMatchObject({ status: 200, body: "" });
    expect(warnings.length).toBeGreaterThan(0);
    for (const warning of warnings) {
      expect(warning).toMatchObject({ code: "storage-failed", cause: new Error("connection refused") });
    }
  });

  test("fails loudly with debug", async () => {
    const client = await start({ storage: broken("open"), debug: true }, () => {});
    expect(await client.get("/")).toMatchObject({
      status: 500,
      body: expect.stringMatching(/^storage-failed: .*Why is the `cause` of this error\.$/),
    });
  });
});

describe("lazy texts", () => {
  test("are asked for once, when the response goes out; an empty one is no message, a broken one is a warning", async () => {
    let asked = 0;
    const lazy = (text: () => string) => ({ toString: text });
    const client = await start({ secret: SECRET }, (app) => {
      app.post("/lazy", (req, res) => {
        req.messages.info(
          lazy(() => {
            asked += 1;
            return `asked ${asked}`;
          }),
        );
        req.messages.info(lazy(() => ""));
        req.messages.info(
          lazy(() => {
            throw new Error("no translation");
          }),
        );
        expect(asked).toBe(0);
        res.redirect("/");
      });
    });
    await client.post("/lazy");
    expect(asked).toBe(1);
    expect((await client.get("/")).body).toBe("asked 1");
    expect(warnings.map(({ code }) => code)).toEqual(["invalid-text"]);
  });
});
