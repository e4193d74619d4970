import { withMessages } from "@/lib/messages";

export const GET = withMessages(
  async () => new Response("untouched", { headers: { "Set-Cookie": "other=1; Path=/" } }),
);
