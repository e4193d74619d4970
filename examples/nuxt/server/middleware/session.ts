/** The cookie says who it is; what is known of them stays in Nitro's storage, where it may be larger than a cookie. */
export default defineEventHandler(async (event) => {
  const { id } = await useSession(event, { password });
  const sessions = useStorage<Record<string, unknown>>("sessions");
  const data = (id && (await sessions.getItem(id))) || {};
  event.context.session = {
    id,
    data,
    update: (changes: object) => sessions.setItem(`${id}`, Object.assign(data, changes)),
  };
});
