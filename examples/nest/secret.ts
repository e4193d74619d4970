import { randomBytes } from "node:crypto";

/** Signs the messages; undefined in development, where Onceover makes one. */
export const secret: string | undefined = process.env.SECRET;

/** Signs the session; in development, a new one at each start. */
export const sessionSecret: string = secret ?? randomBytes(32).toString("hex");
