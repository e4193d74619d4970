export default defineNuxtConfig({
  compatibilityDate: "2026-11-01",
  routeRules: { "/cached": { swr: 60 }, "/prerendered": { prerender: true } },
});
