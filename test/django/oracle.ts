import { once } from "node:events";
import { createInterface } from "node:readline";
import { deflateSync } from "node:zlib";
import { SECRET } from "../support.ts";
import type { Observation } from "./observation.ts";
import type { Given } from "./ours.ts";
import { type Python, startPython } from "./python.ts";
import type { SettingsPlan } from "./scenario.ts";

/** What Django did with a request; or the error that it died of. */
export type Answer = Answered | { readonly crash: string };

export interface Answered extends Observation {
  /** True if the storage was read. */
  readonly loaded: boolean;
}

/** Django itself, in a process of its own, which `oracle.py` describes. */
export class Oracle {
  readonly #python: Python = startPython("oracle.py", SECRET);
  readonly #lines: AsyncIterator<string> = createInterface({ input: this.#python.stdout })[Symbol.asyncIterator]();

  /** What Django does with each of some requests. One question at a time. */
  async ask(settings: SettingsPlan, requests: readonly Given[]): Promise<Answer[]> {
    this.#tell({ settings: djangoSettings(settings), requests });
    for (;;) {
      const { value, done } = await this.#lines.next();
      if (done) throw new Error("The oracle has ended. What it died of stands above.");
      const line = JSON.parse(value) as { answers: Answer[] } | { compress: string };
      if ("answers" in line) return line.answers;
      this.#tell(deflateSync(Buffer.from(line.compress, "base64")).toString("base64"));
    }
  }

  async askOne(settings: SettingsPlan, request: Given): Promise<Answer> {
    const [answer] = await this.ask(settings, [request]);
    return answer as Answer; // There is one for each request.
  }

  async end(): Promise<void> {
    const ended = once(this.#python, "exit");
    this.#python.stdin.end();
    await ended;
  }

  #tell(line: unknown): void {
    this.#python.stdin.write(`${JSON.stringify(line)}\n`);
  }
}

const STORAGES = {
  cookie: "django.contrib.messages.storage.cookie.CookieStorage",
  session: "django.contrib.messages.storage.session.SessionStorage",
  fallback: "django.contrib.messages.storage.fallback.FallbackStorage",
};

function djangoSettings({ storage, level, tags, domain, secure, httpOnly, sameSite }: SettingsPlan): object {
  return {
    MESSAGE_STORAGE: STORAGES[storage],
    MESSAGE_LEVEL: level,
    // JSON has no numbers for keys.
    MESSAGE_TAGS: Object.entries(tags).map(([level, tag]) => [Number(level), tag]),
    SESSION_COOKIE_DOMAIN: domain ?? null,
    SESSION_COOKIE_SECURE: secure,
    SESSION_COOKIE_HTTPONLY: httpOnly,
    SESSION_COOKIE_SAMESITE: sameSite[0]?.toUpperCase() + sameSite.slice(1),
  };
}
