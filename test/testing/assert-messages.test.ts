import { AssertionError } from "node:assert";
import { once } from "node:events";
import { createServer, IncomingMessage, ServerResponse } from "node:http";
import { type AddressInfo, Socket } from "node:net";
import inject from "light-my-request";
import { type AppLevel, addMessage, ERROR, INFO, Message, type Settings, SUCCESS } from "onceover";
import { messages } from "onceover/node";
import { type AssertOptions, assertMessages, type ExpectedMessage, type ResponseLike } from "onceover/testing";
import request from "supertest";
import { describe, expect, onTestFinished, test } from "vitest";
import { SECRET } from "../support.ts";

type Handler = (request: IncomingMessage, response: ServerResponse) => void;

const SAVED: ExpectedMessage = { level: SUCCESS, message: "Saved.", extraTags: "profile", data: { id: 7 } };
const NOT_SENT: ExpectedMessage = { level: ERROR, message: "No mail was sent." };

/** Adds the messages to its request, and redirects. */
function redirectWith(expected: readonly ExpectedMessage[], settings: Settings = {}): Handler {
  const withMessages = messages({ secret: SECRET, ...settings });
  return (request, response) =>
    withMessages(request, response, () => {
      response.setHeader("Set-Cookie", "theme=dark");
      addAll(request, expected);
      response.writeHead(303, { Location: "/" }).end();
    });
}

/** How tests get a response, by the library that they use. */
const LIBRARIES: Record<string, (handler: Handler) => Promise<ResponseLike>> = {
  supertest: (handler) => request(handler).post("/").then(),
  fetch: async (handler) => fetch(await serve(handler), { method: "POST", redirect: "manual" }),
  "light-my-request": (handler) => inject(handler, { method: "POST", url: "/" }),
};

describe.each(Object.entries(LIBRARIES))("assertMessages, of a response of %s", (_name, ask) => {
  test("accepts the messages that it leaves for the next page", async () => {
    const response = await ask(redirectWith([SAVED, NOT_SENT]));
    expect(failureOf(response, [SAVED, NOT_SENT])).toBeUndefined();
  });

  test("refuses others, and says which", async () => {
    const response = await ask(redirectWith([SAVED]));
    expect(failureOf(response, [NOT_SENT])).toMatchInlineSnapshot(`
      "The messages differ (1 expected, 1 found):
        missing:      error "No mail was sent."
        not expected: success "Saved." [profile] {"id":7}"
    `);
  });

  test("finds none where none is left", async () => {
    const response = await ask(redirectWith([]));
    expect(failureOf(response, [])).toBeUndefined();
    expect(failureOf(response, [NOT_SENT])).toContain("(1 expected, 0 found)");
  });

  test("reads a single cookie in Django's format", async () => {
    const response = await ask(redirectWith([NOT_SENT], { compat: "django" }));
    expect(failureOf(response, [NOT_SENT])).toBeUndefined();
  });

  test("reads the messages cookie by the name that the app gave it", async () => {
    const response = await ask(redirectWith([NOT_SENT], { cookie: { name: "notes" } }));
    expect(failureOf(response, [NOT_SENT], { cookieName: "notes" })).toBeUndefined();
    expect(failureOf(response, [NOT_SENT])).toContain("0 found");
  });
});

