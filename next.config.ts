import type { NextConfig } from "next";

const config: NextConfig = {
  reactStrictMode: true,
  poweredByHeader: false,
  // Of the sources (scripts/build-pages.ts): processes that were built apart from the same ones are the same version.
  generateBuildId: () => process.env.SALLYPORT_BUILD_ID ?? null,
  // npm run check reads the types; the first start need not do it again.
  typescript: { ignoreBuildErrors: true },
  turbopack: { root: import.meta.dirname },
  // These run in the same process beside Next (server.ts), so one copy of each serves both sides.
  serverExternalPackages: [
    "pg",
    "pino",
    "prom-client",
    "undici",
    "@azure/msal-node",
    "@node-rs/argon2",
    "openid-client",
    "jose",
  ],
  // Bookmarks and emails link to the former address.
  redirects: async () => [{ source: "/credentials/events", destination: "/events", permanent: true }],
  // In development Next prints the arguments of server actions otherwise, passwords among them.
  logging: { serverFunctions: false },
  // forbidden() answers a page that somebody may not see with 403 and app/forbidden.tsx.
  experimental: {
    authInterrupts: true,
    // Nothing is written beside the pages: in a container that folder can't be.
    isrFlushToDisk: false,
    // An uploaded WSDL with its schemas comes through an action.
    serverActions: { bodySizeLimit: "12mb" },
    optimizePackageImports: ["@mantine/core", "@mantine/hooks"],
  },
};

export default config;
