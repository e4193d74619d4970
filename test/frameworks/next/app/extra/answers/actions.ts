"use server";

import { notFound } from "next/navigation";
import { getMessages, withMessages } from "@/lib/messages";

export const addAndThrow = withMessages(async () => {
  (await getMessages()).info("before it was thrown");
  throw new Error("thrown");
});

export const addAndMiss = withMessages(async () => {
  (await getMessages()).info("before it was not found");
  notFound();
});

export const addAndReturn = withMessages(async () => {
  const messages = await getMessages();
  messages.info("returned");
  return messages.toJSON().map(({ message }) => message);
});

/** Not wrapped: here messages can only be read. */
export const addInVain = async () => {
  const messages = await getMessages();
  try {
    messages.info("in vain");
  } catch (error) {
    return [String(error)];
  }
  return [];
};
