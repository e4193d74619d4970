"use server";

import { redirect } from "next/navigation";
import { getMessages, withMessages } from "@/lib/messages";

export const saveProfile = withMessages(async (form: FormData) => {
  const messages = await getMessages();
  const name = String(form.get("name") ?? "").trim();
  if (name === "") return messages.error("A name is needed.");
  messages.success(`Saved, ${name}.`);
  redirect("/");
});
