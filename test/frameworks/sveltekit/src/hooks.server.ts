import { redirect } from "@sveltejs/kit";
import { type Handle, sequence } from "@sveltejs/kit/hooks";
import { messages } from "onceover/sveltekit";
import { contractConfig, type StorageName } from "../contract-app";

const guard: Handle = ({ event, resolve }) => {
  if (event.url.pathname !== "/guarded") return resolve(event);
  event.locals.messages.warning("Log in first.");
  redirect(303, "/about");
};

const storage = (process.env.CONTRACT_STORAGE ?? "cookie") as StorageName;

export const handle = sequence(messages(contractConfig(storage)), guard);
