import { mkdtemp } from "node:fs/promises";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import express from "express";
import { messages } from "onceover/express";
import { fileStorage } from "./file-storage.ts";

const app = express();
app.use(messages({ storage: fileStorage(await mkdtemp(join(tmpdir(), "messages-"))) }));

app.get("/", (req, res) => {
  // Printed by hand, as the texts are our own. A template escapes them.
  const items = [...req.messages].map((message) => `<li class="${message.tags}">${message}</li>`);
  res.send(`<ul>${items.join("")}</ul><form method="post"><button>Save</button></form>`);
});

app.post("/", (req, res) => {
  req.messages.success("Saved.");
  res.redirect("/");
});

const server = app.listen(Number(process.env.PORT ?? 3000), "127.0.0.1", () => {
  console.log(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
});
