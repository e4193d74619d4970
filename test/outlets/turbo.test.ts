import { ERROR, INFO, Message, markSafe } from "onceover";
import { renderMessages } from "onceover/html";
import { turboStream } from "onceover/turbo";
import { describe, expect, test } from "vitest";

describe("turboStream()", () => {
  const two = [new Message(INFO, "1 < 2"), new Message(ERROR, markSafe("<b>no</b>"))];

  test("appends the messages to the element, wherever it is", () => {
    expect(turboStream(two)).toBe(
      `<turbo-stream action="append" targets="onceover-messages"><template>${renderMessages(two)}</template></turbo-stream>`,
    );
  });

  test("takes a target and a preset", () => {
    expect(turboStream(two, { target: '#a [x="1"]', preset: "bulma" })).toBe(
      '<turbo-stream action="append" targets="#a [x=&quot;1&quot;]">' +
        `<template>${renderMessages(two, { preset: "bulma" })}</template></turbo-stream>`,
    );
  });

  test("is nothing where there are no messages", () => {
    expect(turboStream([])).toBe("");
    expect(turboStream(undefined)).toBe("");
  });

  test("refuses a preset that does not exist, also where there are no messages", () => {
    expect(() => turboStream([], { preset: "bootsrap" as never })).toThrow('got "bootsrap"');
  });
});
