import { isDeepStrictEqual } from "node:util";
import { INFO, Message, type Messages } from "onceover";
import { waiting } from "../templates/contract.ts";
import { CORPUS, type Payload } from "./corpus.ts";
import type { Site, SiteNode, Tab, Visit } from "./visit.ts";

/** A page that shows messages. */
export interface MessagesPage extends Omit<Site, "html" | "answers"> {
  readonly name: string;
  /** The selector of what each message is in, the text and nothing else. */
  readonly each: string;
  /** What is in the page's `<main>`. */
  html(messages: Messages): string | Promise<string>;
  /** What else the server answers, by path. */
  answers?(messages: Messages): Site["answers"];
  /** What becomes of a text on its way into the page; by default, what HTML makes of it. */
  readonly carry?: Carrier;
  /** For how long its script goes on once all messages are there, in milliseconds; 0 by default. */
  readonly settle?: number;
  /** The selector of elements that are not looked into: what changes with the time. */
  readonly ignore?: string;
}

/** What becomes of a text on its way into the document. */
export interface Carrier {
  text(text: string): string;
  attribute(text: string, name: string): string;
}

/** HTML from a server: UTF-8 has no lone surrogates, and the rest is as in {@link byInnerHtml}. */
export const byHtml: Carrier = {
  text: (text) => byInnerHtml.text(Buffer.from(text).toString()),
  attribute: (text, name) => byInnerHtml.attribute(Buffer.from(text).toString(), name),
};

/** HTML from a script: a parser makes CR LF and CR into LF (HTML §13.2.3.5), and drops NUL, or replaces it in attributes. */
export const byInnerHtml: Carrier = {
  text: (text) => text.replace(/\r\n?/g, "\n").replaceAll("\0", ""),
  attribute: (text) => text.replace(/\r\n?/g, "\n").replaceAll("\0", "\ufffd"),
};

/** A script that sets text and attributes: nothing changes. */
export const byScript: Carrier = { text: (text) => text, attribute: (text) => text };

/**
 * Sends the whole corpus through a page, each payload as text, tags and data of one message.
 *
 * Nothing may run, and the document must be, node by node, the one that harmless messages make, with the payloads in their
 * places.
 *
 * @param policy true serves the page with a strict policy.
 * @returns what is wrong, in words that name the payload; nothing, if all is well.
 */
export async function attack(
  tab: Tab,
  page: MessagesPage,
  { policy, corpus = CORPUS }: { policy: boolean; corpus?: readonly Payload[] },
): Promise<string[]> {
  const until = { selector: page.each, count: corpus.length };
  const { settle, ignore } = page;
  const open = async (payloads: readonly Payload[]) =>
    tab.visit(await siteOf(page, payloads), { policy, until, settle, ignore });
  const harmless = await open(corpus.map(harmlessAs));
  const attacked = await open(corpus);
  return [
    ...harmless.caught.map((what) => `harmless messages: ${what}`),
    ...missing(harmless, corpus),
    ...attacked.caught.map((what) => `${culprit(what, corpus)}: ${what}`),
    ...differences(harmless.nodes, attacked.nodes, corpus, page.carry ?? byHtml),
  ];
}

async function siteOf({ html, script, answers, styles }: MessagesPage, payloads: readonly Payload[]): Promise<Site> {
  const messages = () =>
    waiting(...payloads.map(({ text, data }) => new Message(INFO, text, { extraTags: text, data })));
  return { html: await html(messages()), script, answers: answers?.(messages()), styles };
}

/** A text in the place of a payload, to find where the page puts it. */
function harmlessAs({ id, attacks, sink }: Payload): Payload {
  const text = `harmless${id}`;
  return { id, attacks, sink, text, data: { text, value: text } };
}

const HARMLESS = /harmless(\d+)/g;

/** The first message that the page does not show at all, if any: nothing could be said of it. */
function missing({ shown, nodes }: Visit, corpus: readonly Payload[]): string[] {
  const texts = corpus.map((payload) => harmlessAs(payload).text);
  const tagged = nodes.flatMap(({ attributes = {} }) => Object.values(attributes).join(" ").match(HARMLESS) ?? []);
  const untold = texts.find((text, index) => shown[index]?.trim() !== text);
  const untagged = texts.find((text) => !tagged.includes(text));
  return [
    ...(untold ? [`not shown as a text: ${untold}`] : []),
    ...(untagged ? [`not shown as tags: ${untagged}`] : []),
  ];
}

/** Where the attacked document is not the harmless one with the payloads in it: the first place, as others follow from it. */
function differences(
  harmless: readonly SiteNode[],
  attacked: readonly SiteNode[],
  corpus: readonly Payload[],
  carry: Carrier,
): string[] {
  const texts = new Map(corpus.map(({ id, text }) => [id, text]));
  const withPayloads = (text: string, carried: (text: string) => string) =>
    text.replace(HARMLESS, (_, id: string) => carried(texts.get(id) ?? ""));
  let before = "";
  for (let index = 0; index < Math.max(harmless.length, attacked.length); index += 1) {
    const { path = "nothing", attributes = {}, text = "" } = harmless[index] ?? {};
    before = JSON.stringify([attributes, text]).match(HARMLESS)?.[0] ?? before;
    const expected = {
      path,
      attributes: folded(attributes, (value, name) => withPayloads(value, (text) => carry.attribute(text, name))),
      text: withPayloads(text, carry.text),
    };
    const got = attacked[index] ?? { path: "nothing" };
    const actual = { path: got.path, attributes: folded(got.attributes ?? {}), text: got.text ?? "" };
    if (isDeepStrictEqual(actual, expected)) continue;
    const payload = corpus.find((payload) => harmlessAs(payload).text === before);
    return [`${payload ? nameOf(payload) : "some payload"}: expected ${clip(expected)}, got ${clip(actual)}`];
  }
  return [];
}

/** Attributes by name; classes are a set, whatever is between them. */
function folded(
  attributes: Readonly<Record<string, string>>,
  change: (value: string, name: string) => string = (value) => value,
): Record<string, string> {
  return Object.fromEntries(
    Object.entries(attributes).map(([name, value]) => {
      const changed = change(value, name);
      return [name, name === "class" ? [...new Set(changed.trim().split(/\s+/))].join(" ") : changed];
    }),
  );
}

/** The payload that says so: each that runs or asks for something tells its number. */
function culprit(what: string, corpus: readonly Payload[]): string {
  const [, number] = /(?:\(|elsewhere\D*)(\d+)\b/.exec(what) ?? [];
  const payload = corpus.find(({ id }) => id === number);
  return payload ? nameOf(payload) : "some payload";
}

const nameOf = ({ id, attacks, text }: Payload) => `payload ${id} (${attacks}), ${clip(text)}`;

function clip(value: unknown): string {
  const json = JSON.stringify(value);
  return json.length > 300 ? `${json.slice(0, 300)}…` : json;
}
