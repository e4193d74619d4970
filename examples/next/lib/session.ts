import { getIronSession } from "iron-session";
import { cookies } from "next/headers";

/** The visitor's session, sealed into a cookie. */
export async function getSession() {
  return getIronSession(await cookies(), {
    cookieName: "session",
    password: process.env.SECRET ?? "",
    cookieOptions: { secure: process.env.SECURE_COOKIES === "true" }, // True behind HTTPS.
  });
}
