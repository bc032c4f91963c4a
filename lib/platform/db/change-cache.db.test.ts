import { beforeEach, expect, test, vi } from "vitest";
import { setUpTestDatabase } from "#scripts/test-database.ts";
import { createChangeCache } from "./change-cache.ts";
import { bumpChanges, pollChanges } from "./changes.ts";
import { inTransaction } from "./client.ts";

setUpTestDatabase();
beforeEach(pollChanges);

const change = () => inTransaction(bumpChanges);

test("keeps what was read, without a promise, until configuration changes", async () => {
  let reads = 0;
  const get = createChangeCache("kept", async (key) => `${key} ${++reads}`);
  expect(await Promise.all([get("a"), get("a"), get("b")])).toEqual(["a 1", "a 1", "b 2"]);
  expect(get("a")).toBe("a 1");
  await change();
  expect(await get("a")).toBe("a 3");
});

test("neither shares nor keeps what was read before a change", async () => {
  const first = Promise.withResolvers<string>();
  const read = vi.fn().mockReturnValueOnce(first.promise).mockResolvedValue("new");
  const get = createChangeCache("changed", read);
  const before = get("a");
  await change();
  expect(await get("a")).toBe("new");
  first.resolve("old");
  expect(await before).toBe("old");
  expect(get("a")).toBe("new");
});

test("doesn't keep errors, nor that there is nothing", async () => {
  const read = vi.fn().mockRejectedValueOnce(new Error("not found")).mockResolvedValueOnce(null).mockResolvedValue(1);
  const get = createChangeCache("missing", read);
  await expect(get("a")).rejects.toThrow("not found");
  expect([await get("a"), await get("a"), get("a")]).toEqual([null, 1, 1]);
});

test("reads each time while the process doesn't follow changes", async () => {
  let reads = 0;
  const get = createChangeCache("untrusted", async () => ++reads);
  const now = vi.spyOn(performance, "now").mockReturnValue(performance.now() + 1500);
  expect([await get("a"), await get("a")]).toEqual([1, 2]);
  now.mockRestore();
});
