import type { APIRoute } from "astro";
import { goOn } from "../../gate";

export const POST: APIRoute = async () => {
  await goOn();
  return new Response("went on");
};
