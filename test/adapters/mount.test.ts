import { IncomingMessage } from "node:http";
import { Socket } from "node:net";
import { MessagesError, type Settings, success } from "onceover";
import { messages as expressMessages } from "onceover/express";
import { messages as fetchMessages } from "onceover/fetch";
import { messages as nodeMessages } from "onceover/node";
import { describe, expect, test } from "vitest";
import { SECRET } from "../support.ts";

/** What each adapter advises, in the words of its framework. */
const FRAMEWORKS = {
  "node:http": { mount: nodeMessages, wants: /`app\.use\(messages\(…\)\)` of Connect, or your handler as its `next`/ },
  Express: { mount: expressMessages, wants: /`app\.use\(messages\(…\)\)` before the routes/ },
  "a fetch handler": { mount: fetchMessages, wants: /the whole handler in `withMessages\(handler\)`/ },
} satisfies Record<string, { mount: (settings: Settings) => unknown; wants: RegExp }>;

describe.each(Object.entries(FRAMEWORKS))("on %s", (_name, { mount, wants }) => {
  test("a request that came another way is an error that says how to mount", () => {
    mount({ secret: SECRET });
    for (const request of [new IncomingMessage(new Socket()), new Request("http://site.test/")]) {
      expect(() => success(request, "Saved.")).toThrow(MessagesError);
      expect(() => success(request, "Saved.")).toThrow(wants);
    }
  });
});

describe("a fetch handler", () => {
  const warnings: MessagesError[] = [];
  const withMessages = fetchMessages({ secret: SECRET, onWarning: (warning) => warnings.push(warning) });
  const request = () => new Request("http://site.test/");

  test("that is wrapped twice is an error that says how to wrap it", async () => {
    const twice = withMessages(withMessages(() => new Response("page")));
    await expect(twice(request())).rejects.toMatchObject({
      code: "mounted-twice",
      message: expect.stringContaining("the whole handler in `withMessages(handler)`"),
    });
  });

  test("that adds after it has answered hears that the message is lost", async () => {
    let add = () => {};
    await withMessages((asked) => {
      add = () => asked.messages.info("too late");
      return new Response("page");
    })(request());
    add();
    expect(warnings).toMatchObject([
      { code: "too-late", message: expect.stringMatching(/is lost\. Do it before the handler returns its response\./) },
    ]);
  });
});
