import { expect, test, vi } from "vitest";
import { createSingleFlight } from "./single-flight.ts";

test("concurrent callers of a key share one call, later callers and other keys don't", async () => {
  const flight = createSingleFlight<number>();
  let calls = 0;
  const act = vi.fn(async () => ++calls);
  expect(await Promise.all([flight("a", act), flight("a", act), flight("b", act)])).toEqual([1, 1, 2]);
  expect(await flight("a", act)).toBe(3);
});

test("a call that fails fails for all who share it, and is made again by the next caller", async () => {
  const flight = createSingleFlight<string>();
  const act = vi.fn().mockRejectedValueOnce(new Error("no answer")).mockResolvedValue("answer");
  const shared = await Promise.allSettled([flight("a", act), flight("a", act)]);
  expect(shared.map(({ status }) => status)).toEqual(["rejected", "rejected"]);
  expect(await flight("a", act)).toBe("answer");
});
