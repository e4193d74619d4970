import { deflateSync } from "node:zlib";
import { ERROR, getLevel, INFO, setLevel } from "onceover";
import { describe, expect, test } from "vitest";
import { noise } from "./noise.ts";
import { djangoMessage, signedJson, signedPayload } from "./signed.ts";
import { Site, setCookiesOf, show, texts } from "./site.ts";

const OLD_SECRET = "the secret that the tests of onceover had before";
const OLDER_SECRET = "the secret that the tests of onceover began with";

describe("Django's own faults, done better", () => {
  test("setting the level to null before it was read resets it", async () => {
    const site = new Site();
    await site.visit((_messages, request) => {
      expect(setLevel(request, null)).toBe(true);
      expect(getLevel(request)).toBe(INFO);
      setLevel(request, ERROR);
      setLevel(request, null);
      expect(getLevel(request)).toBe(INFO);
    });
  });

  for (const compat of [undefined, "django"] as const) {
    describe(compat ? `compat: "${compat}"` : "by default", () => {
      test("a page that shows messages deletes no cookie that was not sent", async () => {
        const site = new Site({ storage: "cookie", compat });
        expect(setCookiesOf(await site.visit(show))).toEqual([]);
        const response = await site.visit((messages, request) => {
          messages.info("added and shown at once");
          return show(messages, request);
        });
        expect(await response.text()).toBe("added and shown at once");
        expect(setCookiesOf(response)).toEqual([]);
      });

      test("beside a corrupt cookie the session is still read", async () => {
        const site = new Site({ compat });
        site.visitor.cookies.set("messages", "corrupt");
        site.visitor.session.set("_messages", JSON.stringify([djangoMessage("from the session")]));
        const response = await site.visit(show);
        expect(await response.text()).toBe("from the session");
        // It may be another app's, unless there is but one cookie, which is Django's.
        expect([...site.visitor.cookies.keys()]).toEqual(compat ? [] : ["messages"]);
        expect([...site.visitor.session.keys()]).toEqual([]);
      });

      test("beside a corrupt cookie, the session's messages wait until they are shown", async () => {
        const site = new Site({ compat });
        site.visitor.cookies.set("messages", "corrupt");
        site.visitor.session.set("_messages", JSON.stringify([djangoMessage("from the session")]));
        expect(texts(await site.waiting())).toEqual(["from the session"]);
        expect(texts(await site.waiting())).toEqual(["from the session"]);
        expect(await (await site.visit(show)).text()).toBe("from the session");
      });

      test("a cookie that only points to the session is deleted when its messages were shown", async () => {
        const site = new Site({ compat });
        const large = noise(1, 5000);
        await site.visit((messages) => messages.info(large));
        expect([...site.visitor.cookies.keys(), ...site.visitor.session.keys()]).toHaveLength(2);
        expect(await (await site.visit(show)).text()).toBe(large);
        expect([...site.visitor.cookies.keys(), ...site.visitor.session.keys()]).toEqual([]);
      });

      test("after a change of secret, cookies of older secrets are read again and again", async () => {
        const site = new Site({ storage: "cookie", compat, secret: [`new ${OLD_SECRET}`, OLD_SECRET, OLDER_SECRET] });
        for (const secret of [OLD_SECRET, OLDER_SECRET, OLD_SECRET, OLDER_SECRET]) {
          site.visitor.cookies.set("messages", signedJson([djangoMessage("of before")], { secret }));
          expect(texts(await site.waiting())).toEqual(["of before"]);
          expect(await (await site.visit(show)).text()).toBe("of before");
        }
      });

      test("lazy texts that were shown and then kept are stored with a new message", async () => {
        const site = new Site({ compat });
        await site.visit((messages) => {
          messages.info({ toString: () => "lazy" });
          expect(texts(messages)).toEqual(["lazy"]);
          messages.used = false;
          messages.info("new");
        });
        expect(texts(await site.waiting())).toEqual(["lazy", "new"]);
      });

      test.each([
        ["an object", signedJson({})],
        ["a number", signedJson(5)],
        ["a text", signedJson("text")],
        ["null", signedJson(null)],
        ["a message outside a list", signedJson(djangoMessage("alone"))],
        ["no JSON", signedPayload(Buffer.from("[").toString("base64url"))],
        ["bad zlib", signedPayload(`.${Buffer.from("no zlib").toString("base64url")}`)],
        ["zlib cut short", signedPayload(`.${deflateSync("[]").subarray(0, 5).toString("base64url")}`)],
        ["nothing", signedPayload("")],
      ])("a cookie that is signed and holds %s reads as no messages, and is deleted", async (_what, value) => {
        const site = new Site({ storage: "cookie", compat });
        site.visitor.cookies.set("messages", value);
        expect(await site.waiting()).toEqual([]);
        expect([...site.visitor.cookies.keys()]).toEqual([]);
      });

      test("in a cookie that is signed, whatever is no message is left out, and the messages beside it are read", async () => {
        const site = new Site({ storage: "cookie", compat });
        const odd = [
          ["__json_message"],
          ["__json_message", 0, "20", "text", ""],
          ["__json_message", 0, 20, 5],
          [],
          {},
          5,
        ];
        site.visitor.cookies.set("messages", signedJson([...odd, djangoMessage("good"), ...odd]));
        expect(await (await site.visit(show)).text()).toBe("good");
        expect([...site.visitor.cookies.keys()]).toEqual([]);
        site.visitor.cookies.set("messages", signedJson([["__json_message"]]));
        expect(await site.waiting()).toEqual([]);
      });
    });
  }

  test("a page that looked at messages says that it varies by cookie", async () => {
    const site = new Site();
    const untouched = await site.visit(() => new Response("a page"));
    expect(untouched.headers.get("vary")).toBeNull();
    const looked = await site.visit((messages) => new Response(`${messages.length}`, { headers: { Vary: "Accept" } }));
    expect(looked.headers.get("vary")).toBe("Accept, Cookie");
  });

  test("a page that showed messages is not to be stored by caches", async () => {
    const site = new Site();
    await site.visit((messages) => messages.info("for one visitor"));
    const shown = await site.visit(show);
    expect([shown.headers.get("vary"), shown.headers.get("cache-control")]).toEqual(["Cookie", "no-store"]);
    expect((await site.visit(show)).headers.get("cache-control")).toBeNull();
  });

  test("a cookie that is older than its age limit reads as no messages, and is deleted", async () => {
    const site = new Site({ storage: "cookie", cookie: { maxAge: 60 } });
    const now = Date.now() / 1000;
    site.visitor.cookies.set("messages", signedJson([djangoMessage("in time")], { time: now - 50 }));
    expect(texts(await site.waiting())).toEqual(["in time"]);
    site.visitor.cookies.set("messages", signedJson([djangoMessage("too late")], { time: now - 70 }));
    expect(texts(await site.waiting())).toEqual([]);
    expect([...site.visitor.cookies.keys()]).toEqual([]);
  });

  test("requests in parallel lose none of each other's messages", async () => {
    const site = new Site({ storage: "cookie" });
    await site.visit((messages) => messages.info("before"));
    const names = ["a", "b", "c", "d", "e", "f"];
    await Promise.all(
      names.map((name, index) =>
        site.visit(async (messages) => {
          await new Promise((resolve) => setTimeout(resolve, 10 - index));
          messages.info(name);
        }),
      ),
    );
    const [first, ...others] = texts(await site.waiting());
    expect([first, others.sort()]).toEqual(["before", names]);
  });

  test("a redirect that iterated the messages keeps them for the page", async () => {
    const site = new Site();
    await site.visit((messages) => messages.info("for the page"));
    await site.visit((messages) => {
      expect(texts(messages)).toEqual(["for the page"]);
      messages.info("of the redirect");
      return Response.redirect("http://site.test/next", 303);
    });
    expect(await (await site.visit(show)).text()).toBe("for the page\nof the redirect");
    expect(await site.waiting()).toEqual([]);
  });
});
