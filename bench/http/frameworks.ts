/** What is measured. It is data alone, so that the client does not load any framework. */
interface Framework {
  readonly title: string;
  /** The first is the floor. */
  readonly variants: readonly ["floor", ...string[]];
  /** Pairs to compare: a row of ours, or the floor, and a library that apps use instead. */
  readonly peers: readonly (readonly [ours: string, peer: string])[];
}

export const FRAMEWORKS = {
  express: {
    title: "Express 5",
    variants: [
      "floor",
      "floor, one empty middleware more",
      "floor + express-session",
      "onceover cookie",
      "onceover cookie, compat django",
      "onceover fallback + express-session",
      "onceover session + express-session",
      "connect-flash + express-session",
      "connect-flash + cookie-session",
    ],
    peers: [
      ["onceover cookie", "connect-flash + cookie-session"],
      ["onceover cookie", "connect-flash + express-session"],
      ["onceover fallback + express-session", "connect-flash + express-session"],
      ["onceover session + express-session", "connect-flash + express-session"],
      ["floor + express-session", "connect-flash + express-session"],
    ],
  },
  fastify: {
    title: "Fastify 5",
    variants: ["floor", "onceover cookie", "@fastify/flash + @fastify/secure-session"],
    peers: [["onceover cookie", "@fastify/flash + @fastify/secure-session"]],
  },
  koa: {
    title: "Koa 3",
    variants: ["floor", "floor, one empty middleware more", "onceover cookie", "koa-better-flash + koa-session"],
    peers: [["onceover cookie", "koa-better-flash + koa-session"]],
  },
  hono: {
    title: "Hono 4",
    variants: [
      "floor",
      "floor, one empty middleware more",
      "floor, its responses copied",
      "onceover cookie",
      "hono-sessions flash + CookieStore",
    ],
    peers: [["onceover cookie", "hono-sessions flash + CookieStore"]],
  },
} as const satisfies Record<string, Framework>;

export type FrameworkName = keyof typeof FRAMEWORKS;

export type VariantName<F extends FrameworkName = FrameworkName> = (typeof FRAMEWORKS)[F]["variants"][number];
