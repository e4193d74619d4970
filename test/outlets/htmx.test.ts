import express from "express";
import fc from "fast-check";
import { ERROR, INFO, Message, type Messages, markSafe, type Settings } from "onceover";
import { messages } from "onceover/express";
import { renderMessages } from "onceover/html";
import { type HxTriggerOptions, hxSwapOob, hxTrigger } from "onceover/htmx";
import { describe, expect, test } from "vitest";
import type { ResponseHead } from "../../src/delivery/response.ts";
import { serverOfEachTest } from "../adapters/servers.ts";
import type { Answer, Client } from "../client.ts";
import { SECRET } from "../support.ts";

const HTMX = { "hx-request": "true" };
const { serve, warnings, onWarning } = serverOfEachTest();

/** An app that adds on every request, shows only on its first page, and answers with this header. */
function appThat(
  add: (messages: Messages) => void,
  settings: Partial<Settings> = {},
  own?: string | string[],
): Promise<Client> {
  const app = express();
  app.use(messages({ secret: SECRET, outlet: hxTrigger(), onWarning, ...settings }));
  app.get("/", (req, res) => void res.send([...req.messages].join("|")));
  app.get("/add", (req, res) => {
    add(req.messages);
    if (own !== undefined) res.set("HX-Trigger", own);
    res.send("added");
  });
  return serve(app);
}

const eventsOf = ({ headers }: Answer) => JSON.parse(String(headers["hx-trigger"]));
const textsOf = (answer: Answer) =>
  eventsOf(answer)["onceover:messages"].messages.map(({ message }: { message: string }) => message);

