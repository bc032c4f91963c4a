import { defineConfig } from "@playwright/test";
import { chromiumFlags, findChromium } from "../scripts/chromium.ts";
import { journeyWaitLimitMs, testLimitMs } from "../scripts/test-limits.ts";

export default defineConfig({
  testDir: ".",
  outputDir: "../test-results",
  globalSetup: "./fixtures/stack.ts",
  // All journeys share one portal; each makes what it needs under names of its own.
  workers: 2,
  fullyParallel: true,
  forbidOnly: true,
  // The second try records a trace. It's never silent: the run counts and names it as flaky.
  retries: 1,
  timeout: testLimitMs,
  expect: { timeout: journeyWaitLimitMs, toPass: { timeout: journeyWaitLimitMs } },
  reporter: [["list"], ["json", { outputFile: process.env.PLAYWRIGHT_JSON_OUTPUT_FILE ?? "../.test/journeys.json" }]],
  use: {
    browserName: "chromium",
    launchOptions: { executablePath: findChromium() ?? undefined, args: chromiumFlags, timeout: testLimitMs },
    viewport: { width: 1280, height: 800 },
    // The sandbox's provider has a certificate of its own.
    ignoreHTTPSErrors: true,
    actionTimeout: journeyWaitLimitMs,
    navigationTimeout: journeyWaitLimitMs,
    // Dialogs and menus open without a transition, so that nothing is looked at halfway.
    contextOptions: { reducedMotion: "reduce" },
    trace: "on-first-retry",
    screenshot: "only-on-failure",
  },
});
