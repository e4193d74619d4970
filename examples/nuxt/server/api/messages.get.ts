/** The messages that wait, for a page that is shown without asking the server for a new one. */
export default defineEventHandler((event) => event.context.messages.toJSON());
