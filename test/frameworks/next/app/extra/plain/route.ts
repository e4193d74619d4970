export const GET = async () => new Response("untouched", { headers: { "Set-Cookie": "other=1; Path=/" } });
