/** The messages of the page. Iterating shows them; `refresh()` fetches what waits. */
export const useMessages = () => useNuxtApp().$messages;
