/**
 * The `<onceover-messages>` element: messages that are read aloud once, dismissed, and never repeated.
 *
 * Importing this registers nothing; `onceover/client` does.
 *
 * @module
 */
import type { MessageJson } from "../core/message.ts";
import { PRESETS, type PresetName, severityOf } from "../html/presets.ts";
import { type Announce, announcer } from "./announcer.ts";
import { append } from "./append.ts";
import { appendMessage, isMessage, levelOf } from "./message-element.ts";
import { styleSheet } from "./style.ts";

/** What the event `onceover:messages` carries, as `showMessages()` and `onceover/htmx` send it. */
export interface MessagesEventDetail {
  readonly messages: readonly MessageJson[];
  /** True if more wait on the server than the response could carry. */
  readonly more?: boolean;
}

/** The attributes of the element, for what declares it: JSX, for one. */
export interface OnceoverMessagesAttributes {
  /** The CSS framework for messages that come as JSON, as of `renderMessages()`: their own tags alone by default. */
  readonly preset?: PresetName;
  /**
   * The address of the messages that wait, as a JSON array; fetched when the element appears.
   *
   * From another origin, or from a `data:` or `blob:` address, HTML is shown as text.
   */
  readonly src?: string;
  /** Seconds after which messages go by themselves, by level: `"info: 8, success: 5"`; none do by default, errors never. */
  readonly "dismiss-after"?: string;
  /** The name of the buttons; `Dismiss` by default. */
  readonly "dismiss-label"?: string;
}

declare global {
  interface WindowEventMap {
    "onceover:messages": CustomEvent<MessagesEventDetail>;
  }
  interface HTMLElementTagNameMap {
    "onceover-messages": OnceoverMessages;
  }
}

/** The messages of `show()`, by receipt if they have one: a framework that renders again hands over the same. */
const seen = new Set<unknown>();

/** A server has no elements: there the class can be imported, and no more. */
const Base = (globalThis.HTMLElement ?? Object) as typeof HTMLElement;

/**
 * Shows messages: its children, whoever puts them there (the server's page, HTMX, Turbo, a script), those of `show()`, of
 * `onceover:messages` events, and of `src`.
 *
 * Each is read aloud once, and has a button that dismisses it. A page that is brought back (by the back button, or by the
 * history caches of Turbo and HTMX) does not show again what it had shown.
 *
 * Its attributes are {@link OnceoverMessagesAttributes}. Nothing goes by itself while the element is hovered over or has the
 * focus, or the page is out of sight. Its parts: `message`, and the name of the level that it looks like; `dismiss`. The
 * custom property `--onceover-color` of a `message` is what its border and its background are made of.
 *
 * @example
 * ```ts
 * import { OnceoverMessages } from "onceover/element";
 *
 * // Under a name of your own; `import "onceover/client"` registers it as `onceover-messages`.
 * globalThis.customElements?.define("app-messages", class extends OnceoverMessages {});
 * ```
 */
export class OnceoverMessages extends Base {
  /** The live regions, and then a box for each message that is shown, with a slot for the child. */
  readonly #root: ShadowRoot;
  readonly #regions: HTMLElement;
  readonly #announce: Announce;
  readonly #observer: MutationObserver;
  #listening: AbortController | undefined;
  /** What had the focus before it came here. */
  #cameFrom: HTMLElement | null = null;

  constructor() {
    super();
    this.#root = this.attachShadow({ mode: "open", slotAssignment: "manual" });
    this.#root.adoptedStyleSheets = [styleSheet()];
    this.#regions = append(this.#root, "div");
    this.#announce = announcer(this.#regions);
    this.#observer = new MutationObserver(() => this.#update());
  }

