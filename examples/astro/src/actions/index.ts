import { ActionError, defineAction } from "astro:actions";
import { z } from "astro/zod";

export const server = {
  save: defineAction({
    accept: "form",
    input: z.object({ name: z.string().trim().optional() }),
    handler: ({ name }, { locals }) => {
      if (!name) {
        locals.messages.error("A name is needed.");
        throw new ActionError({ code: "UNPROCESSABLE_CONTENT" });
      }
      locals.messages.success(`Saved, ${name}.`);
    },
  }),
};
