import { act } from "../../../contract-app";

export default defineEventHandler((event) => {
  const { method, path: url } = event;
  const { status, headers, body } = act({ method, url, messages: event.context.messages, native: event });
  if (status === 303) return sendRedirect(event, headers[0]?.[1] ?? "", 303);
  setResponseStatus(event, status);
  for (const [name, value] of headers) appendResponseHeader(event, name, value);
  return body;
});
