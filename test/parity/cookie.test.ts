import { cookieStorage, INFO, Message, markSafe, SafeString, type Text } from "onceover";
import { Visitor } from "onceover/testing";
import { describe, expect, test } from "vitest";
import { SECRET } from "../support.ts";
import { FIVE_TEXTS } from "./noise.ts";
import { djangoMessage, signedJson } from "./signed.ts";
import { Site, setCookiesOf, show, texts } from "./site.ts";

describe("cookie storage", () => {
  test("gives the messages of a cookie that Django signed", async () => {
    const site = new Site({ storage: "cookie", compat: "django" });
    site.visitor.cookies.set("messages", signedJson([djangoMessage("test"), djangoMessage("me")]));
    expect(texts(await site.waiting())).toEqual(["test", "me"]);
  });

  test("sets and deletes the cookie with the attributes of the settings", async () => {
    const site = new Site({
      storage: "cookie",
      compat: "django",
      cookie: { domain: ".example.com", secure: true, httpOnly: true, sameSite: "strict" },
    });
    const place = { name: "messages", path: "/", domain: ".example.com", sameSite: "strict" };

    const [set, ...others] = setCookiesOf(await site.visit((messages) => messages.info("test")));
    expect(others).toEqual([]);
    const value = expect.stringMatching(/^[\w-]+:\w+:[\w-]+$/);
    expect(set).toEqual({ ...place, value, secure: true, httpOnly: true });
    expect(texts(await site.waiting())).toEqual(["test"]);

    const deleted = setCookiesOf(await site.visit(show));
    expect(deleted).toEqual([{ ...place, value: "", maxAge: 0, expires: new Date("Thu, 01 Jan 1970 00:00:00 GMT") }]);
  });

  test("reads a cookie that lost its first character as no messages", async () => {
    const site = new Site({ storage: "cookie", compat: "django" });
    const cookie = signedJson([djangoMessage("test"), djangoMessage("me")]);
    site.visitor.cookies.set("messages", cookie.slice(1));
    expect(await site.waiting()).toEqual([]);
  });

  test("keeps the newest four of five messages that are too large together, and returns the oldest", async () => {
    const storage = cookieStorage({ secret: SECRET, compat: "django" });
    const visitor = new Visitor();
    const added = FIVE_TEXTS.map((text) => new Message(INFO, text));
    const waiting = await storage.open(visitor.exchange());
    const unstored = await waiting.commit({ kept: [], added, consumed: [] });
    const { messages } = await storage.open(visitor.exchange());
    expect(texts(messages)).toEqual(FIVE_TEXTS.slice(1));
    expect(texts(unstored)).toEqual(FIVE_TEXTS.slice(0, 1));
  });

  test("writes nothing that a cookie value may not have", async () => {
    const odd = ["\\te,st", ';m"e', "\u2019", '123"NOTRECEIVED"'];
    for (const compat of [undefined, "django"] as const) {
      const site = new Site({ storage: "cookie", compat });
      const response = await site.visit((messages) => {
        for (const text of odd) messages.info(text);
      });
      // RFC 6265 §4.1.1: backslash, comma, semicolon and quotes are no cookie-octets.
      expect(response.headers.getSetCookie()[0]).toMatch(/^[^=]+=[\w.:-]+; /);
      expect(texts(await site.waiting())).toEqual(odd);
    }
  });

  test("brings back nested lists and objects as they were", async () => {
    const site = new Site({ storage: "cookie" });
    const data = {
      message: { level: INFO, text: "Test message" },
      list: ["message %s", ["__json_message", 0, 20, "no message"], { another: [{ deep: [null, true, 1.5] }] }],
    };
    await site.visit((messages) => messages.info("with data", { data }));
    const [message] = await site.waiting();
    expect(message?.data).toEqual(data);
  });

  test("keeps safe text safe, and other text unsafe", async () => {
    const site = new Site({ storage: "cookie" });
    const html = "<b>Hello Django!</b>";
    expect(await throughCookie(site, markSafe(html))).toEqual([html, true]);
    expect(await throughCookie(site, html)).toEqual([html, false]);
  });

  test("keeps extra tags, empty ones and none apart", async () => {
    for (const extraTags of ["", null, "some tags"]) {
      const site = new Site({ storage: "cookie" });
      await site.visit((messages) => messages.info("message", { extraTags }));
      const [message] = await site.waiting();
      expect(message?.extraTags).toBe(extraTags);
    }
  });
});

/** What the next page gets of a text, and whether it is safe HTML there. */
async function throughCookie(site: Site, text: Text): Promise<[text: string, isSafe: boolean]> {
  await site.visit((messages) => messages.info(text));
  const [message] = await site.waiting();
  await site.visit(show);
  return [`${message}`, message?.message instanceof SafeString];
}
