import { fail, redirect } from "@sveltejs/kit";
import type { Actions } from "./$types";

export const actions: Actions = {
  default: async ({ request, locals }) => {
    const name = (await request.formData()).get("name");
    if (!name) {
      locals.messages.error("A name is needed.");
      return fail(422);
    }
    locals.messages.success(`Saved, ${name}.`);
    redirect(303, "/");
  },
};
