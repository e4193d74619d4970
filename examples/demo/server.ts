import type { AddressInfo } from "node:net";
import { createApp } from "./app.ts";

const server = createApp().listen(Number(process.env.PORT ?? 3000), (error) => {
  if (error) throw error;
  console.log(`The onceover demo is at http://localhost:${(server.address() as AddressInfo).port}/`);
});
