import { expect, test } from "vitest";
import { createLimiter } from "#lib/platform/background/limiter.ts";
import { AppError } from "#lib/platform/errors/app-error.ts";
import { type BulkProgress, runEach } from "./run-each.ts";

async function readAll<T>(stream: ReadableStream<BulkProgress<T>>): Promise<BulkProgress<T>[]> {
  const found: BulkProgress<T>[] = [];
  for await (const progress of stream) found.push(progress);
  return found;
}

test("each item has its own result, in the order in which they end", async () => {
  const slow = Promise.withResolvers<string>();
  const stream = runEach(["slow", "refused", "fast", "fast"], createLimiter(3), async (id) => {
    if (id === "slow") return slow.promise;
    if (id === "refused") throw new AppError("in_use", "2 transports use it.");
    slow.resolve("done");
    return "done";
  });
  const results = (await readAll(stream)).filter(({ result }) => result !== null);
  expect(results.map(({ id }) => id).toSorted()).toEqual(["fast", "refused", "slow"]);
  expect(results.at(-1)).toEqual({ id: "slow", result: { ok: true, value: "done" } });
  expect(results.find(({ id }) => id === "refused")?.result).toMatchObject({
    ok: false,
    error: { code: "in_use", message: "2 transports use it." },
  });
});

test("only so many items run concurrently; each says when it begins", async () => {
  let running = 0;
  let most = 0;
  const gates = Array.from({ length: 5 }, () => Promise.withResolvers<void>());
  const stream = runEach(["0", "1", "2", "3", "4"], createLimiter(2), async (id) => {
    most = Math.max(most, ++running);
    await gates[Number(id)]!.promise;
    running--;
  });
  const reader = stream.getReader();
  const began = [(await reader.read()).value, (await reader.read()).value];
  expect(began).toEqual([
    { id: "0", result: null },
    { id: "1", result: null },
  ]);
  for (const gate of gates) gate.resolve();
  reader.releaseLock();
  await readAll(stream);
  expect(most).toBe(2);
});

test("items are done to the end when nobody reads the results any longer", async () => {
  const gate = Promise.withResolvers<void>();
  const last = Promise.withResolvers<string>();
  const stream = runEach(["a", "b"], createLimiter(1), async (id) => {
    await gate.promise;
    if (id === "b") last.resolve(id);
  });
  await stream.cancel();
  gate.resolve();
  expect(await last.promise).toBe("b");
});
