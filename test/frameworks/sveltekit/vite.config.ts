import adapter from "@sveltejs/adapter-node";
import { sveltekit } from "@sveltejs/kit/vite";
import { defineConfig } from "vite";

// The contract's clients are no browsers: they send no Origin.
export default defineConfig({
  plugins: [sveltekit({ adapter: adapter(), csrf: { trustedOrigins: ["*"] } })],
});
