/** Long enough for every library; it protects nothing. */
export const SECRET = "not a secret: it is used in benchmarks only";

/** A text as apps send it. The number makes each one different, so that no result can be cached. */
export const textOf = (number: number): string => `Your change ${number} was saved.`;
