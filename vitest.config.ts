import { configDefaults, defineConfig } from "vitest/config";
import { testLimitMs, waitLimitMs } from "./scripts/test-limits.ts";

const outside = [...configDefaults.exclude, "e2e/**", ".next/**", ".data/**", ".test/**"];
// Tests that need Postgres (db), or sockets, servers, or processes without a database (net).
const stageFiles = ["**/*.db.test.ts", "**/*.net.test.ts"];
const limits = { testTimeout: testLimitMs, hookTimeout: testLimitMs, expect: { poll: { timeout: waitLimitMs } } };

export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: "unit",
          include: ["**/*.test.ts", "**/*.test.tsx"],
          exclude: [...outside, ...stageFiles],
          // Without a worker and modules of its own, a file costs only what its tests do.
          pool: "threads",
          isolate: false,
          setupFiles: ["scripts/test-unit-setup.ts"],
          ...limits,
        },
      },
      {
        test: {
          name: "database",
          include: stageFiles,
          exclude: outside,
          globalSetup: ["scripts/test-postgres.ts", "scripts/bundle-programs.ts"],
          // A database test file has its own database, and lib keeps its pool per process.
          pool: "forks",
          ...limits,
        },
      },
    ],
  },
});
