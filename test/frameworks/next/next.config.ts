import type { NextConfig } from "next";

const config: NextConfig = {
  turbopack: { root: import.meta.dirname },
  outputFileTracingRoot: import.meta.dirname,
  // The contract asks for `/contract/`, which Next.js would redirect to `/contract`.
  skipTrailingSlashRedirect: true,
};

export default config;
