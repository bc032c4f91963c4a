import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { lockDataDir, takeLock } from "./data-lock.ts";
import { testLimitMs } from "./test-limits.ts";

let folder = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "sallyport-lock-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** Another process that holds the folder until it is killed. */
async function holdElsewhere() {
  const module = resolve("scripts/data-lock.ts");
  const code = `const { lockDataDir } = await import(${JSON.stringify(module)}); await lockDataDir(${JSON.stringify(folder)}); process.send("held"); setInterval(() => {}, 1e6);`;
  const args = ["--disable-warning=ExperimentalWarning", "--input-type=module", "--eval", code];
  const child = spawn(process.execPath, args, { stdio: ["ignore", "ignore", "inherit", "ipc"] });
  await once(child, "message");
  return child;
}

test("a second portal on the same data is refused in one line that names the first", async () => {
  const holder = await holdElsewhere();
  await expect(lockDataDir(folder, 0)).rejects.toThrow(
    `Sallyport is already running with the data in ${folder} (pid ${holder.pid}). Stop it first, or set SALLYPORT_DATA_DIR and PORT for a second one.`,
  );
  holder.kill("SIGKILL");
  await once(holder, "exit");
});

test("kill -9 of the holder frees the data, and whoever waits gets it", async () => {
  const holder = await holdElsewhere();
  const waiting = lockDataDir(folder, testLimitMs);
  holder.kill("SIGKILL");
  const lock = await waiting;
  expect(await takeLock(join(folder, "portal.lock"), 0)).toBeNull();
  lock.release();
});

test("release frees the data for the next one in the same process", async () => {
  const first = await lockDataDir(folder, 0);
  first.release();
  const second = await lockDataDir(folder, 0);
  second.release();
});
