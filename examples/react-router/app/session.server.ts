import { randomBytes } from "node:crypto";
import { createMemorySessionStorage } from "react-router";

/** In an app of more than one process: `createSessionStorage()`, over a database. */
export const sessionStorage = createMemorySessionStorage({
  cookie: {
    name: "__session",
    // In development, a new one at each start.
    secrets: [process.env.SECRET ?? randomBytes(32).toString("hex")],
    httpOnly: true,
    path: "/",
    sameSite: "lax",
  },
});
