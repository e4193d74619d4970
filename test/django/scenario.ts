import { Random } from "./random.ts";
import { firstCharacters, longText, shortText } from "./texts.ts";

/** A text, and what kind of text the handler makes of it. */
export interface TextPlan {
  readonly kind: "plain" | "safe" | "lazy";
  readonly value: string;
}

export interface AddPlan {
  readonly level: number;
  readonly text: TextPlan;
  /** Left out: whatever the default is. */
  readonly extraTags?: string | null;
}

/** One thing that a handler or a template does with messages. Both sides can do each. */
export type Step =
  | ({ readonly do: "add" } & AddPlan)
  | { readonly do: "setLevel"; readonly level: number | null }
  | { readonly do: "getLevel" }
  | { readonly do: "iterate"; readonly adding?: AddPlan }
  | { readonly do: "render"; readonly template: "list" | "alerts" }
  | { readonly do: "count" }
  | { readonly do: "contains"; readonly level: number; readonly text: string }
  | { readonly do: "setUsed"; readonly used: boolean };

/** What happens to a visitor's cookie and session between two requests. */
export type Accident =
  | { readonly happens: "nothing" | "cookieDeleted" | "cookieForeign" | "sessionLost" }
  | { readonly happens: "cookieTruncated" | "cookieFlipped" | "cookieReplayed"; readonly where: number }
  | { readonly happens: "cookieReplaced"; readonly by: string }
  | { readonly happens: "cookieOdd"; readonly payload: string };

export interface RequestPlan {
  /** Unix seconds. */
  readonly now: number;
  readonly before: Accident;
  readonly steps: readonly Step[];
}

type StorageName = "cookie" | "session" | "fallback";

/** Settings under the names that they have here; {@link djangoSettings} has Django's. */
export interface SettingsPlan {
  readonly storage: StorageName;
  readonly level: number;
  readonly tags: Readonly<Record<number, string>>;
  readonly domain: string | undefined;
  readonly secure: boolean;
  readonly httpOnly: boolean;
  readonly sameSite: "lax" | "strict" | "none";
}

/** One visitor of one app, from the first request to the last. */
export interface Scenario {
  readonly seed: number;
  readonly settings: SettingsPlan;
  readonly requests: readonly RequestPlan[];
}

/** The scenario of a seed: the same one, each time. */
export function scenario(seed: number): Scenario {
  const random = new Random(seed);
  const settings = settingsPlan(random);
  const start = random.int(1_500_000_000, 2_500_000_000);
  const requests = random.list(random.int(2, 12), () => requestPlan(random));
  return { seed, settings, requests: requests.map((plan, index) => ({ ...plan, now: start + 7 * index })) };
}

function settingsPlan(random: Random): SettingsPlan {
  const sameSite = random.weighted([
    [6, "lax"],
    [1, "strict"],
    [1, "none"],
  ] as const);
  return {
    storage: random.pick(["cookie", "session", "fallback", "fallback"]),
    level: random.weighted([
      [6, 20],
      [1, 5],
      [1, 29],
      [1, 30],
    ]),
    tags: random.weighted([
      [3, {}],
      [1, { 40: "danger", 29: "almost" }],
      [1, { 20: "", 5: "trace it", 50: "critical" }],
    ]),
    domain: random.weighted([
      [4, undefined],
      [1, ".example.com"],
    ]),
    secure: sameSite === "none" || random.chance(0.2), // Browsers refuse the one without the other.
    httpOnly: random.chance(0.8),
    sameSite,
  };
}

function requestPlan(random: Random): Omit<RequestPlan, "now"> {
  const steps = random.list(random.int(0, 6), () => someSteps(random)).flat();
  return { before: accident(random), steps };
}