describe("assertMessages, of a request", () => {
  test("accepts the messages that it has, and takes none", () => {
    const request = requestWith([SAVED, NOT_SENT]);
    expect(failureOf(request, [SAVED, NOT_SENT])).toBeUndefined();
    expect(failureOf(request, [SAVED, NOT_SENT])).toBeUndefined();
  });

  test("sees messages in a request that wraps it", () => {
    const wrapped = Object.create(requestWith([SAVED])) as object;
    expect(failureOf(wrapped, [SAVED])).toBeUndefined();
  });

  test("compares extra tags, which Django's assertion does not", () => {
    expect(failureOf(requestWith([SAVED]), [{ ...SAVED, extraTags: "account" }])).toMatchInlineSnapshot(`
      "The messages differ (1 expected, 1 found):
        missing:      success "Saved." [account] {"id":7}
        not expected: success "Saved." [profile] {"id":7}"
    `);
  });

  test("takes no extra tags, empty ones and null for the same", () => {
    for (const extraTags of ["", null]) {
      expect(failureOf(requestWith([{ ...NOT_SENT, extraTags }]), [NOT_SENT])).toBeUndefined();
      expect(failureOf(requestWith([NOT_SENT]), [{ ...NOT_SENT, extraTags }])).toBeUndefined();
    }
  });

  test("compares data, whatever the order of its keys", () => {
    const actual = requestWith([{ ...NOT_SENT, data: { to: "a@site.test", retry: [1, 2] } }]);
    expect(failureOf(actual, [{ ...NOT_SENT, data: { retry: [1, 2], to: "a@site.test" } }])).toBeUndefined();
    expect(failureOf(actual, [{ ...NOT_SENT, data: { retry: [2, 1], to: "a@site.test" } }])).toContain("missing:");
    expect(failureOf(actual, [NOT_SENT])).toContain("missing:");
  });

  test("takes levels by number, by name, and by name in capitals", () => {
    for (const level of [SUCCESS, "success", "SUCCESS"]) {
      expect(failureOf(requestWith([SAVED]), [{ ...SAVED, level }])).toBeUndefined();
    }
    expect(failureOf(requestWith([SAVED]), [{ ...SAVED, level: "info" }])).toContain('missing:      info "Saved."');
  });

  test("takes the app's own levels by name", () => {
    const levels = { urgent: 50 };
    const request = requestWith([{ level: 50, message: "The disk is full." }], { levels });
    const expected = [{ level: "urgent", message: "The disk is full." }];
    expect(failureOf(request, expected, { levels })).toBeUndefined();
    expect(() => assertMessages(request, expected)).toThrow("A level must be an integer or one of debug (10)");
  });

  test("compares levels by number, whatever tags the app gave them", () => {
    const tags = { [INFO]: "note", [SUCCESS]: "note" };
    const request = requestWith([{ level: INFO, message: "Saved." }], { tags });
    expect(failureOf(request, [{ level: INFO, message: "Saved." }])).toBeUndefined();
    expect(failureOf(request, [{ level: SUCCESS, message: "Saved." }])).toContain("missing:");
  });

  test("takes Messages for what is expected", () => {
    const expected = new Message(SUCCESS, "Saved.", { extraTags: "profile", data: { id: 7 } });
    expect(failureOf(requestWith([SAVED]), [expected])).toBeUndefined();
  });

  test("compares the text of a lazy translation", () => {
    const lazy = { toString: () => "No mail was sent." };
    expect(failureOf(requestWith([{ ...NOT_SENT, message: lazy }]), [NOT_SENT])).toBeUndefined();
    expect(failureOf(requestWith([NOT_SENT]), [{ ...NOT_SENT, message: lazy }])).toBeUndefined();
  });

  test("counts equal messages, in any order", () => {
    expect(failureOf(requestWith([SAVED, SAVED]), [SAVED])).toMatchInlineSnapshot(`
      "The messages differ (1 expected, 2 found):
        not expected: success "Saved." [profile] {"id":7}"
    `);
    expect(failureOf(requestWith([SAVED]), [SAVED, SAVED])).toContain("missing:");
    expect(failureOf(requestWith([SAVED, SAVED]), [SAVED], { ordered: false })).toContain("not expected:");
    expect(failureOf(requestWith([SAVED]), [SAVED, SAVED], { ordered: false })).toContain("missing:");
  });

  test("refuses another order, unless told that it does not count", () => {
    const request = requestWith([SAVED, NOT_SENT]);
    expect(failureOf(request, [NOT_SENT, SAVED], { ordered: false })).toBeUndefined();
    expect(failureOf(request, [NOT_SENT, SAVED])).toMatchInlineSnapshot(`
      "The messages are in another order (2 expected, 2 found):
        expected error "No mail was sent.", got success "Saved." [profile] {"id":7}
        expected success "Saved." [profile] {"id":7}, got error "No mail was sent.""
    `);
  });

  test("gives test runners both lists to compare", () => {
    const error = errorOf(() => assertMessages(requestWith([SAVED]), [NOT_SENT]));
    expect(error).toMatchObject({
      operator: "assertMessages",
      actual: ['success "Saved." [profile] {"id":7}'],
      expected: ['error "No mail was sent."'],
    });
    expect(error?.stack?.split("\n")[1]).not.toContain("assert-messages.ts");
  });
});

describe("assertMessages, of something else", () => {
  test("reads the cookies of any Headers, not just of this realm's", async () => {
    const { headers } = await inject(redirectWith([NOT_SENT]), { method: "POST", url: "/" });
    const foreign = { headers: { getSetCookie: () => [headers["set-cookie"]].flat() } };
    expect(failureOf(foreign, [NOT_SENT])).toBeUndefined();
  });

  test("says what it needs", () => {
    const needed = "assertMessages() needs a request that went through messages(), or a response with headers.";
    expect(() => assertMessages({}, [])).toThrow(new TypeError(needed));
  });
});

/** A request that is not answered yet, to which messages were added. */
function requestWith(expected: readonly ExpectedMessage[], settings: Settings = {}): object {
  const request = new IncomingMessage(new Socket());
  messages({ secret: SECRET, ...settings })(request, new ServerResponse(request), () => addAll(request, expected));
  return request;
}

function addAll(request: object, expected: readonly ExpectedMessage[]): void {
  for (const { level, message, extraTags = "", data } of expected) {
    addMessage(request, level as AppLevel, message, { extraTags, ...(data === undefined ? {} : { data }) });
  }
}

/** What the assertion says; undefined if it is satisfied. */
function failureOf(subject: object, expected: readonly ExpectedMessage[], options?: AssertOptions): string | undefined {
  return errorOf(() => assertMessages(subject, expected, options))?.message;
}

function errorOf(assertion: () => void): AssertionError | undefined {
  try {
    assertion();
  } catch (error) {
    if (error instanceof AssertionError) return error;
    throw error;
  }
  return undefined;
}

/** Serves a handler until the test is finished. */
async function serve(handler: Handler): Promise<string> {
  const server = createServer(handler).listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
}
