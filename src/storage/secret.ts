import { randomBytes } from "node:crypto";
import { invalidSetting } from "../core/checks.ts";
import { MessagesError } from "../core/errors.ts";

const MIN_LENGTH = 32;

const EXPECTED = `a text of at least ${MIN_LENGTH} characters that only the server knows`;

const HOW =
  "Make one with `node -e \"console.log(require('crypto').randomBytes(32).toString('base64url'))\"`, put it into an environment " +
  "variable, and write `messages({ secret: process.env.SECRET })`.";

/** What documents say in the place of a secret: everybody knows it. */
const PLACEHOLDER = /random text|only the server knows|development only|change.?me|your.?secret/i;

/**
 * The secrets that a setting gives, newest first; where it gives none in development, one that is made for the process.
 *
 * @throws {MessagesError} `invalid-setting` for what is too short or stands in a document, and in production for none.
 */
export function secretsOf(secret: unknown): [string, ...string[]] {
  if (secret === undefined) return [developmentSecret()];
  const list: unknown[] = Array.isArray(secret) ? secret : [secret];
  const [newest, ...older] = list.map(checkSecret);
  if (newest === undefined) throw invalidSetting("secret", "a string, or a list of at least one", secret);
  return [newest, ...older];
}

function checkSecret(secret: unknown): string {
  if (typeof secret === "string" && secret.length >= MIN_LENGTH) {
    if (!PLACEHOLDER.test(secret)) return secret;
    throw refused(secret, "one that stands in documents");
  }
  // What was given may be close to the secret: of a value, only its length or type is told.
  const isValue = secret !== undefined && typeof secret !== "object";
  const shown = typeof secret === "string" ? `one of ${secret.length} characters` : `a ${typeof secret}`;
  throw invalidSetting("secret", EXPECTED, secret, isValue ? shown : undefined);
}

function refused(secret: unknown, shown?: string): MessagesError {
  return new MessagesError("invalid-setting", `${invalidSetting("secret", EXPECTED, secret, shown).message} ${HOW}`);
}

/** One for all copies of this package in a process: development servers load modules again, and some load them twice. */
const MADE = Symbol.for("onceover.secret");

interface Made {
  [MADE]?: string;
}

function developmentSecret(): string {
  const made = globalThis as Made;
  if (environment() === "production") throw refused(undefined);
  if (made[MADE] === undefined) {
    made[MADE] = randomSecret();
    if (environment() !== "test")
      console.warn(`Onceover: no \`secret\` is set, so messages do not outlive this process. ${HOW}`);
  }
  return made[MADE];
}

/** Workers make no random numbers before the first request. */
function randomSecret(): string {
  try {
    return randomBytes(MIN_LENGTH).toString("base64url");
  } catch {
    throw refused(undefined);
  }
}

/** NODE_ENV; while Next.js builds, which starts no server but loads what one would, it is not that of production. */
function environment(): string | undefined {
  try {
    // To the letter, as bundlers replace it.
    return process.env.NEXT_PHASE === "phase-production-build" ? "test" : process.env.NODE_ENV;
  } catch {
    return undefined; // There is no `process`, or Deno does not let it be read.
  }
}
