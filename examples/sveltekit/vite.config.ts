import adapter from "@sveltejs/adapter-node";
import { sveltekit } from "@sveltejs/kit/vite";
import { defineConfig } from "vite";

export default defineConfig({
  plugins: [
    sveltekit({
      adapter: adapter(),
      // Forms are accepted from here only; without it, adapter-node takes the app to be served over https.
      paths: { origin: "http://localhost:3000" },
    }),
  ],
});
