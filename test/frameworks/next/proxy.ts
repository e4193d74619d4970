import { type NextRequest, NextResponse } from "next/server";
import { getMessages, withMessages } from "@/lib/messages";

export const proxy = withMessages(async (request: NextRequest) => {
  const { searchParams } = request.nextUrl;
  if (searchParams.has("untouched")) return NextResponse.next();
  const messages = await getMessages();
  messages.info("from the proxy");
  if (searchParams.has("nothing")) return undefined;
  const response = searchParams.has("rewrite")
    ? NextResponse.rewrite(new URL("/about", request.url))
    : NextResponse.next();
  response.headers.append("Set-Cookie", "first=1; Path=/");
  response.headers.append("Set-Cookie", "second=2; Path=/");
  return response;
});

export const config = { matcher: "/extra/proxied" };
