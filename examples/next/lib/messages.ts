import { messages } from "onceover/next";
import { getSession } from "./session";

export const { getMessages, withMessages, GET } = messages({ secret: process.env.SECRET }, { session: getSession });
