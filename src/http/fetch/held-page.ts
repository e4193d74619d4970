/** What is larger, or still being rendered after this time, is a stream, whose visitor is waiting for what is there already. */
const MAX_BYTES = 1 << 20;
const MAX_MILLISECONDS = 3000;

/**
 * Holds a page back that goes on being rendered while it is sent, as long as it may show messages: which of them it did show
 * stands in its headers.
 *
 * Whatever is rendered before the first chunk, or is held back, can still fail as a whole: reading it throws. What is not rendered
 * within a megabyte and three seconds streams, and so does not take the messages that it shows later.
 *
 * @param mayShow is asked after each chunk; once it says no, the rest of the page streams.
 * @param signal aborts once the client is gone: then nothing more is read.
 * @returns the response, or for a page one with the same head and the same body.
 */
export async function heldPage(
  response: Response,
  mayShow: () => Promise<boolean>,
  signal: AbortSignal,
): Promise<Response> {
  if (!response.body || !response.headers.get("content-type")?.startsWith("text/html")) return response;
  const reader: ReadableStreamDefaultReader<Uint8Array> = response.body.getReader();
  const held: Uint8Array[] = [];
  /** The read that was not waited for any longer. */
  let reading: ReturnType<typeof reader.read> | undefined;
  const { isOver, clear } = limit(signal);
  try {
    for (let bytes = 0; bytes < MAX_BYTES && !signal.aborted; ) {
      reading = reader.read();
      const result = await Promise.race([reading, isOver]);
      if (!result) break;
      reading = undefined;
      if (result.done) break;
      held.push(result.value);
      bytes += result.value.byteLength;
      if (!(await mayShow())) break;
    }
  } finally {
    clear();
  }
  if (signal.aborted) reader.cancel(signal.reason).catch(() => {});
  const next = () => {
    const read = reading ?? reader.read();
    reading = undefined;
    return read;
  };
  const body = new ReadableStream<Uint8Array>({
    async pull(controller) {
      const chunk = held.shift() ?? (await next()).value;
      if (chunk) controller.enqueue(chunk);
      else controller.close();
    },
    cancel: (reason) => reader.cancel(reason),
  });
  return new Response(body, response);
}

/** @returns what is resolved once it takes too long, or the client is gone. */
function limit(signal: AbortSignal): { readonly isOver: Promise<undefined>; clear(): void } {
  let clear = () => {};
  const isOver = new Promise<undefined>((resolve) => {
    const stop = () => resolve(undefined);
    const timer = setTimeout(stop, MAX_MILLISECONDS);
    signal.addEventListener("abort", stop);
    clear = () => {
      clearTimeout(timer);
      signal.removeEventListener("abort", stop);
    };
  });
  return { isOver, clear };
}
