import { defineMessages, MessagesError, markSafe, SafeString } from "onceover";
import { messages } from "onceover/fetch";
import { describe, expect, test } from "vitest";
import { djangoMessage } from "./signed.ts";
import { Site, show, texts } from "./site.ts";

describe("session storage", () => {
  test("fails without a session, and says in which order to mount", async () => {
    const withMessages = messages(defineMessages({ storage: "session" }));
    const page = withMessages(({ messages }) => new Response(`${messages.length}`));
    const failure: unknown = await page(new Request("http://site.test/")).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(MessagesError);
    expect(failure).toMatchObject({
      code: "no-session",
      message: expect.stringContaining("Mount a session with `messages(settings, { session: (request) => … })`"),
    });
  });

  test("gives what Django left in the session, and takes it out when it was shown", async () => {
    const site = new Site({ storage: "session", secret: undefined });
    site.visitor.session.set("_messages", JSON.stringify([djangoMessage("test"), djangoMessage("me")]));
    expect(texts(await site.waiting())).toEqual(["test", "me"]);
    await site.visit(show);
    expect([...site.visitor.session.keys()]).toEqual([]);
  });

  test("keeps safe text safe", async () => {
    const site = new Site({ storage: "session" });
    await site.visit((messages) => {
      messages.info(markSafe("<b>Hello Django!</b>"));
      messages.info("<b>Hello visitor!</b>");
    });
    expect((await site.waiting()).map(({ message }) => [`${message}`, message instanceof SafeString])).toEqual([
      ["<b>Hello Django!</b>", true],
      ["<b>Hello visitor!</b>", false],
    ]);
  });
});