  connectedCallback(): void {
    this.#listening = new AbortController();
    const { signal } = this.#listening;
    const on = (target: EventTarget, types: string, listener: (event: never) => void): void => {
      for (const type of types.split(" ")) target.addEventListener(type, listener as EventListener, { signal });
    };
    on(window, "onceover:messages", (event: CustomEvent<Partial<MessagesEventDetail> | null>) => this.#receive(event));
    // The browser may bring back the page as it is left.
    on(window, "pagehide", () => {
      while (this.#regions.nextSibling) this.#regions.nextSibling.remove();
    });
    on(window, "pageshow", ({ persisted }: PageTransitionEvent) => persisted && void this.#load());
    on(document, "prerenderingchange", () => this.#load());
    on(window, "visibilitychange", () => this.#hold());
    on(this, "pointerenter pointerleave focusin focusout", () => this.#hold());
    on(this, "focusin", ({ relatedTarget }: FocusEvent) => {
      const from = relatedTarget as HTMLElement | null;
      if (from && !this.contains(from)) this.#cameFrom = from;
    });
    this.#observer.observe(this, {
      childList: true,
      characterData: true,
      subtree: true,
      attributeFilter: ["data-shown"],
    });
    this.#update();
    void this.#load();
  }

  disconnectedCallback(): void {
    this.#listening?.abort();
    this.#observer.disconnect();
  }

  /**
   * Shows messages that came as JSON, in their order. What is no message is passed over.
   *
   * Each is shown once, however often it is handed over: the same by its receipt, or else the same object. `shown()` of
   * `onceover/shown` confirms receipts.
   *
   * @param messages what `messages.toJSON()` gave.
   */
  show(messages: Iterable<MessageJson>): void {
    const name = this.getAttribute("preset") ?? "plain";
    const preset = PRESETS[name as PresetName];
    if (!preset) console.error("Unknown preset", name);
    for (const message of Array.from(messages ?? []).filter(isMessage)) {
      const identity = message.receipt ?? message;
      if (!seen.has(identity)) appendMessage(this, message, preset ?? {});
      seen.add(identity);
    }
  }

  /** Gives each child that is new its box, and takes away the boxes of those that are gone. */
  #update(): void {
    let last: Element = this.#regions;
    for (const child of [...this.childNodes]) {
      const message = elementOf(child);
      const text = message?.textContent.trim();
      if (message && text !== (message.dataset.shown ?? "")) {
        message.dataset.shown = text;
        if (text) last.after(this.#box(message));
      }
      last = message?.assignedSlot?.parentElement ?? last;
    }
    for (const slot of this.#root.querySelectorAll("slot"))
      if (!slot.assignedNodes()[0]?.textContent?.trim()) slot.parentElement?.remove();
    // Without scripts, the roles that the server wrote have a message read; now it would be read twice.
    for (const live of this.querySelectorAll("[role=status],[role=alert]")) live.role = null;
    this.#hold();
  }

  #box(message: HTMLElement): HTMLElement {
    const level = levelOf(message);
    const severity = severityOf(level);
    const box = append(this.#root, "div", { part: `message ${severity}` });
    const dismiss = () => this.#dismiss(box);
    box.onkeydown = ({ key }) => {
      if (key === "Escape") dismiss();
    };
    append(box, "slot").assign(message);
    append(box, "button", {
      part: "dismiss",
      type: "button",
      ariaLabel: this.getAttribute("dismiss-label") ?? "Dismiss",
      onclick: dismiss,
    });
    this.#announce(message, level, box);
    const [, seconds] = this.getAttribute("dismiss-after")?.match(`\\b${severity}[:\\s]+([\\d.]+)`) ?? [];
    // An animation of nothing is a timer that can be paused.
    const duration = Number(seconds) * 1000;
    if (duration > 0 && severity !== "error") box.animate(null, { id: "dismiss", duration }).onfinish = dismiss;
    return box;
  }

  /** The child stays where it is, without a box: whoever put it there may still hold on to it, as React does. */
  #dismiss(box: HTMLElement): void {
    const hadFocus = box.matches(":focus-within");
    const neighbour = box.nextElementSibling ?? box.previousElementSibling;
    box.remove();
    if (hadFocus) (neighbour?.querySelector("button") ?? this.#cameFrom)?.focus();
  }

  /** Whoever reads a message, or looks elsewhere, is given time. */
  #hold(): void {
    const isHeld = document.hidden || this.matches(":hover,:focus-within");
    for (const animation of this.#root.getAnimations()) {
      if (animation.id) isHeld ? animation.pause() : animation.play();
    }
  }

  /** Of several elements, one shows what an event brings. */
  #receive(event: CustomEvent<Partial<MessagesEventDetail> | null>): void {
    if (event.defaultPrevented) return;
    event.preventDefault();
    const { detail } = event;
    // HTMX 2 dispatches before it swaps: the element that is there afterwards may be another one.
    setTimeout(() => {
      this.#pass(detail);
      if (detail?.more) void this.#load();
    });
  }

  /** Shows what came: a list, or one in an object. */
  #pass(json: Partial<MessagesEventDetail> | null): void {
    const there = this.isConnected ? this : document.querySelector<OnceoverMessages>(this.localName);
    (there ?? this).show(json?.messages ?? (json as MessageJson[]));
  }

  /** Fetches what waits on the server; what cannot be fetched stays there. */
  async #load(): Promise<void> {
    const src = this.getAttribute("src");
    // What a preview shows is gone as soon as the page is there, and one that is rendered ahead gets no messages.
    if (!src || this.closest("[data-turbo-preview]") || (document as { prerendering?: boolean }).prerendering) return;
    try {
      const response = await fetch(src);
      // Another origin, also at the end of a redirect, and `data:` or `blob:` vouch for no HTML: there, all is text.
      const isOwn = response.url.startsWith(`${location.origin}/`);
      if (response.ok)
        this.#pass(JSON.parse(await response.text(), (key, value) => (isOwn || key !== "safe") && value));
    } catch (error) {
      console.error(src, error);
    }
  }
}

/** Elements are messages; text that is more than layout becomes one. */
function elementOf(child: ChildNode): HTMLElement | undefined {
  if (child instanceof HTMLElement) return child;
  if (!(child instanceof Text && child.data.trim())) return undefined;
  const span = document.createElement("span");
  child.replaceWith(span);
  span.append(child);
  return span;
}
