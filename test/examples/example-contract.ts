import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { ContractServer } from "../adapters/contract.ts";
import { Client } from "../client.ts";

/**
 * What every framework's example does, over real HTTP and as a browser without JavaScript would: a form for a name at `/`,
 * which is posted to wherever its `action` says; another page at `/about`. Both show messages, as
 * `<p class="…tags" role="status">` or, from warnings on, `role="alert"`.
 */
export function exampleContract(name: string, start: () => Promise<ContractServer>): void {
  describe(`the example of ${name}`, () => {
    let server: ContractServer;
    let client: Client;

    beforeAll(async () => {
      server = await start();
    }, 60_000);
    afterAll(() => server?.close());
    beforeEach(() => {
      client = new Client(server.origin);
    });

    const post = async (name: string) => {
      const { body } = await client.get("/");
      return client.post(formAction(body), { body: new URLSearchParams({ name }), headers: { origin: client.origin } });
    };
    const shown = async (path: string) => messagesIn((await client.get(path)).body);

    test("has nothing to say at first", async () => {
      expect(await shown("/")).toEqual([]);
      expect(await shown("/about")).toEqual([]);
    });

    test("says once that the form was saved, on the page after the redirect", async () => {
      const answer = await post("Ada");
      expect([302, 303]).toContain(answer.status);
      expect(messagesIn((await client.follow(answer)).body)).toEqual(["success status: Saved, Ada."]);
      expect(await shown("/")).toEqual([]);
    });

    test("says it on whichever page comes first", async () => {
      await post("Ada");
      expect(await shown("/about")).toEqual(["success status: Saved, Ada."]);
      expect(await shown("/")).toEqual([]);
    });

    test("shows what was wrong with the form on the page with the form", async () => {
      const { status, body } = await post("");
      expect(status).toBe(422);
      expect(messagesIn(body)).toEqual(["error alert: A name is needed."]);
      expect(formAction(body)).not.toBe("");
      expect(await shown("/")).toEqual([]);
    });

    test("escapes what the visitor typed", async () => {
      await post('<img src=x onerror="alert(1)">');
      const { body } = await client.get("/");
      expect(body).not.toContain("<img src=x");
      expect(body).toMatch(/Saved, &lt;img src=x onerror=(&quot;|&#34;|")alert/);
    });

    test("keeps the order of two that were posted at once, and loses neither", async () => {
      await Promise.all([post("Ada"), post("Grace")]);
      expect((await shown("/")).toSorted()).toEqual(["success status: Saved, Ada.", "success status: Saved, Grace."]);
      expect(await shown("/")).toEqual([]);
    });

    test("keeps them from a prefetch", async () => {
      await post("Ada");
      expect(messagesIn((await client.get("/about", { "sec-purpose": "prefetch" })).body)).toEqual([]);
      expect(await shown("/about")).toEqual(["success status: Saved, Ada."]);
    });
  });
}

/** Where the page's form is posted to. */
function formAction(html: string): string {
  const [form = ""] = /<form[^>]*method="?post[^>]*>/i.exec(html) ?? [];
  if (form === "") return "";
  return /action="?([^"\s>]*)/.exec(form)?.[1]?.replaceAll("&amp;", "&") || "/";
}

/** The messages of a page: their tags, role and text. */
function messagesIn(html: string): string[] {
  const visible = html.replace(/<(script|template)[\s\S]*?<\/\1>/g, "").replace(/<!--[\s\S]*?-->/g, "");
  return [...visible.matchAll(/<p\b([^>]*\brole="?(?:status|alert)[^>]*)>([\s\S]*?)<\/p>/g)].map(
    ([, attributes = "", text]) => {
      const value = (name: string) =>
        new RegExp(`\\b${name}="?([^">]*?)["\\s>]|$`).exec(`${attributes} `)?.[1]?.trim() ?? "";
      const tags = /\bclass="([^"]*)"/.exec(attributes)?.[1] ?? value("class");
      return `${tags} ${value("role")}: ${text?.trim()}`;
    },
  );
}
