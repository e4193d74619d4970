import { messages } from "onceover/fetch";

/** Gives a handler's requests their messages. */
export const withMessages = messages({ secret: process.env.SECRET });
