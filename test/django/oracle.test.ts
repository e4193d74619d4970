import { isDeepStrictEqual } from "node:util";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { type Ask, type Case, DJANGO_FAULTS } from "./faults.ts";
import { comparable, type Observation } from "./observation.ts";
import { type Answer, Oracle } from "./oracle.ts";
import { play } from "./ours.ts";
import { withDjango } from "./python.ts";
import { type Scenario, scenario } from "./scenario.ts";

/** `ORACLE_SEED=7` plays just the scenario of seed 7 again; `ORACLE_SCENARIOS=50000` plays those of seeds 1 to 50000. */
const { ORACLE_SEED, ORACLE_SCENARIOS } = process.env;
const ALL = 5000;
const COUNT = ORACLE_SEED ? 1 : Number(ORACLE_SCENARIOS ?? ALL);
const FIRST_SEED = Number(ORACLE_SEED ?? 1);

/** How often each excuse was used. */
const excuses = new Map(DJANGO_FAULTS.map(({ name }) => [name, 0]));

withDjango(() => {
  describe("Django as the oracle", () => {
    let oracle: Oracle;
    beforeAll(() => {
      vi.useFakeTimers({ toFake: ["Date"] });
      oracle = new Oracle();
    });
    afterAll(async () => {
      vi.useRealTimers();
      await oracle.end();
    });

    test(`does the same in ${COUNT} random scenarios`, { timeout: 100 * COUNT + 10_000 }, async () => {
      expect(COUNT, "the number of scenarios").toBeGreaterThan(0);
      for (let seed = FIRST_SEED; seed < FIRST_SEED + COUNT; seed += 1) await compare(scenario(seed), oracle);
      console.info("Faults of Django's that were excused:", Object.fromEntries(excuses));
    });

    test.skipIf(COUNT < ALL)("is excused for nothing that it does not do", () => {
      for (const [name, count] of excuses) expect(count, name).toBeGreaterThan(0);
    });
  });
});

/**
 * Plays a scenario on our side, then asks Django about each of its requests, with the cookie and the session as they were
 * on our side. As long as both agree, these are Django's own; after a fault, both go on from the same state.
 */
async function compare(scenario: Scenario, oracle: Oracle): Promise<void> {
  const { settings } = scenario;
  const played = play(scenario);
  const answers = await oracle.ask(
    settings,
    played.map(({ given }) => given),
  );
  for (const [index, { given, observed }] of played.entries()) {
    const asked = { settings, given, answer: answers[index] as Answer };
    const excused = await excuse(observed, asked, (given) => oracle.askOne(settings, given));
    if (!agree(observed, excused))
      expect(visible(observed), describeFailure(scenario, index)).toEqual(visible(excused));
  }
}

/** Excuses one fault after the other, until both sides agree or nothing is left to be excused. */
async function excuse(ours: Observation, django: Case, ask: Ask): Promise<Answer> {
  if (agree(ours, django.answer)) return django.answer;
  for (const { name, repair } of DJANGO_FAULTS) {
    const repaired = await repair(django, ask);
    if (!repaired) continue;
    excuses.set(name, (excuses.get(name) ?? 0) + 1);
    return excuse(ours, repaired, ask);
  }
  return django.answer;
}

const agree = (ours: Observation, django: Answer) => isDeepStrictEqual(visible(ours), visible(django));

/** What has to be the same on both sides. */
function visible(answer: Observation | Answer): object {
  return "crash" in answer ? answer : comparable(answer);
}

/** What led to a failure: settings, and each request with its steps, up to the one that failed. Long texts are cut. */
function describeFailure({ seed, settings, requests }: Scenario, failed: number): string {
  const described = requests.slice(0, failed + 1).map(({ now, before, steps }, index) => {
    const lines = [before, ...steps].map((line) => `    ${JSON.stringify(line).slice(0, 200)}`);
    return [`  request ${index} at ${now}`, ...lines].join("\n");
  });
  return [
    `Seed ${seed} (again: ORACLE_SEED=${seed} npx vitest run test/django/oracle.test.ts), request ${failed}:`,
    `  ${JSON.stringify(settings)}`,
    ...described,
    "Django's answer is the expected one",
  ].join("\n");
}
