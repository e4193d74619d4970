/** Without JavaScript, the browser posts the form to the page itself. */
export default defineEventHandler(async (event) => {
  if (event.method !== "POST" || event.path !== "/") return;
  if (await saveProfile(event)) return sendRedirect(event, "/", 303);
  // Nuxt goes on, and renders the page with its message.
  setResponseStatus(event, 422);
});
