import { serve } from "h3";
import { createApp } from "./app.ts";

const server = serve(createApp(), {
  port: Number(process.env.PORT ?? 3000),
  hostname: "127.0.0.1",
  silent: true,
});
await server.ready();
console.log(server.url);
