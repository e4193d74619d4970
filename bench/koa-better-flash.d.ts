/** koa-better-flash has no types of its own; this is what the benchmarks use of it. */
declare module "koa-better-flash" {
  import type { Middleware } from "koa";

  function flash(): Middleware;
  export = flash;
}