function someSteps(random: Random): Step[] {
  const make = random.weighted<() => Step[]>([
    [30, () => [{ do: "add", ...addPlan(random, shortText(random)) }]],
    [6, () => [{ do: "add", ...addPlan(random, longText(random)) }]],
    [3, () => manyAdds(random)],
    [4, () => [{ do: "setLevel", level: someLevel(random) }]],
    [3, () => [{ do: "setLevel", level: null }]],
    [2, () => [{ do: "getLevel" }]],
    [10, () => [{ do: "iterate" }]],
    [5, () => [{ do: "iterate", adding: addPlan(random, shortText(random)) }]],
    [16, () => [{ do: "render", template: random.pick(["list", "alerts"] as const) }]],
    [3, () => [{ do: "count" }]],
    [2, () => addAndFind(random)],
    [5, () => [{ do: "setUsed", used: false }]],
    // Django has to have read the messages to know which storages to empty; counting reads them.
    [1, () => [{ do: "count" }, { do: "setUsed", used: true }]],
  ]);
  return make();
}

function addPlan(random: Random, value: string): AddPlan {
  const kind = random.weighted([
    [6, "plain"],
    [2, "safe"],
    [1, "lazy"],
  ] as const);
  const extraTags = random.weighted<{ extraTags?: string | null }>([
    [4, {}],
    [1, { extraTags: null }],
    [1, { extraTags: "" }],
    [2, { extraTags: shortText(random) }],
  ]);
  // Django asks a lazy text at once whether it is empty; here it is asked for nothing before the response goes out.
  const isEmptyLazy = kind === "lazy" && value === "";
  return { level: someLevel(random), text: { kind: isEmptyLazy ? "plain" : kind, value }, ...extraTags };
}

/** So many that not all of them may fit into a cookie. */
function manyAdds(random: Random): Step[] {
  const make = random.pick([shortText, longText, () => "The same, over and over again."]);
  return random.list(
    random.int(5, 60),
    () => ({ do: "add", ...addPlan(random, firstCharacters(make(random), 300)) }) as const,
  );
}

function addAndFind(random: Random): Step[] {
  const plan = addPlan(random, shortText(random));
  const level = random.chance(0.8) ? plan.level : someLevel(random);
  return [
    { do: "add", ...plan },
    { do: "contains", level, text: plan.text.value },
  ];
}

function someLevel(random: Random): number {
  return random.weighted([
    [10, random.pick([10, 20, 25, 30, 40])],
    [3, random.pick([-1, 0, 5, 19, 21, 29, 50, 1_000_000])],
  ]);
}

function accident(random: Random): Accident {
  const where = random.int(0, 4000);
  return random.weighted<Accident>([
    [60, { happens: "nothing" }],
    [2, { happens: "cookieDeleted" }],
    [2, { happens: "cookieTruncated", where }],
    [2, { happens: "cookieFlipped", where }],
    [2, { happens: "cookieReplayed", where }],
    [2, { happens: "cookieForeign" }],
    [2, { happens: "cookieReplaced", by: garbage(random) }],
    [1, { happens: "cookieOdd", payload: random.pick(ODD_PAYLOADS) }],
    [1, { happens: "sessionLost" }],
  ]);
}

/** Anything that a cookie's value may consist of (RFC 6265 §4.1.1, `cookie-octet`), likely ones more often. */
function garbage(random: Random): string {
  const anyOctet = () => random.pick([..."!#$%&'()*+-./0129:<=>?@AZ[]^_`az{|}~"]);
  return random.pick([
    random.list(random.int(1, 100), anyOctet).join(""),
    "W10:1r31eq",
    "::",
    "null",
    `${"0".repeat(40)}$[]`, // the form of Django before 3.1
  ]);
}

const base64url = (json: string) => Buffer.from(json).toString("base64url");

/** What nobody but an app with the secret can sign, and no Django writes. */
const ODD_PAYLOADS = [
  base64url('{"a":1}'),
  base64url("5"),
  base64url('[["__json_message"]]'),
  base64url('[["__json_message",0,20,"x"]'),
  ".bm90IHpsaWI", // not zlib
];
