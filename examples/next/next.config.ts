import type { NextConfig } from "next";

const config: NextConfig = {
  // This app lives within another project, whose lockfile Next.js would take for its own.
  turbopack: { root: import.meta.dirname },
  outputFileTracingRoot: import.meta.dirname,
};

export default config;
