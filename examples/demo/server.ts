import { createApp } from "./app.ts";

const port = Number(process.env.PORT ?? 3000);

createApp().listen(port, (error) => {
  if (error) throw error;
  console.log(`The onceover demo is at http://localhost:${port}/`);
});
