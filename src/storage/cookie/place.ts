import type { CookieAttributes, Exchange, SameSite } from "../../core/exchange.ts";
import type { Signer } from "../../wire/signing.ts";
import { markOf } from "./group.ts";

/** A setting that may depend on the request. */
export type PerRequest<T> = T | { of(request: object): T }["of"];

/** The settings of a messages cookie, checked and complete. */
export interface CookieSettings {
  readonly name: string;
  readonly domain: PerRequest<string | undefined>;
  readonly path: string;
  readonly secure: PerRequest<boolean> | "auto";
  readonly httpOnly: boolean;
  readonly sameSite: SameSite;
  readonly partitioned: boolean;
  readonly maxAge: number | undefined;
  readonly maxSize: number;
}

/** Sets and deletes cookies where the settings want them. */
export class Place {
  /** What names of ours begin with in this place, one for each secret, newest first. */
  readonly marks: readonly string[];
  readonly #settings: CookieSettings;
  readonly #domain: string | undefined;
  /** By whether they are secure: attributes are one object for many cookies. */
  readonly #set: [CookieAttributes?, CookieAttributes?] = [];
  readonly #deleted: CookieAttributes;

  /** @param likeDjango deletes with the attributes that Django writes. */
  constructor(settings: CookieSettings, domain: string | undefined, signer: Signer, likeDjango: boolean) {
    const { name, path, sameSite, partitioned } = settings;
    this.marks = signer.digests(`${name} ${domain ?? ""} ${path}`).map(markOf);
    this.#settings = settings;
    this.#domain = domain;
    const secure = mustBeSecure(settings);
    const place = { domain, path, secure, httpOnly: false, maxAge: 0, partitioned };
    this.#deleted = Object.freeze(likeDjango ? { ...place, sameSite, epoch: true } : place);
  }

  set(exchange: Exchange, name: string, value: string): void {
    const isSecure = this.#isSecure(exchange);
    const { path, httpOnly, sameSite, maxAge, partitioned } = this.#settings;
    const attributes = { domain: this.#domain, path, secure: isSecure, httpOnly, sameSite, maxAge, partitioned };
    this.#set[isSecure ? 1 : 0] ??= Object.freeze(attributes);
    exchange.setCookie({ name, value, attributes: this.#set[isSecure ? 1 : 0] ?? attributes });
  }

  delete(exchange: Exchange, name: string): void {
    exchange.setCookie({ name, value: "", attributes: this.#deleted });
  }

  #isSecure(exchange: Exchange): boolean {
    const { secure } = this.#settings;
    if (typeof secure === "function") return secure(exchange.request);
    return secure === "auto" ? this.#deleted.secure || exchange.isSecure : secure;
  }
}

/** The place of each exchange; one object for all where the domain does not depend on the request. */
export function placesOf(settings: CookieSettings, signer: Signer, likeDjango: boolean): (exchange: Exchange) => Place {
  const { domain } = settings;
  if (typeof domain === "function") return ({ request }) => new Place(settings, domain(request), signer, likeDjango);
  const place = new Place(settings, domain, signer, likeDjango);
  return () => place;
}

/** True for a cookie that browsers accept over HTTPS only (RFC 6265bis §4.1.3, §5.7; CHIPS). */
export function mustBeSecure(settings: Pick<CookieSettings, "name" | "sameSite" | "partitioned">): boolean {
  return settings.sameSite === "none" || settings.partitioned || /^__(Host|Secure)-/i.test(settings.name);
}
