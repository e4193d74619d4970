/**
 * Holds a page back that goes on being rendered while it is sent, as long as it may show messages: which of them it did show
 * stands in its headers.
 *
 * Whatever is rendered before the first chunk, or is held back, can still fail as a whole: reading it throws.
 *
 * @param mayShow is asked after each chunk; once it says no, the rest of the page streams.
 * @returns the response, or for a page one with the same head and the same body.
 */
export async function heldPage(response: Response, mayShow: () => Promise<boolean>): Promise<Response> {
  if (!response.body || !response.headers.get("content-type")?.startsWith("text/html")) return response;
  const reader: ReadableStreamDefaultReader<Uint8Array> = response.body.getReader();
  const held: Uint8Array[] = [];
  do {
    const { done, value } = await reader.read();
    if (done) break;
    held.push(value);
  } while (await mayShow());
  const body = new ReadableStream<Uint8Array>({
    async pull(controller) {
      const chunk = held.shift() ?? (await reader.read()).value;
      if (chunk) controller.enqueue(chunk);
      else controller.close();
    },
    cancel: (reason) => reader.cancel(reason),
  });
  return new Response(body, response);
}
