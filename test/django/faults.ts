import { payloadOf, signed } from "./accidents.ts";
import type { StepOutcome } from "./observation.ts";
import type { Answer, Answered } from "./oracle.ts";
import { decode, type Given } from "./ours.ts";
import type { AddPlan, SettingsPlan, Step } from "./scenario.ts";
import { parseSetCookie } from "./set-cookie.ts";

/** A request that Django was asked about, and what it answered. */
export interface Case {
  readonly settings: SettingsPlan;
  readonly given: Given;
  readonly answer: Answer;
}

/** Asks Django about another request, under the same settings. */
export type Ask = (given: Given) => Promise<Answer>;

/** A fault of Django's that is not copied. */
export interface DjangoFault {
  readonly name: string;
  /** What Django does, why it is a fault, and what is compared instead. */
  readonly explanation: string;
  /**
   * The case as it would be without this fault; undefined if the fault plays no part in it.
   *
   * Where it can, it asks Django about a request that differs in no more than what Django trips over: then everything
   * else about the answer is Django's own still.
   */
  readonly repair: (at: Case, ask: Ask) => Promise<Case | undefined> | Case | undefined;
}

/** All that is excused, in the order in which it is tried. Nothing else is. */
export const DJANGO_FAULTS: readonly DjangoFault[] = [
  {
    name: "lazy text, iterated and then kept, crashes",
    explanation:
      "Only what is queued is made text before it is stored; what was iterated is queued no more. Kept beside a new " +
      "message, it is lazy still, and cannot be written as JSON. Compared: the same request with texts that are not lazy.",
    repair: async (at, ask) => {
      if (!crashedWith(at.answer, /__proxy__ is not JSON serializable/)) return undefined;
      const given = { ...at.given, steps: at.given.steps.map(withoutLazyText) };
      return { ...at, given, answer: await ask(given) };
    },
  },
  {
    name: "odd payload with a good signature crashes",
    explanation:
      "What is signed is taken for what Django writes, unlooked at. Compared: the same request with a bad signature, as " +
      "either is a cookie that holds no messages.",
    repair: async (at, ask) => {
      const { cookie } = at.given;
      if (!cookie || cookie !== signed(payloadOf(cookie)) || !crashedWith(at.answer, ODD_PAYLOAD_ERRORS))
        return undefined;
      const given = { ...at.given, cookie: cookie.replace(/.$/, "!") };
      return { ...at, given, answer: await ask(given) };
    },
  },
  {
    name: "corrupt cookie hides the session under fallback",
    explanation:
      "A cookie that cannot be read counts as none, and without a cookie the session is not read: the messages there " +
      "stay unseen. Compared: the same request with a cookie that says no more than that messages wait in the session.",
    repair: async (at, ask) => {
      const { settings, given } = at;
      if (settings.storage !== "fallback" || given.session === null) return undefined;
      if (!given.cookie || decode(given.cookie)) return undefined;
      const asked = { ...given, cookie: MARK_ALONE };
      return { ...at, given: asked, answer: await ask(asked) };
    },
  },
  {
    name: "cookie without messages is never deleted under fallback",
    explanation:
      "Fallback empties the storages that gave messages. A cookie that cannot be read, or that holds only the mark for " +
      "more in the session, gave none, and stays, even when what it pointed to was consumed. Compared: deleted.",
    repair: (at) => {
      const { settings, given } = at;
      if (settings.storage !== "fallback") return undefined;
      const isMarkForNothingYet = given.session === null && given.cookie && decode(given.cookie);
      return isMarkForNothingYet ? undefined : withUselessCookieDeleted(at);
    },
  },
  {
    name: "cookie without messages is deleted only when `used`",
    explanation:
      "The cookie storage deletes a cookie that holds only the mark for more when a page iterates, not when it counts; " +
      "and one that it cannot read by setting `used`, which a handler undoes that sets `used` to False, to keep what it " +
      "iterated. Compared: deleted as soon as it was read.",
    repair: (at) => (at.settings.storage === "cookie" ? withUselessCookieDeleted(at) : undefined),
  },
  {
    name: "cookie is deleted that is not there",
    explanation:
      "The cookie storage deletes its cookie on each page that iterates, whether the visitor has one or not. Compared: " +
      "no header.",
    repair: ({ answer, ...at }) => {
      if (at.settings.storage !== "cookie" || at.given.cookie || !isAnswered(answer)) return undefined;
      if (answer.setCookie === null || parseSetCookie(answer.setCookie).value !== "") return undefined;
      return { ...at, answer: { ...answer, setCookie: null } };
    },
  },
  {
    name: "set_level(None) before a level was read raises",
    explanation: "A level that was never set cannot be reset. Compared: no error, and no other effect.",
    repair: ({ answer, ...at }) => {
      if (!isAnswered(answer)) return undefined;
      const isRaised = (outcome: StepOutcome, index: number) => isReset(at.given.steps[index]) && outcome !== null;
      if (!answer.outcomes.some(isRaised)) return undefined;
      const outcomes = answer.outcomes.map((outcome, index) => (isRaised(outcome, index) ? null : outcome));
      return { ...at, answer: { ...answer, outcomes } };
    },
  },
];

const isAnswered = (answer: Answer): answer is Answered => !("crash" in answer);

const crashedWith = (answer: Answer, error: RegExp): boolean => "crash" in answer && error.test(answer.crash);

/** What Python says of `{"a": 1}`, of `5`, of `[["__json_message"]]` and of what is not zlib. */
const ODD_PAYLOAD_ERRORS =
  /^(KeyError: -1|TypeError: 'int' object is not subscriptable|IndexError: list index out of range|error: Error -3 .*)$/;

const isReset = (step: Step | undefined): boolean => step?.do === "setLevel" && step.level === null;

/** A cookie that says only that there are messages in the session. */
const MARK_ALONE = signed(Buffer.from('["__messagesnotfinished__"]').toString("base64url"));

/** With the header that deletes a cookie without messages, once it was read and no message waits behind it. */
function withUselessCookieDeleted({ answer, ...at }: Case): Case | undefined {
  if (!at.given.cookie || !isAnswered(answer) || answer.setCookie || !answer.loaded) return undefined;
  const holdsMessages = decode(at.given.cookie)?.some((item) => typeof item !== "string");
  if (holdsMessages || answer.session !== null) return undefined;
  return { ...at, answer: { ...answer, setCookie: deletion(at.settings) } };
}

/** Django's header that deletes the cookie (`HttpResponse.delete_cookie`). */
function deletion({ domain, sameSite }: SettingsPlan): string {
  const attributes = [
    ...(domain ? [`Domain=${domain}`] : []),
    "expires=Thu, 01 Jan 1970 00:00:00 GMT",
    "Max-Age=0",
    "Path=/",
    `SameSite=${sameSite[0]?.toUpperCase()}${sameSite.slice(1)}`,
    ...(sameSite === "none" ? ["Secure"] : []),
  ];
  return `messages=""; ${attributes.join("; ")}`;
}

function withoutLazyText(step: Step): Step {
  if (step.do === "add") return resolved(step);
  return step.do === "iterate" && step.adding ? { ...step, adding: resolved(step.adding) } : step;
}

function resolved<Plan extends AddPlan>(plan: Plan): Plan {
  return plan.text.kind === "lazy" ? { ...plan, text: { ...plan.text, kind: "plain" } } : plan;
}
