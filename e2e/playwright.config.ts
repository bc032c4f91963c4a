import { defineConfig } from "@playwright/test";
import { chromiumFlags, findChromium } from "../scripts/chromium.ts";

export default defineConfig({
  testDir: ".",
  outputDir: "../test-results",
  globalSetup: "./fixtures/stack.ts",
  // All journeys share one portal; each makes what it needs under names of its own.
  workers: 2,
  fullyParallel: false,
  forbidOnly: true,
  // A browser on a busy machine is late now and then. A second try is never silent: the run counts and names it as flaky.
  retries: 1,
  timeout: 120_000,
  expect: { timeout: 15_000 },
  reporter: [["list"], ["json", { outputFile: process.env.PLAYWRIGHT_JSON_OUTPUT_FILE ?? "../.test/journeys.json" }]],
  use: {
    browserName: "chromium",
    launchOptions: { executablePath: findChromium() ?? undefined, args: chromiumFlags },
    viewport: { width: 1280, height: 800 },
    trace: "retain-on-failure",
    screenshot: "only-on-failure",
  },
});
