import { createApp } from "./app.ts";

const port = Number(process.env.PORT ?? 3000);

createApp().listen({ port, hostname: "127.0.0.1" }, async (server) => {
  // The server that @elysiajs/node starts, which knows its port once it is ready: port 0 is any that is free.
  const { raw } = server as unknown as { raw: { ready(): Promise<unknown>; url: string } };
  await raw.ready();
  console.log(raw.url);
});
