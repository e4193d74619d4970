/** A Set-Cookie header as a browser understands it. */
export interface ParsedSetCookie {
  readonly name: string;
  readonly value: string;
  /** Attributes by their names in lower case; true for one without a value. */
  readonly attributes: Readonly<Record<string, string | true>>;
}

/**
 * Takes a Set-Cookie header apart (RFC 6265 §5.2), so that two can be compared that mean the same.
 *
 * Django sorts the attributes by name and writes an empty value as `""`; neither makes a difference to a browser.
 */
export function parseSetCookie(header: string): ParsedSetCookie {
  const [[name, value] = ["", ""], ...attributes] = header.split("; ").map(splitPair);
  return {
    name,
    value: value === '""' || value === true ? "" : value,
    attributes: Object.fromEntries(attributes.map(([key, value]) => [key.toLowerCase(), value])),
  };
}

function splitPair(pair: string): [name: string, value: string | true] {
  const end = pair.indexOf("=");
  return end < 0 ? [pair, true] : [pair.slice(0, end), pair.slice(end + 1)];
}
