import { serve } from "@hono/node-server";
import { createApp } from "./app.tsx";

serve({ fetch: createApp().fetch, port: Number(process.env.PORT ?? 3000), hostname: "127.0.0.1" }, ({ port }) => {
  console.log(`http://127.0.0.1:${port}/`);
});
