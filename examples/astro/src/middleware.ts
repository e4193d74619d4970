import { getSecret } from "astro:env/server";
import { messages } from "onceover/astro";

const secret = getSecret("SECRET") ?? "for development only: at least 32 characters";

export const onRequest = messages({ secret });
