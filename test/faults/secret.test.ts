import { spawnSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import express from "express";
import { cookieStorage, defineMessages, MessagesError, type Settings } from "onceover";
import { messages as astro } from "onceover/astro";
import { messages as elysia } from "onceover/elysia";
import { messages as onExpress } from "onceover/express";
import { messages as onFastify } from "onceover/fastify";
import { messages as onFetch } from "onceover/fetch";
import { messages as onH3 } from "onceover/h3";
import { messages as onHono } from "onceover/hono";
import { messages as onKoa } from "onceover/koa";
import { MessagesModule } from "onceover/nest";
import { messages as next } from "onceover/next";
import { messages as onNode } from "onceover/node";
import { messages as nuxt } from "onceover/nuxt";
import { messages as reactRouter } from "onceover/react-router";
import { messages as svelteKit } from "onceover/sveltekit";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import type { ContractServer } from "../adapters/contract.ts";
import { listen } from "../adapters/servers.ts";
import { Client } from "../client.ts";

// A secret that anybody can read signs nothing, and a missing one is noticed before an attacker does.

const MADE = Symbol.for("onceover.secret");
const made = () => Reflect.get(globalThis, MADE) as string | undefined;

let server: ContractServer | undefined;
beforeEach(() => void Reflect.deleteProperty(globalThis, MADE));
afterEach(async () => {
  await server?.close();
  server = undefined;
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
});

const ADAPTERS: Readonly<Record<string, (settings?: Settings) => unknown>> = {
  "defineMessages()": defineMessages,
  Astro: astro,
  Elysia: elysia,
  Express: onExpress,
  Fastify: onFastify,
  "a fetch handler": onFetch,
  h3: onH3,
  Hono: onHono,
  Koa: onKoa,
  NestJS: (settings) => MessagesModule.forRoot(settings),
  "Next.js": next,
  "node:http": onNode,
  Nuxt: nuxt,
  "React Router": reactRouter,
  SvelteKit: svelteKit,
};

describe.each(Object.entries(ADAPTERS))("without a secret, %s", (_, mount) => {
  test.each([[], [{}], [{ secret: undefined }], [{ storage: "cookie" } as const]])(
    "refuses to start in production, and says how to make one: %o",
    (...settings) => {
      vi.stubEnv("NODE_ENV", "production");
      const start = () => mount(...settings);
      expect(start).toThrow(MessagesError);
      expect(start).toThrow(
        "Setting `secret` must be a text of at least 32 characters that only the server knows; got undefined. Make one with " +
          "`node -e \"console.log(require('crypto').randomBytes(32).toString('base64url'))\"`, put it into an environment " +
          "variable, and write `messages({ secret: process.env.SECRET })`.",
      );
      expect(made()).toBeUndefined();
    },
  );

  test("starts in development", () => {
    vi.stubEnv("NODE_ENV", "development");
    vi.spyOn(console, "warn").mockImplementation(() => {});
    expect(() => mount()).not.toThrow();
    expect(made()).toMatch(/^[\w-]{43}$/);
  });
});

test.each([[undefined], ["development"], [""]])(
  "with NODE_ENV %o, messages() makes a secret for the process, says so once, and works",
  async (env) => {
    vi.stubEnv("NODE_ENV", env);
    const warn = vi.spyOn(console, "warn").mockImplementation(() => {});
    const app = express();
    app.use(onExpress());
    app.post("/", (req, res) => {
      req.messages.success("Saved.");
      res.redirect("/");
    });
    app.get("/", (req, res) => void res.send([...req.messages].join()));
    server = await listen(app);
    const client = new Client(server.origin);
    await client.post("/");
    expect((await client.get("/")).body).toBe("Saved.");
    onKoa();
    expect(warn.mock.calls).toEqual([
      [
        expect.stringMatching(
          /^Onceover: no `secret` is set, so messages do not outlive this process\. Make one with /,
        ),
      ],
    ]);
    expect(warn.mock.calls.join()).not.toContain(made());
  },
);

test("a development server that loads the package again finds the same secret", async () => {
  vi.stubEnv("NODE_ENV", "development");
  const warn = vi.spyOn(console, "warn").mockImplementation(() => {});
  defineMessages();
  const first = made();
  vi.resetModules();
  const again = await import("onceover");
  expect(again.defineMessages).not.toBe(defineMessages);
  again.defineMessages();
  expect(made()).toBe(first);
  expect(warn).toHaveBeenCalledOnce();
});

test("tests are not told", () => {
  vi.stubEnv("NODE_ENV", "test");
  const warn = vi.spyOn(console, "warn");
  defineMessages();
  expect(warn).not.toHaveBeenCalled();
});

test("while Next.js builds, a secret may be missing: it is needed where the app starts", () => {
  vi.stubEnv("NODE_ENV", "production");
  vi.stubEnv("NEXT_PHASE", "phase-production-build");
  expect(() => next()).not.toThrow();
  vi.stubEnv("NEXT_PHASE", "phase-production-server");
  expect(() => next()).toThrow("Setting `secret`");
});

test("cookieStorage() does the same on its own", () => {
  vi.stubEnv("NODE_ENV", "production");
  expect(() => cookieStorage({ maxAge: 60 })).toThrow(/got undefined\. Make one with /);
  expect(() => cookieStorage({ secret: "a long random text that only the server knows" })).toThrow("Setting `secret`");
  vi.stubEnv("NODE_ENV", "test");
  expect(() => cookieStorage()).not.toThrow();
});

test("a storage that signs nothing needs none", () => {
  vi.stubEnv("NODE_ENV", "production");
  expect(() => defineMessages({ storage: "session" })).not.toThrow();
  expect(() => defineMessages({ storage: { open: () => ({ messages: [], commit: () => [] }) } })).not.toThrow();
});

test.each([
  "a long random text that only the server knows",
  "for development only: at least 32 characters",
  "change-me-change-me-change-me-change-me",
  "your-secret-your-secret-your-secret-your",
])("a placeholder signs nowhere: %s", (secret) => {
  for (const env of ["production", "development", "test"]) {
    vi.stubEnv("NODE_ENV", env);
    for (const given of [secret, [secret], ["x".repeat(40), secret]]) {
      expect(() => defineMessages({ secret: given })).toThrow(
        /^Setting `secret` must be .* that only the server knows; got one that stands in documents\. Make one with /,
      );
    }
  }
});

const root = join(import.meta.dirname, "../..");
const files = (folder: string) =>
  readdirSync(join(root, folder), { recursive: true, encoding: "utf8" })
    .filter(
      (name) => !/node_modules|package-lock/.test(name) && /\.(md|m?[jt]sx?|vue|svelte|astro|json|capnp)$/.test(name),
    )
    .map((name) => join(folder, name));

/** A literal in the place of a secret, also behind a variable of the environment. */
const LITERAL =
  /\b(?:secrets?|password|encryptionKey|app\.keys)\b["']?\s*[:=]\s*\[?\s*(?:.* \?\? )?["'`][^"'`${]{8,}["'`]/;

test("no document and no example has a secret that could sign", () => {
  const isExample = (file: string, line: string) => !file.startsWith("src") || /^\s*\*/.test(line);
  const offending = ["README.md", "SECURITY.md", ...files("docs"), ...files("examples"), ...files("src")].flatMap(
    (file) =>
      readFileSync(join(root, file), "utf8")
        .split("\n")
        .filter(
          (line) => isExample(file, line) && (LITERAL.test(line) || /for development only|long random text/.test(line)),
        )
        .map((line) => `${file}: ${line}`),
  );
  expect(offending).toEqual([]);
});

test("an example refuses to start in production without a secret", () => {
  const { SECRET: _, ...env } = process.env;
  const { status, stderr } = spawnSync(process.execPath, ["--import", "tsx", "examples/koa/server.ts"], {
    cwd: root,
    env: { ...env, NODE_ENV: "production", PORT: "0", TSX_TSCONFIG_PATH: "examples/tsconfig.json" },
    encoding: "utf8",
    timeout: 25_000,
  });
  expect(status).toBe(1);
  expect(stderr).toContain("Setting `secret` must be");
});
