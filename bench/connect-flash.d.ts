/** connect-flash has no types of its own; this is what the benchmarks use of it. */
declare module "connect-flash" {
  import type { RequestHandler } from "express";

  function connectFlash(): RequestHandler;
  export = connectFlash;
}
