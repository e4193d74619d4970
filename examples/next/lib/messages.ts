import { messages } from "onceover/next";
import { getSession } from "./session";

export const { getMessages, withMessages, GET } = messages(
  { secret: process.env.SECRET ?? "for development only: at least 32 characters" },
  { session: getSession },
);
