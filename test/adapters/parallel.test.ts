import express from "express";
import { messages } from "onceover/express";
import { afterAll, beforeAll, expect, test } from "vitest";
import { Client } from "../client.ts";
import { SECRET } from "../support.ts";
import type { ContractServer } from "./contract.ts";
import { listen } from "./servers.ts";

let server: ContractServer;

beforeAll(async () => {
  const app = express();
  app.use(messages({ secret: SECRET }));
  app.post("/add", (req, res) => {
    req.messages.info(String(req.query.text));
    // Both requests are in the server before either answers.
    setTimeout(() => res.redirect("/"), 2);
  });
  app.get("/", (req, res) => void res.send([...req.messages].join("|")));
  server = await listen(app);
});
afterAll(() => server.close());

test("1,000 pairs of overlapping adds from one jar: nothing is lost, nothing is shown twice", async () => {
  const client = new Client(server.origin);
  const lost: string[] = [];
  for (let pair = 0; pair < 1000; pair += 1) {
    const texts = [`${pair}a`, `${pair}b`];
    await Promise.all(texts.map((text) => client.post(`/add?text=${text}`)));
    const shown = (await client.get("/")).body.split("|").sort();
    if (shown.join() !== texts.join()) lost.push(`${texts} became ${shown}`);
  }
  expect(lost).toEqual([]);
});

test("overlapping adds that are not shown in between are folded, and nothing is lost or shown twice", async () => {
  for (let round = 0; round < 50; round += 1) {
    const client = new Client(server.origin);
    const texts = Array.from({ length: 16 }, (_, index) => `m${String(index).padStart(2, "0")}`);
    for (let start = 0; start < texts.length; start += 4) {
      await Promise.all(texts.slice(start, start + 4).map((text) => client.post(`/add?text=${text}`)));
    }
    expect((await client.get("/")).body.split("|").sort()).toEqual(texts);
    expect((await client.get("/")).body).toBe("");
  }
});

test("messages that are added one after the other, however fast, are shown in that order", async () => {
  const client = new Client(server.origin);
  const texts = Array.from({ length: 20 }, (_, index) => `m${index}`);
  for (const text of texts) await client.post(`/add?text=${text}`);
  expect((await client.get("/")).body.split("|")).toEqual(texts);
});
