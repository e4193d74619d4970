import { defineEnvVars } from "@sveltejs/kit/env";

export const variables = defineEnvVars({
  SECRET: {
    description: "Signs the messages that wait in cookies.",
    schema: (value) => value,
  },
});
