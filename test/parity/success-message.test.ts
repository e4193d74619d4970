import type { Request as ExpressRequest } from "express";
import { withSuccessMessage } from "onceover";
import { describe, expect, test } from "vitest";
import type { Client } from "../client.ts";
import { makeApp, serve } from "./app.ts";

interface Author {
  readonly name: string;
  readonly slug: string;
}

describe("a success message", () => {
  test("is formatted with what the form saved", async () => {
    const client = await authorPages();
    const redirect = await client.post("/add", { body: form({ name: "John Doe", slug: "success-msg" }) });
    expect(redirect.status).toBe(302);
    expect((await client.follow(redirect)).body).toBe("success: John Doe was created successfully");
  });

  test("is not added where the form failed", async () => {
    const client = await authorPages();
    const failed = await client.post("/add", { body: form({ name: "", slug: "success-msg" }) });
    expect(failed.status).toBe(422);
    expect((await client.get("/show")).body).toBe("");
  });

  test("follows a deletion", async () => {
    const client = await authorPages();
    const redirect = await client.post("/delete/1");
    expect((await client.follow(redirect)).body).toBe("success: Object was deleted successfully");
  });
});

const createAuthor = withSuccessMessage("%(name)s was created successfully", async (req: ExpressRequest) => {
  const { name, slug } = req.body as Author;
  return name && slug ? { name, slug } : undefined;
});

const deleteAuthor = withSuccessMessage("Object was deleted successfully", (req: ExpressRequest) => req.params);

/** Pages that create and delete an author, and one that shows the messages. */
function authorPages(): Promise<Client> {
  const app = makeApp({});
  app.post("/add", async (req, res) => {
    if (await createAuthor(req)) res.redirect("/show");
    else res.status(422).send("Please correct the form.");
  });
  app.post("/delete/:id", (req, res) => {
    deleteAuthor(req);
    res.redirect("/show");
  });
  app.get("/show", (req, res) => {
    res.send([...req.messages].map((message) => `${message.tags}: ${message}`).join("\n"));
  });
  return serve(app);
}

function form(author: Author): URLSearchParams {
  return new URLSearchParams({ ...author });
}
