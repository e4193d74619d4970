import { DEBUG, DEFAULT_TAGS, defineMessages, ERROR, INFO, SUCCESS, WARNING } from "onceover";
import { describe, expect, test } from "vitest";
import { SECRET } from "../support.ts";
import { Site } from "./site.ts";

describe("level tags", () => {
  test("are the defaults with those of the setting over them", () => {
    const tags = { [DEBUG]: "", [WARNING]: "", [SUCCESS]: "", [ERROR]: "bad", 12: "custom" };
    const config = defineMessages({ secret: SECRET, tags });
    expect(config.tags).toEqual({ ...tags, [INFO]: "info" });
    expect(DEFAULT_TAGS[ERROR]).toBe("error");
  });

  test("are looked up when a message is shown, not when it is stored", async () => {
    const before = new Site();
    await before.visit((messages) => messages.error("oops"));
    const after = new Site({ tags: { [ERROR]: "bad" } }, before);
    expect((await after.waiting()).map(({ tags }) => tags)).toEqual(["bad"]);
  });

  test("are those of the app that shows the message, also after another app had others", async () => {
    const first = new Site({ tags: { [ERROR]: "bad" } });
    await first.visit((messages) => messages.error("oops"));
    expect((await first.waiting()).map(({ tags }) => tags)).toEqual(["bad"]);
    const second = new Site({ tags: { [ERROR]: "very-bad" } }, first);
    expect((await second.waiting()).map(({ tags }) => tags)).toEqual(["very-bad"]);
    expect((await first.waiting()).map(({ tags }) => tags)).toEqual(["bad"]);
  });
});
