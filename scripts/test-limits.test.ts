import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { findTestLimits } from "./find-test-limits.ts";

const listFiles = (folder: string, pattern: RegExp) =>
  readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((file) => pattern.test(file))
    .map((file) => join(folder, file));

test("only the runner limits a test, and no test sleeps", () => {
  const files = [
    ...["app", "lib", "sandbox", "scripts"].flatMap((folder) => listFiles(folder, /\.test\.tsx?$/)),
    ...listFiles("e2e", /\.ts$/),
  ];
  expect(files.length).toBeGreaterThan(200);
  expect(files.flatMap((file) => findTestLimits(file, readFileSync(file, "utf8")))).toEqual([]);
});

test.each([
  'test("a", () => {}, 5000);',
  'test("a", async () => {\n  await run();\n}, 60_000);',
  'test("a", { timeout: 5000 }, run);',
  'test.each([1])("a", run, 60_000);',
  'test.each`a`("a", run, 2 * 60_000);',
  "beforeAll(run, 30_000);",
  "afterEach(run, shortMs);",
  "test.setTimeout(5000);",
  "vi.setConfig({ testTimeout: 5000 });",
  "test.slow();",
  "page.setDefaultTimeout(5000);",
  "await expect.poll(run, { timeout: 5000 }).toBe(1);",
  "const patient = { timeout: 60_000, interval: 100 };",
  "await expect(run).toPass({ timeout: 5000 });",
  "await expect(page.getByRole('row')).toBeVisible({ timeout: 5000 });",
  "await expect(page).not.toHaveURL(/a/, { timeout: 5000 });",
  "await vi.waitFor(run, 5000);",
  "await vi.waitFor(run, { timeout: 5000 });",
  "await vi.waitUntil(run, { timeout: 5000 });",
  "await page.waitForURL(/a/, { timeout: 5000 });",
  "await page.getByRole('button').click({ timeout: 5000 });",
  "await page.waitForTimeout(100);",
  "await new Promise((resolve) => setTimeout(resolve, 100));",
  'import { setTimeout as delay } from "node:timers/promises"; await delay(100);',
  'import { scheduler } from "node:timers/promises"; await scheduler.wait(100);',
  "expect(performance.now() - began).toBeLessThan(2000);",
  "expect((Date.now() - began) / 1000).toBeLessThanOrEqual(2);",
  "const took = performance.now() - began; expect(took).toBeLessThan(2000);",
  "const took = Math.round(Date.now() - began); expect(took).not.toBeLessThan(2000);",
])("%j is found", (code) => {
  expect(findTestLimits("e2e/a.spec.ts", `\n${code}`)).toEqual([expect.stringMatching(/^e2e\/a\.spec\.ts:2 /)]);
});

test.each([
  'test("a", () => {});',
  "await expect.poll(run).toBe(1);",
  "await expect.poll(run, { interval: 100 }).toBe(1);",
  "const lock = await lockFolder(folder, testLimitMs);",
  "export default defineConfig({ timeout: testLimitMs });",
  "expect(settings).toEqual({ timeout: 5000 });",
  "expect(settings).toMatchObject({ timeout: 5000 });",
  "vi.setSystemTime(5000);",
  "while (!isReady()) await new Promise((resolve) => setTimeout(resolve, 10));",
  "expect(performance.now() - began).toBeGreaterThan(100);",
  "expect(rows.length - 1).toBeLessThan(10);",
  'await runLater({ at: "5 minutes" }, 5);',
])("%j is no limit", (code) => {
  expect(findTestLimits("e2e/a.spec.ts", code)).toEqual([]);
});
