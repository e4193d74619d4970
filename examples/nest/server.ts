import { createExpressApp, createFastifyApp } from "./app.ts";

const app = await (process.env.PLATFORM === "fastify" ? createFastifyApp() : createExpressApp());
await app.listen(Number(process.env.PORT ?? 3000), "127.0.0.1");
console.log(`${await app.getUrl()}/`);
