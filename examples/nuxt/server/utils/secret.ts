import { randomBytes } from "node:crypto";

export const secret = process.env.SECRET;

/** Of the session; in development, a new one at each start. */
export const password = secret ?? randomBytes(32).toString("hex");
