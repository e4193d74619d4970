import { loadMessages } from "onceover/sveltekit";
import type { LayoutServerLoad } from "./$types";

export const load: LayoutServerLoad = async (event) => ({
  messages: await loadMessages(event),
});
