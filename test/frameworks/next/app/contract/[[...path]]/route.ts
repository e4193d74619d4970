import { type NextRequest, NextResponse } from "next/server";
import { act } from "@/contract-app";
import { getMessages, withMessages } from "@/lib/messages";

/** Statuses whose response may have no body. */
const EMPTY = [204, 205, 304];

const answer = withMessages(async (request: NextRequest) => {
  const messages = await getMessages();
  const { status, headers, body } = act({ method: request.method, url: request.url, messages, native: request });
  const response = new NextResponse(EMPTY.includes(status) ? null : body, { status });
  for (const [name, value] of headers) response.headers.append(name, value);
  return response;
});

export { answer as GET, answer as HEAD, answer as POST };
