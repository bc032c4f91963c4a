import { configDefaults, defineConfig } from "vitest/config";
import { testLimitMs, waitLimitMs } from "./scripts/test-limits.ts";

const outside = [...configDefaults.exclude, "e2e/**", ".next/**", ".data/**", ".test/**"];
// Tests that need Postgres (db), or sockets, servers, or processes without a database (net).
const stageFiles = ["**/*.db.test.ts", "**/*.net.test.ts"];
const limits = { testTimeout: testLimitMs, hookTimeout: testLimitMs, expect: { poll: { timeout: waitLimitMs } } };

// Without a worker and modules of its own, a file costs only what its tests do. scripts/test-setup.ts resets what files share.
const shared = { isolate: false, setupFiles: ["scripts/test-setup.ts"], ...limits };

export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: "unit",
          include: ["**/*.test.ts", "**/*.test.tsx"],
          exclude: [...outside, ...stageFiles],
          pool: "threads",
          ...shared,
        },
      },
      {
        test: {
          name: "database",
          include: stageFiles,
          exclude: outside,
          globalSetup: ["scripts/test-postgres.ts", "scripts/bundle-programs.ts"],
          // lib keeps its pool per process.
          pool: "forks",
          maxWorkers: 2,
          ...shared,
        },
      },
    ],
  },
});
