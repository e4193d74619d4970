import { getIronSession } from "iron-session";
import { cookies } from "next/headers";

/** The visitor's session, sealed into a cookie. */
export async function getSession() {
  return getIronSession(await cookies(), {
    cookieName: "session",
    password: process.env.SECRET ?? "for development only: at least 32 characters",
    cookieOptions: { secure: process.env.SECURE_COOKIES === "true" }, // True behind HTTPS.
  });
}
