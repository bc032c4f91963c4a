import { configDefaults, defineConfig } from "vitest/config";

const outside = [...configDefaults.exclude, "e2e/**", ".next/**", ".data/**", ".test/**"];

export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: "unit",
          include: ["**/*.test.ts", "**/*.test.tsx"],
          exclude: [...outside, "**/*.db.test.ts"],
        },
      },
      {
        test: {
          name: "database",
          include: ["**/*.db.test.ts"],
          exclude: outside,
          globalSetup: ["scripts/test-postgres.ts"],
          // A database test file has its own database, and lib keeps its pool per process.
          pool: "forks",
          testTimeout: 20_000,
          hookTimeout: 30_000,
          // What comes about in other processes takes its time on a busy machine.
          expect: { poll: { timeout: 10_000 } },
        },
      },
    ],
  },
});
