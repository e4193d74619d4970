import { messages } from "onceover/react-router";
import { sessionStorage } from "./session.server";

export const withMessages = messages(
  { secret: process.env.SECRET ?? "for development only: at least 32 characters" },
  { session: sessionStorage },
);
