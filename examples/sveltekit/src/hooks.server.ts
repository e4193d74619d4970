import { messages } from "onceover/sveltekit";
import { SECRET } from "$app/env/private";

export const handle = messages({ secret: SECRET });
