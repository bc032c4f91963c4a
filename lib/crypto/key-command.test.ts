import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { formatKey, makeKey } from "./key-list.ts";
import { getKeys, refreshKeys } from "./key-ring.ts";

const folder = mkdtempSync(join(tmpdir(), "sallyport-vault-"));
const vault = join(folder, "vault");
const [one, two] = [makeKey("k1"), makeKey("k2")];
process.env.SALLYPORT_ENCRYPTION_KEYS_COMMAND = `echo >> "${vault}.runs"; cat "${vault}"`;
process.env.SALLYPORT_LOG_LEVEL = "silent";
writeFileSync(vault, formatKey(one));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const countRuns = () => readFileSync(`${vault}.runs`, "utf8").length;

async function runOnceMore(now: number): Promise<void> {
  const before = countRuns();
  const run = () => {
    refreshKeys(now);
    return countRuns();
  };
  await expect.poll(run).toBe(before + 1);
}

test("a command is run again after half a minute, and a vault that does not answer changes nothing", async () => {
  expect(getKeys()).toEqual([one]);
  writeFileSync(vault, `${formatKey(two)},${formatKey(one)}`);
  const startedAt = Date.now();
  refreshKeys(startedAt + 20_000);
  expect(getKeys()).toEqual([one]);
  refreshKeys(startedAt + 31_000);
  await expect.poll(getKeys).toEqual([two, one]);
  const broken = [() => writeFileSync(vault, "permission denied"), () => rmSync(vault)];
  for (const [index, breakVault] of broken.entries()) {
    breakVault();
    // The second run begins when the first one has ended.
    for (const at of [100_000, 200_000]) await runOnceMore(startedAt + 600_000 * index + at);
    expect(getKeys()).toEqual([two, one]);
  }
});
