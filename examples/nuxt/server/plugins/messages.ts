import { messages } from "onceover/nuxt";

export default defineNitroPlugin(messages({ secret }, { session: (event) => event.context.session }));
