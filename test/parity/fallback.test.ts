import { describe, expect, test } from "vitest";
import { FIVE_TEXTS, noise } from "./noise.ts";
import { djangoMessage, NOT_FINISHED, signedJson } from "./signed.ts";
import { Site, setCookiesOf, show, texts, UNTOUCHABLE } from "./site.ts";

const FIVE = ["0", "1", "2", "3", "4"];

for (const compat of [undefined, "django"] as const) {
  describe(compat ? `fallback storage, compat: "${compat}"` : "fallback storage", () => {
    test("reads a complete cookie, and does not touch the session", async () => {
      const site = new Site({ compat }, { session: UNTOUCHABLE });
      site.visitor.cookies.set("messages", signedJson(FIVE.map(djangoMessage)));
      expect(await shown(site)).toEqual(FIVE);
    });

    test("reads nothing where there is no cookie, and does not touch the session", async () => {
      const site = new Site({ compat }, { session: UNTOUCHABLE });
      expect(await shown(site)).toEqual([]);
    });

    test("reads a cookie that says there is more, and then the session", async () => {
      const site = new Site({ compat });
      site.visitor.cookies.set("messages", signedJson([...FIVE.slice(0, 4).map(djangoMessage), NOT_FINISHED]));
      site.visitor.session.set("_messages", JSON.stringify(FIVE.slice(4).map(djangoMessage)));
      expect(texts(await site.waiting())).toEqual(FIVE);
    });

    test("reads all from the session where the cookie says no more than that", async () => {
      const site = new Site({ compat });
      site.visitor.cookies.set("messages", signedJson([NOT_FINISHED]));
      site.visitor.session.set("_messages", JSON.stringify(FIVE.map(djangoMessage)));
      expect(texts(await site.waiting())).toEqual(FIVE);
    });

    test("empties both storages when what they gave was shown", async () => {
      const site = new Site({ compat });
      site.visitor.cookies.set("messages", signedJson([djangoMessage("cookie"), NOT_FINISHED]));
      site.visitor.session.set("_messages", JSON.stringify([djangoMessage("session")]));
      expect(await shown(site)).toEqual(["cookie", "session"]);
      expect(waitingPlaces(site)).toEqual({ cookies: 0, session: [] });
    });

    test("stores in the cookie alone what fits there", async () => {
      const site = new Site({ compat }, { session: UNTOUCHABLE });
      const long = FIVE.map((digit) => digit.repeat(100));
      await site.visit((messages) => {
        for (const text of long) messages.info(text);
      });
      expect(texts(await site.waiting())).toEqual(long);
    });

    test("stores in the session what does not fit into the cookie, and gives all in order", async () => {
      const site = new Site({ compat });
      await site.visit((messages) => {
        for (const text of FIVE_TEXTS) messages.info(text);
      });
      expect(waitingPlaces(site)).toEqual({ cookies: 1, session: FIVE_TEXTS.slice(4) });
      expect(texts(await site.waiting())).toEqual(FIVE_TEXTS);
    });

    test("stores in the session alone what is too large for any cookie", async () => {
      const site = new Site({ compat });
      const large = noise(1, 5000);
      const [cookie] = setCookiesOf(await site.visit((messages) => messages.info(large)));
      expect(cookie?.value?.split(":")[0]).toBe(Buffer.from(`["${NOT_FINISHED}"]`).toString("base64url"));
      expect(waitingPlaces(site)).toEqual({ cookies: 1, session: [large] });
      expect(texts(await site.waiting())).toEqual([large]);
    });
  });
}

/** The texts that a page shows. */
async function shown(site: Site): Promise<string[]> {
  const body = await (await site.visit(show)).text();
  return body === "" ? [] : body.split("\n");
}

/** How many cookies the visitor has, and the texts in their session. */
function waitingPlaces({ visitor }: Site): { cookies: number; session: string[] } {
  const stored = visitor.session.get("_messages");
  const items = JSON.parse(typeof stored === "string" ? stored : "[]") as [
    key: string,
    safe: number,
    level: number,
    text: string,
  ][];
  return { cookies: visitor.cookies.size, session: items.map((item) => item[3]) };
}
