/** With JavaScript, the page's script posts the form here. */
export default defineEventHandler(async (event) => {
  setResponseStatus(event, (await saveProfile(event)) ? 204 : 422);
  return null;
});
