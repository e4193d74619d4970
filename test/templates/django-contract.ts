import { ERROR, INFO, Message, type Messages, markSafe, WARNING } from "onceover";
import { describe, expect, test } from "vitest";
import { waiting } from "./contract.ts";
import { ALERTS, LIST } from "./engines/django.ts";

/**
 * What is promised of an engine that runs Django's templates unchanged.
 *
 * @param print what a template prints, without what is only layout.
 */
export function djangoContract(name: string, print: (template: string, messages: Messages) => string): void {
  describe(`Django's templates, unchanged, in ${name}`, () => {
    test.each([
      ["none", [], ""],
      ["one", [new Message(INFO, "a")], '<ul class="messages"><li class="info">a</li></ul>'],
      [
        "many",
        [new Message(INFO, "a", { extraTags: "x y" }), new Message(ERROR, "b"), new Message(99, "c")],
        '<ul class="messages"><li class="x y info">a</li><li class="error">b</li><li class="">c</li></ul>',
      ],
    ])("the list prints %s", (_, loaded, html) => {
      expect(print(LIST, waiting(...loaded))).toBe(html);
    });

    test.each([
      ["none", [], ""],
      ["one", [new Message(WARNING, "a")], '<div class="alert alert-warning"> a </div>'],
      [
        "many",
        [new Message(INFO, "a"), new Message(ERROR, "b")],
        '<div class="alert alert-info"> a </div><div class="alert alert-error"> Important: b </div>',
      ],
    ])("the alerts print %s", (_, loaded, html) => {
      expect(print(ALERTS, waiting(...loaded))).toBe(html);
    });

    test.each([
      ["the list", LIST],
      ["the alerts", ALERTS],
    ])("%s escapes text and tags, and prints safe HTML as it is", (_, template) => {
      const evil = `<script>alert("it's")</script> & co`;
      const messages = waiting(
        new Message(INFO, evil, { extraTags: '"><script>' }),
        new Message(INFO, markSafe('<b class="x">it\'s</b>')),
      );
      const html = print(template, messages);
      expect(html).not.toContain("<script>");
      expect(html).toContain("&lt;script&gt;alert(&quot;it&#39;s&quot;)&lt;/script&gt; &amp; co");
      expect(html).toContain('<b class="x">it\'s</b>');
      expect(html).toContain("&quot;&gt;&lt;script&gt; info");
    });
  });
}

export const squeeze = (html: string) => html.replace(/\s+/g, " ").replace(/> </g, "><").trim();
