import type { RequestListener } from "node:http";
import { ERROR, INFO, Message, markSafe, SUCCESS, WARNING } from "onceover";
import { type PresetName, renderMessages } from "onceover/html";
import { parseFragment, serialize } from "parse5";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { escapeHtml } from "../../src/core/escape.ts";
import { listen } from "../adapters/servers.ts";
import { isBrowserMissing } from "../browser.ts";
import {
  heard,
  json,
  jsonOf,
  message,
  page,
  pause,
  SCRIPT,
  STRICT,
  script,
  show,
  shown,
  text,
  untilHeard,
  untilShown,
  useSite,
} from "./site.ts";

const EMPTY = "<onceover-messages></onceover-messages>";

const SAMPLES = [
  new Message(5, "Below."),
  new Message(10, "17 queries.", { extraTags: "sql  slow" }),
  new Message(INFO, markSafe('See <a href="/inbox">your inbox</a> &amp; <b>read</b>.')),
  new Message(SUCCESS, '<img src=x onerror="alert(1)"> & "quotes"'),
  new Message(WARNING, "Two days left.", { extraTags: "trial" }),
  new Message(35, "Custom.", { levelTag: "custom" }),
  new Message(ERROR, "Declined."),
];

describe.skipIf(isBrowserMissing)("messages as JSON, in Chromium", () => {
  const site = useSite();

  test("show() shows them in order, and has each read once", async () => {
    const tab = await site.show(EMPTY);
    await show(tab, [message("A."), message("B.", { level: ERROR })]);
    await show(tab, [message("C.")]);
    await untilShown(tab, ["A.", "B.", "C."]);
    await untilHeard(tab, ["status: A.", "alert: B.", "status: C."]);
  });

  test.each<PresetName>(["plain", "bootstrap", "tailwind", "bulma", "pico"])(
    "preset=%j writes what renderMessages() writes on the server, for every level",
    async (preset) => {
      const tab = await site.show(`<onceover-messages preset="${preset}"></onceover-messages>`);
      await show(tab, jsonOf(SAMPLES));
      await untilShown(tab, SAMPLES.map(textOf));
      const fragment = parseFragment(renderMessages(SAMPLES, { preset }).replaceAll(/ role="\w+"/g, ""));
      const expected = serialize(fragment).split("\n");
      expect(await childrenOf(tab)).toEqual(expected);
    },
  );

  test("an unknown preset is told of, and loses nothing", async () => {
    const tab = await site.show('<onceover-messages preset="foundation"></onceover-messages>');
    await show(tab, [message("Saved.")]);
    await untilShown(tab, ["Saved."]);
    site.forgive(/^Unknown preset foundation$/);
  });

  test("a text that is not safe stays text, and safe HTML passes Trusted Types by the policy `onceover`", async () => {
    const tab = await site.show(EMPTY);
    await show(tab, [message("<b>1</b>"), message("<b>2</b>", { safe: true }), message("<b>3</b>", { safe: true })]);
    await untilShown(tab, ["<b>1</b>", "2", "3"]);
    expect(await tab.locator("b").allInnerTexts()).toEqual(["2", "3"]);
  });

  test("a page without Trusted Types needs no policy", async () => {
    const tab = await site.show(EMPTY, { policy: STRICT.replace(/require-trusted.*/, "") });
    await show(tab, [message("<b>2</b>", { safe: true })]);
    await untilShown(tab, ["2"]);
  });

  test("a receipt is shown once, however often it is handed over", async () => {
    const tab = await site.show(EMPTY + EMPTY);
    const first = message("A.", { receipt: "r1" });
    await show(tab, [first, first]);
    await show(tab, [first, message("A.", { receipt: "r2" })]);
    await show(tab, [first], 1);
    await untilShown(tab, ["A.", "A."]);
    await untilHeard(tab, ["status: A.", "status: A."]);
  });

  test("without a receipt, the same object is shown once, and another that says the same is shown too", async () => {
    const tab = await site.show(EMPTY);
    await tab.evaluate(() => {
      const element = document.querySelector("onceover-messages");
      const one = { level: 20, levelTag: "info", message: "A.", safe: false, extraTags: null, tags: "info" };
      const messages = [one];
      element?.show(messages);
      element?.show(messages);
      element?.show([...messages, { ...one }]);
    });
    await untilShown(tab, ["A.", "A."]);
  });

  test("what is no message is passed over, and nothing like [object Object] is ever shown", async () => {
    const tab = await site.show(EMPTY);
    await tab.evaluate(() => {
      const element = document.querySelector("onceover-messages");
      const good = { level: 20, message: "Good.", tags: "info" };
      const text = (value: unknown) => ({ level: 20, message: value });
      const items = [
        null,
        undefined,
        0,
        "text",
        {},
        [],
        text({}),
        text(["a"]),
        text(7),
        text(null),
        text(""),
        text(" "),
      ];
      const lists = [null, undefined, 7, "text", {}, Promise.resolve([good]), new Map([[1, good]]), [...items, good]];
      for (const list of lists) element?.show(list as never);
    });
    await untilShown(tab, ["Good."]);
    await untilHeard(tab, ["status: Good."]);
    expect(await tab.getByRole("button").count()).toBe(1);
  });

  test("what has only a text is shown", async () => {
    const tab = await site.show('<onceover-messages preset="bootstrap"></onceover-messages>');
    await show(tab, [{ message: "A." }, { message: "B.", level: "error", tags: 7, safe: "no" }]);
    await untilShown(tab, ["A.", "B."]);
  });

  describe("by the event `onceover:messages`", () => {
    test("showMessages() says whether an element has taken them", async () => {
      site.serve({
        "/app.js": script(
          'import { showMessages } from "/client.js"; window.taken = showMessages([{ level: 20, message: "A.", tags: "" }]);',
        ),
      });
      const head = '<script type="module" src="/app.js"></script>';
      const tab = await site.show(EMPTY, { head });
      await untilShown(tab, ["A."]);
      expect(await tab.evaluate("window.taken")).toBe(true);
      site.serve({ "/without": page("", { head }) });
      const without = await site.open("/without");
      expect(await without.evaluate("window.taken")).toBe(false);
    });

    test("of several elements, one shows them", async () => {
      const tab = await site.show(EMPTY + EMPTY + EMPTY);
      await dispatch(tab, { messages: [message("A.")] });
      await untilShown(tab, ["A."]);
      await untilHeard(tab, ["status: A."]);
    });

    test("what somebody else has taken is left to them", async () => {
      const tab = await site.show(EMPTY);
      await tab.evaluate(() => {
        document.addEventListener("onceover:messages", (event) => event.preventDefault());
        const detail = { messages: [{ level: 20, message: "A.", tags: "" }] };
        const event = new CustomEvent("onceover:messages", { detail, cancelable: true, bubbles: true });
        document.body.dispatchEvent(event);
      });
      await dispatch(tab, { messages: [message("B.")] });
      await untilShown(tab, ["B."]);
    });

    test("an element that was taken away takes none", async () => {
      const tab = await site.show(EMPTY);
      expect(await dispatch(tab, { messages: [] })).toBe(false);
      await tab.evaluate(() => document.querySelector("onceover-messages")?.remove());
      expect(await dispatch(tab, { messages: [message("A.")] })).toBe(true);
    });

    test("an element that is replaced before it could show them hands them to its successor", async () => {
      const tab = await site.show(EMPTY);
      await tab.evaluate(() => {
        const detail = { messages: [{ level: 20, message: "A.", tags: "" }] };
        dispatchEvent(new CustomEvent("onceover:messages", { detail: detail as never, cancelable: true }));
        document.querySelector("onceover-messages")?.replaceWith(document.createElement("onceover-messages"));
      });
      await untilShown(tab, ["A."]);
    });

    test("with a detail that has none, it shows nothing, and harms nobody", async () => {
      const tab = await site.show(EMPTY);
      for (const messages of [null, "text", 7, {}, [null]]) await dispatch(tab, { messages });
      for (const detail of [null, [null], "text", 7, {}]) await dispatch(tab, detail);
      await dispatch(tab, { messages: [message("B.")] });
      await untilShown(tab, ["B."]);
    });

    test("its detail may be the list itself", async () => {
      const tab = await site.show(EMPTY);
      await dispatch(tab, [message("A."), message("B.")]);
      await untilShown(tab, ["A.", "B."]);
    });
  });

  describe("from `src`", () => {
    const FROM_SRC = '<onceover-messages src="/messages"></onceover-messages>';

    test("they are fetched when the element appears", async () => {
      site.serve({ "/messages": json([message("A."), message("B.")]) });
      const tab = await site.show(FROM_SRC);
      await untilShown(tab, ["A.", "B."]);
      await untilHeard(tab, ["status: A.", "status: B."]);
    });

    test("they are fetched again when a response says that there are more", async () => {
      const waiting = [[message("A.")], [message("C.")], []];
      site.serve({ "/messages": (request, response) => json(waiting.shift())(request, response) });
      const tab = await site.show(FROM_SRC);
      await untilShown(tab, ["A."]);
      await dispatch(tab, { messages: [message("B.")], more: true });
      await untilShown(tab, ["A.", "B.", "C."]);
      await dispatch(tab, { messages: [], more: true });
      await expect.poll(() => waiting.length).toBe(0);
      expect(await shown(tab)).toEqual(["A.", "B.", "C."]);
    });

    test("without `src`, more stay where they are", async () => {
      const tab = await site.show(EMPTY);
      await dispatch(tab, { messages: [message("A.")], more: true });
      await untilShown(tab, ["A."]);
    });

    test("a preview of Turbo fetches nothing", async () => {
      site.serve({ "/messages": json([message("A.")]) });
      const tab = await site.show(FROM_SRC, { html: 'lang="en" data-turbo-preview' });
      await pause(tab);
      expect(await shown(tab)).toEqual([]);
      await tab.evaluate(() => document.documentElement.removeAttribute("data-turbo-preview"));
      await tab.evaluate(() => document.body.append(document.querySelector("onceover-messages") ?? ""));
      await untilShown(tab, ["A."]);
    });

    test("an answer that comes when the element is replaced is shown by its successor", async () => {
      let answer = () => {};
      site.serve({
        "/messages": (request, response) => {
          answer = () => json([message("A.")])(request, response);
        },
      });
      const tab = await site.show(FROM_SRC);
      await tab.evaluate(() =>
        document.querySelector("onceover-messages")?.replaceWith(document.createElement("onceover-messages")),
      );
      answer();
      await untilShown(tab, ["A."]);
    });

    test.each([
      ["404", undefined, /404/],
      ["HTML", text("<p>Log in</p>", "text/html"), /SyntaxError/],
    ] as const)("where there is %s, the console tells, and the element goes on", async (_, route, complaint) => {
      if (route) site.serve({ "/messages": route });
      const tab = await site.show(FROM_SRC);
      await dispatch(tab, { messages: [message("A.")] });
      await untilShown(tab, ["A."]);
      await expect.poll(() => complains(site, complaint)).toBe(true);
      expect(await heard(tab)).toEqual(expect.not.arrayContaining(["status: undefined"]));
    });

    test("without a connection, the console tells, and the element goes on", async () => {
      site.serve({ "/messages": ({ socket }) => void socket.destroy() });
      const tab = await site.show(FROM_SRC);
      await dispatch(tab, { messages: [message("A.")] });
      await untilShown(tab, ["A."]);
      await expect.poll(() => complains(site, /ERR_EMPTY_RESPONSE|Failed to fetch/)).toBe(true);
    });

    test("they may be in an object, as in the answer to a form", async () => {
      site.serve({ "/messages": json({ id: 7, messages: [message("A."), message("B.")] }) });
      const tab = await site.show(FROM_SRC);
      await untilShown(tab, ["A.", "B."]);
    });

    describe("HTML that comes as JSON", () => {
      const HTML = [message("<b>Saved</b>", { safe: true })];
      const ANYWHERE = { policy: STRICT.replace("connect-src 'self'", "connect-src * data: blob:") };
      const showFrom = (src: string) =>
        site.show(`<onceover-messages src="${escapeHtml(src)}"></onceover-messages>`, ANYWHERE);
      const redirectTo =
        (location: string): RequestListener =>
        (_, response) =>
          response.writeHead(302, { location, "access-control-allow-origin": "*" }).end();

      let other: Awaited<ReturnType<typeof listen>>;
      beforeAll(async () => {
        other = await listen((request, response) => {
          response.setHeader("access-control-allow-origin", "*");
          json(HTML)(request, response);
        });
      });
      afterAll(() => other.close());

      test("is HTML from the page's own origin, also after a redirect", async () => {
        site.serve({ "/messages": json({ messages: HTML }), "/old": redirectTo("/messages") });
        for (const src of ["/messages", "/old", `${site.origin}/messages`])
          await untilShown(await showFrom(src), ["Saved"]);
      });

      test("is text from another origin, also behind a redirect", async () => {
        site.serve({ "/messages": redirectTo(`${other.origin}/messages`) });
        for (const src of [`${other.origin}/messages`, "/messages", other.origin.replace("http:", "")])
          await untilShown(await showFrom(src), ["<b>Saved</b>"]);
      });

      test("is text from a `data:` address, and from a `blob:` of the page", async () => {
        await untilShown(await showFrom(`data:application/json,${encodeURIComponent(JSON.stringify(HTML))}`), [
          "<b>Saved</b>",
        ]);
        const tab = await site.show(EMPTY, ANYWHERE);
        await tab.evaluate((text) => {
          const element = document.createElement("onceover-messages");
          element.setAttribute("src", URL.createObjectURL(new Blob([text])));
          document.body.append(element);
        }, JSON.stringify(HTML));
        await untilShown(tab, ["<b>Saved</b>"]);
      });

      test("is text where `<base>` points to another origin", async () => {
        const tab = await site.show(`<base href="${other.origin}">${FROM_SRC}`, ANYWHERE);
        await untilShown(tab, ["<b>Saved</b>"]);
      });
    });

    test("what is no list shows nothing", async () => {
      const answers = [null, {}, { messages: null }, "text", 7];
      const asked: string[] = [];
      answers.forEach((answer, index) => {
        site.serve({
          [`/${index}`]: (request, response) => json(asked.push(`${request.url}`) && answer)(request, response),
        });
      });
      const elements = answers.map((_, index) => `<onceover-messages src="/${index}"></onceover-messages>`);
      const tab = await site.show(elements.join(""));
      await expect.poll(() => asked.length).toBe(answers.length);
      await pause(tab);
      expect(await shown(tab)).toEqual([]);
    });
  });

  test("a script of the page's own adds messages as elements, and they count", async () => {
    site.serve({
      "/app.js": script(`
        const element = document.createElement("onceover-messages");
        element.append(Object.assign(document.createElement("p"), { className: "error", textContent: "A." }));
        document.body.append(element);`),
    });
    const tab = await site.show("", { head: `${SCRIPT}<script type="module" src="/app.js"></script>` });
    await untilShown(tab, ["A."]);
    await untilHeard(tab, ["alert: A."]);
  });
});

const textOf = (one: Message): string => (one.toJSON().safe ? "See your inbox & read." : `${one}`);

function dispatch(tab: Page, detail: unknown): Promise<unknown> {
  return tab.evaluate(
    (value) => dispatchEvent(new CustomEvent("onceover:messages", { detail: value as never, cancelable: true })),
    detail,
  );
}

function complains(site: { forgive(complaint: RegExp): void }, complaint: RegExp): boolean {
  try {
    site.forgive(complaint);
    return true;
  } catch {
    return false;
  }
}

/** The children as they are, without the mark that they were shown. */
function childrenOf(tab: Page): Promise<string[]> {
  return tab.evaluate(() =>
    [...document.querySelectorAll("onceover-messages > *")].map((child) => {
      const copy = child.cloneNode(true) as Element;
      copy.removeAttribute("data-shown");
      return copy.outerHTML;
    }),
  );
}
