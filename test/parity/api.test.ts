import { addMessage, DEBUG, MessagesError } from "onceover";
import { describe, expect, test } from "vitest";
import { Site, texts } from "./site.ts";

/** Frameworks hand their own wrappers of a request to a handler; messages are found through them. */
const WRAPPERS: Record<string, (request: Request) => Request> = {
  "with the request itself": (request) => request,
  "with a request made from it by Object.create": (request) => Object.create(request) as Request,
  "with a Proxy of the request": (request) => new Proxy(request, {}),
};

for (const [name, wrap] of Object.entries(WRAPPERS)) {
  describe(`addMessage ${name}`, () => {
    test("adds a message", async () => {
      const site = new Site({ level: DEBUG });
      await site.visit((_messages, request) => addMessage(wrap(request), DEBUG, "some message"));
      expect(texts(await site.waiting())).toEqual(["some message"]);
    });

    test("refuses what is not a request, silently or not", async () => {
      const site = new Site({ level: DEBUG });
      await site.visit((_messages, request) => {
        const noRequest = (wrap(request) && null) as unknown as Request;
        for (const failSilently of [false, true]) {
          expect(codeOf(() => addMessage(noRequest, DEBUG, "some message", { failSilently }))).toBe("not-a-request");
        }
      });
      expect(await site.waiting()).toEqual([]);
    });

    test("refuses a request that went through no middleware", () => {
      const request = wrap(new Request("http://site.test/"));
      expect(codeOf(() => addMessage(request, DEBUG, "some message"))).toBe("no-middleware");
      expect(() => addMessage(request, DEBUG, "some message")).toThrow("it did not go through messages()");
    });

    test("does nothing to a request that went through no middleware, if told to fail silently", () => {
      const request = wrap(new Request("http://site.test/"));
      const before = Reflect.ownKeys(request);
      expect(addMessage(request, DEBUG, "some message", { failSilently: true })).toBeUndefined();
      expect(Reflect.ownKeys(request)).toEqual(before);
    });
  });
}

/** The code of the error that was thrown; undefined if none was. */
function codeOf(attempt: () => void): string | undefined {
  try {
    attempt();
  } catch (error) {
    if (error instanceof MessagesError) return error.code;
    throw error;
  }
  return undefined;
}
