import { getSecret } from "astro:env/server";
import { messages } from "onceover/astro";

export const onRequest = messages({ secret: getSecret("SECRET") });