describe("hxTrigger()", () => {
  const one = (messages: Messages) => messages.success(markSafe("<b>Saved.</b>"), { extraTags: "x", data: { id: 7 } });

  test("sends all that a message has, to the body: what had asked may be gone by then", async () => {
    const client = await appThat(one);
    const answer = await client.get("/add", HTMX);
    expect(answer.body).toBe("added");
    expect(eventsOf(answer)).toEqual({
      "onceover:messages": {
        messages: [
          {
            level: 25,
            levelTag: "success",
            message: "<b>Saved.</b>",
            safe: true,
            extraTags: "x",
            tags: "x success",
            data: { id: 7 },
          },
        ],
        target: "body",
      },
    });
  });

  test.each([
    ["names", "saved,closed , ", { saved: {}, closed: {} }],
    ["one name", "saved", { saved: {} }],
    [
      "JSON",
      '{"saved":{"id":7},"count":3,"__proto__":{"x":1}}',
      JSON.parse('{"saved":{"id":7},"count":3,"__proto__":{"x":1}}'),
    ],
    ["an empty header", "", {}],
    [
      "JSON with white space around it",
      ' \t{"saved":{"id":7},"closed":{"at":"a, b"}}\t ',
      { saved: { id: 7 }, closed: { at: "a, b" } },
    ],
    ["names with white space around them", "\t saved , closed\t", { saved: {}, closed: {} }],
    ["two headers with names", ["saved", "closed"], { saved: {}, closed: {} }],
    ["one header in an array, with JSON", [' {"saved":{"id":7}}'], { saved: { id: 7 } }],
  ])("keeps the app's own events: %s", async (_, own, kept) => {
    const client = await appThat(one, {}, own);
    const { "onceover:messages": ours, ...others } = eventsOf(await client.get("/add", HTMX));
    expect(ours.messages).toHaveLength(1);
    expect(JSON.stringify(others)).toBe(JSON.stringify(kept));
  });

  test.each([
    ["JSON that is none", '{"saved":'],
    ["JSON that is none, after white space", ' {"saved":'],
    ["two headers with JSON", ['{"saved":{}}', '{"closed":{}}']],
    ["the same event", '{"onceover:messages":{"messages":[]}}'],
    ["more than the limit alone", `saved-${"x".repeat(3000)}`],
  ])("leaves the app's own header as it is: %s", async (_, own) => {
    const client = await appThat(one, {}, own);
    const answer = await client.get("/add", HTMX);
    expect(answer.headers["hx-trigger"]).toBe([own].flat().join(", ").trim());
    expect((await client.get("/")).body).toBe("<b>Saved.</b>");
  });

  test("what alone is longer than the header waits for a page, and the element is told", async () => {
    const long = "x".repeat(300);
    const client = await appThat((messages) => messages.info(long), { outlet: hxTrigger({ maxSize: 200 }) });
    expect(eventsOf(await client.get("/add", HTMX))).toEqual({
      "onceover:messages": { messages: [], more: true, target: "body" },
    });
    expect((await client.get("/")).body).toBe(long);
  });

  test("what is too long for any header does not hold up what comes after it", async () => {
    const texts = ["short", "x".repeat(400), "short, too", "ж".repeat(70), "last"];
    const client = await appThat((messages) => texts.forEach((text) => void messages.info(text)), {
      outlet: hxTrigger({ maxSize: 450 }),
    });
    const answer = await client.get("/add", HTMX);
    expect(textsOf(answer)).toEqual(["short", "short, too", "last"]);
    expect(eventsOf(answer)["onceover:messages"].more).toBe(true);
    expect((await client.get("/")).body).toBe([texts[1], texts[3]].join("|"));
  });

  test("with a limit that nothing fits into, there is no header, and nothing is lost", async () => {
    const client = await appThat((messages) => messages.info("waits"), { outlet: hxTrigger({ maxSize: 20 }) });
    expect((await client.get("/add", HTMX)).headers["hx-trigger"]).toBeUndefined();
    expect((await client.get("/")).body).toBe("waits");
  });

  test("lazy text is asked for once; one that fails is told of, and takes no other with it", async () => {
    let asked = 0;
    const client = await appThat((messages) => {
      messages.info({ toString: () => `lazy ${++asked}` });
      messages.info({
        toString: () => {
          throw new Error("no translation");
        },
      });
      messages.info("plain");
    });
    expect(textsOf(await client.get("/add", HTMX))).toEqual(["lazy 1", "plain"]);
    expect(asked).toBe(1);
    expect(warnings.map(({ code }) => code)).toEqual(["invalid-text"]);
    expect((await client.get("/")).body).toBe("");
  });

  test('with `duplicates: "drop"`, the same is sent once', async () => {
    const client = await appThat((messages) => messages.info("same"), { duplicates: "drop" });
    await client.get("/add");
    expect(textsOf(await client.get("/add", HTMX))).toEqual(["same"]);
  });

  test('works with `compat: "django"`, and deletes its cookie', async () => {
    const client = await appThat((messages) => messages.info("x"), { compat: "django" });
    await client.get("/add");
    expect(Object.keys(await client.cookies())).toEqual(["messages"]);
    expect(textsOf(await client.get("/add", HTMX))).toEqual(["x", "x"]);
    expect(await client.cookies()).toEqual({});
  });

  test("a storage that fails does not take the response with it", async () => {
    const storage = { open: () => Promise.reject(new Error("down")) };
    const client = await appThat((messages) => messages.info("x"), { secret: undefined, storage });
    expect((await client.get("/add", HTMX)).body).toBe("added");
    expect(warnings.map(({ code }) => code)).toContain("storage-failed");
  });

  test("a request that is not HTMX's is answered as without it", async () => {
    const client = await appThat(() => {});
    const { headers } = await client.get("/add");
    expect(headers).not.toHaveProperty("hx-trigger");
    expect(headers).not.toHaveProperty("vary");
  });

  test.each([
    [{ maxSize: 0 }, "Setting `hxTrigger.maxSize` must be a positive integer; got 0 (number)."],
    [{ maxSize: "2kB" }, 'Setting `hxTrigger.maxSize` must be a positive integer; got "2kB".'],
    [{ max: 1 }, "There is no setting `hxTrigger.max`; the settings are hxTrigger.maxSize."],
  ])("refuses %j when the app starts", (options, text) => {
    expect(() => hxTrigger(options as HxTriggerOptions)).toThrow(text);
  });

  test("an outlet that is none is refused when the app starts", () => {
    expect(() => messages({ secret: SECRET, outlet: hxTrigger as never })).toThrow(
      "Setting `outlet` must be an object with serves() and put(), as hxTrigger() returns; got the function `hxTrigger`.",
    );
  });

  test("whatever the messages and the limit: what is sent is in order, in ASCII, and no longer than that", () => {
    const text = fc.string({ unit: "binary", minLength: 1 });
    fc.assert(
      fc.property(fc.array(text), fc.integer({ min: 1, max: 3000 }), (texts, maxSize) => {
        const headers = new Map<string, string>();
        const response: ResponseHead = {
          status: 200,
          isConnected: true,
          header: (name) => headers.get(name),
          setHeader: (name, value) => void headers.set(name.toLowerCase(), value),
        };
        const all = texts.map((text) => new Message(INFO, text));
        const taken = hxTrigger({ maxSize }).put(all, response);
        const header = headers.get("hx-trigger") ?? '{"onceover:messages":{"messages":[]}}';
        expect(header).toMatch(/^[\x20-\x7e]*$/);
        if (headers.size > 0) expect(header.length).toBeLessThanOrEqual(maxSize);
        const { messages, more = false } = JSON.parse(header)["onceover:messages"];
        expect(messages.map(({ message }: { message: string }) => message)).toEqual(taken.map(String));
        expect(taken).toEqual(all.filter((message) => taken.includes(message)));
        if (headers.size > 0) expect(more).toBe(taken.length < texts.length);
      }),
    );
  });
});

describe("hxSwapOob()", () => {
  const two = [new Message(INFO, "1 < 2"), new Message(ERROR, markSafe("<b>no</b>"))];

  test("appends the messages to the element, wherever it is", () => {
    expect(hxSwapOob(two)).toBe(`<div hx-swap-oob="beforeend:onceover-messages">${renderMessages(two)}</div>`);
  });

  test("takes a target and a preset", () => {
    expect(hxSwapOob(two, { target: '#a [x="1"]', preset: "bulma" })).toBe(
      `<div hx-swap-oob="beforeend:#a [x=&quot;1&quot;]">${renderMessages(two, { preset: "bulma" })}</div>`,
    );
  });

  test.each([[[]], [undefined], [null]])("is nothing for %j", (none) => {
    expect(hxSwapOob(none)).toBe("");
  });

  test("on a page of HTMX, nothing is left for the header", async () => {
    const app = express();
    app.use(messages({ secret: SECRET, outlet: hxTrigger() }));
    app.get("/", (req, res) => {
      req.messages.success("Added.");
      res.send(`<li>Milk</li>${hxSwapOob(req.messages)}`);
    });
    const { body, headers } = await (await serve(app)).get("/", HTMX);
    expect(body).toContain("Added.");
    expect(headers).not.toHaveProperty("hx-trigger");
  });
});
