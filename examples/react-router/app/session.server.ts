import { createMemorySessionStorage } from "react-router";

/** In an app of more than one process: `createSessionStorage()`, over a database. */
export const sessionStorage = createMemorySessionStorage({
  cookie: {
    name: "__session",
    secrets: [process.env.SECRET ?? "for development only: at least 32 characters"],
    httpOnly: true,
    path: "/",
    sameSite: "lax",
  },
});
