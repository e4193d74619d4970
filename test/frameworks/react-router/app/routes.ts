import { index, type RouteConfig, route } from "@react-router/dev/routes";

export default [
  index("routes/profile.tsx"),
  route("about", "routes/about.tsx"),
  route("contract/*", "routes/contract.ts"),
] satisfies RouteConfig;
