import { cookies } from "next/headers";
import { notFound, redirect } from "next/navigation";
import type { NextRequest } from "next/server";
import { getMessages, withMessages } from "@/lib/messages";

/** Adds a message, iterates, sets a cookie of the app's own, and throws. */
export const GET = withMessages(async (request: NextRequest) => {
  const messages = await getMessages();
  messages.info("before it was thrown");
  void [...messages];
  (await cookies()).set("other", "1");
  const what = request.nextUrl.searchParams.get("what");
  if (what === "redirect") redirect("/about");
  if (what === "notFound") notFound();
  throw new Error("thrown");
});
