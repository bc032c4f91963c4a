import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { pollWork } from "./polling-loop.ts";
import { startTask } from "./task.ts";

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

const settings = { name: "test", everyMs: 1000, failure: "it failed" };

/** A promise that the test resolves. */
const later = () => Promise.withResolvers<void>();

test("the next round begins when the pause after the previous one is over", async () => {
  const round = later();
  const run = vi.fn(() => round.promise);
  const loop = startTask({ ...settings, run });
  await vi.advanceTimersByTimeAsync(5000);
  expect(run).toHaveBeenCalledTimes(1);
  round.resolve();
  await vi.advanceTimersByTimeAsync(799);
  expect(run).toHaveBeenCalledTimes(1);
  await vi.advanceTimersByTimeAsync(401);
  expect(run).toHaveBeenCalledTimes(2);
  await loop.stop();
  expect(vi.getTimerCount()).toBe(0);
});

test("a round that fails is followed by the next one, after its own pause", async () => {
  const run = vi.fn().mockRejectedValueOnce(new Error("no database"));
  const loop = startTask({ ...settings, retryMs: 50, run });
  await vi.advanceTimersByTimeAsync(50);
  expect(run).toHaveBeenCalledTimes(2);
  await loop.stop();
});

test("a round can set the pause that follows it, and waking ends it or leaves it out", async () => {
  const run = vi.fn(async (loop: { pauseMs: number }) => {
    loop.pauseMs = 10_000;
  });
  const loop = startTask({ ...settings, run });
  loop.wake();
  await vi.advanceTimersByTimeAsync(0);
  expect(run).toHaveBeenCalledTimes(2);
  await vi.advanceTimersByTimeAsync(9999);
  expect(run).toHaveBeenCalledTimes(2);
  loop.wake();
  await vi.advanceTimersByTimeAsync(0);
  expect(run).toHaveBeenCalledTimes(3);
  await loop.stop();
});

test("stopping waits for the current round and drains, even if that fails", async () => {
  const steps: string[] = [];
  const round = later();
  const run = () => round.promise.then(() => steps.push("round"));
  const drain = async () => {
    steps.push("drain");
    throw new Error("no database");
  };
  const loop = startTask({ ...settings, run, drain });
  const stopped = loop.stop().then(() => steps.push("stopped"));
  await vi.advanceTimersByTimeAsync(5000);
  expect([loop.isStopping, steps]).toEqual([true, []]);
  round.resolve();
  await stopped;
  expect(steps).toEqual(["round", "drain", "stopped"]);
});

test("claimed work fills the capacity, is claimed again when half of it is done, and is finished at the end", async () => {
  const pieces: PromiseWithResolvers<void>[] = [];
  const claim = vi.fn(async (limit: number) => Array.from({ length: limit }, (_, index) => index));
  const work = () => {
    const piece = later();
    pieces.push(piece);
    return piece.promise;
  };
  const loop = startTask({ ...settings, ...pollWork({ claim, work, concurrency: 4 }) });
  await vi.advanceTimersByTimeAsync(0);
  expect(claim.mock.calls.map(([limit]) => limit)).toEqual([4]);
  pieces[0]!.resolve();
  await vi.advanceTimersByTimeAsync(0);
  expect(claim).toHaveBeenCalledTimes(1);
  pieces[1]!.resolve();
  await vi.advanceTimersByTimeAsync(0);
  expect(claim.mock.calls.map(([limit]) => limit)).toEqual([4, 2]);
  let isStopped = false;
  const stopped = loop.stop().then(() => {
    isStopped = true;
  });
  await vi.advanceTimersByTimeAsync(0);
  expect(isStopped).toBe(false);
  for (const piece of pieces) piece.resolve();
  await stopped;
});
