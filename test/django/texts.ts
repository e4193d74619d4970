import type { Random } from "./random.ts";

/** What has gone wrong somewhere: quotes, markup, escapes, control characters, line ends, other scripts, beyond the BMP. */
const AWKWARD = [
  ..."\"'`\\/<>&;,=:%$ ",
  "</script>",
  '<b class="x">',
  "&amp;",
  "&#39;",
  "{{ messages }}",
  "{% if %}",
  "%3A",
  "\\u0041",
  "__json_message",
  "__messagesnotfinished__",
  "\0",
  "\b\f\n\r\t\v",
  "\u001b[31m",
  "\u007f\u0080\u009f",
  "\u00a0\u00ad",
  "é",
  "e\u0301",
  "ß",
  "ı",
  "日本",
  "שלום",
  "\u202e",
  "\u2028\u2029",
  "\ufeff",
  "\ufffd\uffff",
  "😀",
  "👩‍👩‍👧",
  "🇨🇭",
  "\u{10ffff}",
];

const WORDS = ["Saved.", "Profile", "updated", "was", "not", "found", "Hello", "world", "3", "items", "a", "0"];

/** A short text, of words, of awkward pieces, or of any characters. */
export function shortText(random: Random): string {
  const make = random.weighted([
    [5, () => random.list(random.int(1, 6), () => random.pick(WORDS)).join(" ")],
    [3, () => random.list(random.int(1, 8), () => random.pick([...WORDS, ...AWKWARD])).join("")],
    [2, () => random.list(random.int(1, 20), () => anyCharacter(random)).join("")],
    [1, () => ""],
  ]);
  return make();
}

/** A text that may be alone too long for a cookie. Some compress well, some hardly, most are between the two. */
export function longText(random: Random): string {
  const length = random.int(100, random.pick([500, 1500, 5000]));
  const make = random.weighted([
    [2, () => firstCharacters(shortText(random).repeat(length), length)],
    [5, () => random.list(length, () => String.fromCharCode(random.int(0x20, 0x7e))).join("")],
    [
      2,
      () =>
        random
          .list(length, () => random.pick(WORDS))
          .join(" ")
          .slice(0, length),
    ],
    [1, () => random.list(Math.ceil(length / 6), () => anyCharacter(random)).join("")],
  ]);
  return make();
}

/** The start of a text, no character cut in two. */
export function firstCharacters(text: string, count: number): string {
  return [...text].slice(0, count).join("");
}

/** Any character of Unicode but a half of a surrogate pair, which no UTF-8 can carry. */
function anyCharacter(random: Random): string {
  const most = random.pick([0x7f, 0xff, 0xffff, 0x10ffff]);
  const code = random.int(0, most);
  return code >= 0xd800 && code <= 0xdfff ? anyCharacter(random) : String.fromCodePoint(code);
}
