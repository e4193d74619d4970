import { messages } from "onceover/elysia";

/** Gives the routes after it their messages. */
export const withMessages = messages({ secret: process.env.SECRET });
