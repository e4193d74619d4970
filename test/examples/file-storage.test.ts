import { mkdtempSync, readdirSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import express from "express";
import { INFO, Message } from "onceover";
import { messages } from "onceover/express";
import { storageContract, Visitor } from "onceover/testing";
import { describe, expect, test } from "vitest";
import { fileStorage } from "../../examples/file-storage/file-storage.ts";
import { listen } from "../adapters/servers.ts";
import { Client } from "../client.ts";

const folder = () => mkdtempSync(join(tmpdir(), "onceover-"));

describe("the file storage of the docs", () => {
  for (const { name, run } of storageContract({ create: () => fileStorage(folder()) })) test(name, run);

  test("takes no path from a visitor, and drops what it cannot read", async () => {
    const [root, elsewhere] = [folder(), folder()];
    writeFileSync(join(elsewhere, "0.json"), JSON.stringify(new Message(INFO, "not yours")));
    const visitor = new Visitor();
    visitor.cookies.set("visitor", `../${basename(elsewhere)}`);
    const waiting = await fileStorage(root).open(visitor.exchange());
    expect(waiting.messages).toEqual([]);
    await waiting.commit({ kept: [], added: [new Message(INFO, "mine")], consumed: [] });
    expect(readdirSync(elsewhere)).toEqual(["0.json"]);
    expect(readdirSync(root)).toEqual([visitor.cookies.get("visitor")]);
  });

  test("works behind Express, where it is opened before the handler of a page", async () => {
    const root = folder();
    const app = express();
    app.use(messages({ storage: fileStorage(root) }));
    app.get("/", (req, res) => void res.send([...req.messages].join("|")));
    app.post("/", (req, res) => {
      req.messages.success("Saved.");
      res.redirect("/");
    });
    const server = await listen(app);
    try {
      const client = new Client(server.origin);
      await client.post("/");
      const [visitor = ""] = readdirSync(root);
      writeFileSync(join(root, visitor, "0-broken.json"), "{");
      await client.post("/");
      expect((await client.get("/")).body).toBe("Saved.|Saved.");
      expect((await client.get("/")).body).toBe("");
    } finally {
      await server.close();
    }
  });
});
