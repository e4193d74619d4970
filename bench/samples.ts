/** Long enough to be accepted, and in no other way secret. */
export const SECRET = "not a secret: it stands in the benchmarks";

/** Messages as apps send them. */
export const TEXTS: readonly string[] = [
  "Your profile was updated.",
  "The invitation was sent to ada@site.test.",
  "3 files were uploaded.",
  "Your subscription ends on Friday.",
  "The comment was published.",
];

/** Two that are too large for a cookie: random, so that they do not compress. */
export const LARGE: readonly string[] = [1, 2].map(() =>
  Array.from({ length: 400 }, () => Math.random().toString(36).slice(2)).join(" "),
);
