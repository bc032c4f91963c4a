import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test, vi } from "vitest";
import { parseEnv } from "#lib/platform/env/env.ts";
import { formatKey, makeKey } from "#lib/platform/env/key-list.ts";
import { getKeys, readKeys, refreshKeys } from "./key-ring.ts";

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
  const startedAt = Date.UTC(2026, 4, 13);
  vi.useFakeTimers({ toFake: ["Date"], now: startedAt });
  expect(getKeys()).toEqual([one]);
  vi.useRealTimers();
  writeFileSync(vault, `${formatKey(two)},${formatKey(one)}`);
  refreshKeys(startedAt + 29_999);
  expect(getKeys()).toEqual([one]);
  refreshKeys(startedAt + 30_000);
  await expect.poll(getKeys).toEqual([two, one]);
  refreshKeys(startedAt + 59_999);
  const broken = [() => writeFileSync(vault, "permission denied"), () => rmSync(vault)];
  for (const [index, breakVault] of broken.entries()) {
    breakVault();
    // The second run starts when the first one has ended.
    for (const at of [100_000, 200_000]) await runOnceMore(startedAt + 600_000 * index + at);
    expect(getKeys()).toEqual([two, one]);
  }
  // The first one, the one after half a minute, and four of a broken vault: none started too early.
  expect(countRuns()).toBe(6);
});

const command = (text: string) => readKeys(parseEnv({ SALLYPORT_ENCRYPTION_KEYS_COMMAND: text }));

test("keys come from what a command prints", () => {
  expect(command(`echo "${formatKey(one)}"`)).toEqual([one]);
});

test.each([
  ["fails", "echo canary; exit 3", /ended with 3/],
  ["prints something else", "echo canary", /no list of encryption keys/],
])("a command that %s is named, and not what it printed", (_, text, says) => {
  const run = () => command(text);
  expect(run).toThrow(expect.objectContaining({ code: "configuration_invalid", message: expect.stringMatching(says) }));
  expect(run).not.toThrow(/canary/);
  try {
    run();
  } catch (err) {
    expect(JSON.stringify(err, Object.getOwnPropertyNames(err))).not.toContain("canary");
  }
});
