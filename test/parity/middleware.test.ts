import { describe, expect, test } from "vitest";
import { makeApp, serve } from "./app.ts";

describe("the middleware", () => {
  test("leaves alone a response whose request never touched its messages", async () => {
    const bare = await headersOf(undefined);
    const withMessages = await headersOf({});
    expect(withMessages).toEqual(bare);
  });
});

/** The names of the headers of a page that has nothing to do with messages. */
async function headersOf(settings: object | undefined): Promise<string[]> {
  const app = makeApp(settings);
  app.get("/", (_req, res) => {
    res.send("a page");
  });
  const client = await serve(app);
  return Object.keys((await client.get("/")).headers);
}
