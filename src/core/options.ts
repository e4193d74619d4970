import { describe, MessagesError } from "./errors.ts";

const NAMES = ["extraTags", "data"];

/** What an option of another name is meant to say, and how that is said here. */
const INSTEAD: ReadonlyMap<string, string> = new Map([
  ["extratags", "`extraTags`"],
  ["tags", "`extraTags`"],
  ["safe", "`markSafe(text)` for the text"],
  ["failsilently", "`failSilently` of the function form, `addMessage(request, …)`"],
]);

/**
 * Refuses what a message has no option for.
 *
 * @throws {MessagesError} `invalid-options`: what was given, and what to write instead.
 */
export function checkOptions(options: unknown): void {
  if (typeof options !== "object" || options === null || Array.isArray(options))
    throw invalidOptions(
      "The options of a message must be an object, such as `{ extraTags: … }`",
      options,
      "Put values into the text itself, with a template literal.",
    );
  for (const name of Object.keys(options)) if (!NAMES.includes(name)) throw unknownOption(name);
  const { extraTags } = options as { extraTags?: unknown };
  if (typeof extraTags !== "string" && extraTags !== undefined && extraTags !== null)
    throw invalidOptions("`extraTags` must be a string", extraTags, 'Separate several by spaces: "profile urgent".');
}

function invalidOptions(expected: string, given: unknown, instead: string): MessagesError {
  return new MessagesError("invalid-options", `${expected}; got ${describe(given)}. ${instead}`);
}

function unknownOption(name: string): MessagesError {
  const instead = INSTEAD.get(name.replace(/_/g, "").toLowerCase());
  const hint = instead ? `write ${instead}` : `the options are ${NAMES.join(" and ")}`;
  return new MessagesError("invalid-options", `A message has no option \`${name}\`; ${hint}.`);
}
