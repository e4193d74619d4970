"use client";

/**
 * What a page of Next.js shows messages with.
 *
 * @module
 */
import { createElement, Fragment, type ReactNode, useEffect, useRef, useState } from "react";
import { shown } from "../client/shown.ts";
import { digestOf, joinReceipts, splitReceipts } from "../wire/receipts.ts";

/** What {@link Shown} is given. */
export interface ShownProps {
  /** What `toJSON()` of the page's messages gave. */
  readonly messages: readonly { readonly receipt?: string }[];
  /** Where `GET` of `messages()` is mounted, for browsers without JavaScript; `"/messages"` by default. */
  readonly path?: string;
  /** What shows these messages, rendered by the server as anything else of the page. */
  readonly children?: ReactNode;
}

/**
 * Shows messages of a page once, and tells the server so: with the next Server Function or Route Handler they are gone.
 *
 * A page that the router brings back from its cache has the messages that it had; this does not show them again.
 *
 * @example
 * ```tsx
 * import { Shown } from "onceover/next-client";
 * import { getMessages } from "@/lib/messages";
 *
 * export async function Messages() {
 *   const messages = (await getMessages()).toJSON();
 *   return (
 *     <Shown messages={messages}>
 *       {messages.map(({ receipt, tags, message }) => <p key={receipt} className={tags}>{message}</p>)}
 *     </Shown>
 *   );
 * }
 * ```
 */
export function Shown({ messages, path = "/messages", children }: ShownProps): ReactNode {
  const receipts = joinReceipts(messages.flatMap(({ receipt }) => receipt ?? []));
  return receipts === "" ? children : createElement(Once, { key: receipts, receipts, path }, children);
}

/** For each message that this document has shown, when it was handed out. On a server, effects do not run: it stays empty. */
const handedOut = new Map<string, number>();

interface OnceProps {
  /** Those of one handing-out, as the cookie has them. */
  readonly receipts: string;
  readonly path: string;
  readonly children?: ReactNode;
}

function Once({ receipts, path, children }: OnceProps): ReactNode {
  const [isOver, setOver] = useState(() => splitReceipts(receipts).some(isKnown));
  const leaving = useRef<ReturnType<typeof setTimeout>>(undefined);
  useEffect(() => {
    if (isOver) return;
    // StrictMode takes each component away and brings it back at once: it has not left.
    clearTimeout(leaving.current);
    const list = splitReceipts(receipts);
    for (const receipt of list) handedOut.set(digestOf(receipt), timeOf(receipt));
    shown(list.map((receipt) => ({ receipt })));
    // With Cache Components, Next.js hides the page that is left, and may bring back the same components.
    return () => {
      leaving.current = setTimeout(() => setOver(true));
    };
  }, [receipts, isOver]);
  if (isOver) return null;
  // A background, as a browser fetches that of what it shows alone: without JavaScript, what Next.js streams stays hidden.
  const image = createElement("span", { style: { backgroundImage: `url("${path}?shown=${receipts}")` } });
  return createElement(Fragment, null, children, createElement("noscript", null, image));
}

/** True if the message was shown, here or on another page: the router had this page in its cache, or handed it out later. */
function isKnown(receipt: string): boolean {
  const known = handedOut.get(digestOf(receipt));
  return known !== undefined && !(timeOf(receipt) > known);
}

/**
 * When a page was given a message that looks like any other that says the same; NaN for one that does not: then it is the same
 * one whenever it was handed out.
 */
function timeOf(receipt: string): number {
  return Number.parseInt(receipt.split(".")[2] ?? "", 36);
}
