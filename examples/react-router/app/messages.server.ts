import { messages } from "onceover/react-router";
import { sessionStorage } from "./session.server";

export const withMessages = messages({ secret: process.env.SECRET }, { session: sessionStorage });
