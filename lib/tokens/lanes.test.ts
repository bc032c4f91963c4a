import { expect, test, vi } from "vitest";
import { createLanes, sizeOfLane } from "./lanes.ts";

const mostInLane = 32;
const host = "idp.example.com";

test("a provider gets as many requests at once as its lane holds, and some more wait their turn", async () => {
  const lanes = createLanes(mostInLane);
  const all = 4 * mostInLane;
  const entered: number[] = [];
  for (let index = 0; index < all; index++) {
    expect(lanes.rooms(0)[host] ?? all).toBe(all - index);
    lanes.begin(host, 0);
    void lanes.enter(host).then(() => entered.push(index));
  }
  expect(lanes.rooms(0)).toEqual({ [host]: 0 });
  await Promise.resolve();
  expect(entered).toHaveLength(mostInLane);
  lanes.end(host, false, 0);
  await vi.waitFor(() => expect(entered.at(-1)).toBe(mostInLane));
  for (let index = 1; index < all; index++) lanes.end(host, false, 0);
  expect(lanes.rooms(0)).toEqual({});
});

test("a provider that failed eight times in a row gets a few requests, 20 a second, until one succeeds", async () => {
  const lanes = createLanes(mostInLane);
  for (let index = 0; index < 8; index++) {
    lanes.begin(host, 0);
    await lanes.enter(host);
    lanes.end(host, true, 0);
  }
  expect(lanes.rooms(0)).toEqual({ [host]: 0 });
  expect(lanes.rooms(50)).toEqual({ [host]: 1 });
  expect(lanes.rooms(60_000)).toEqual({ [host]: 4 });
  for (let index = 0; index < 4; index++) lanes.begin(host, 60_000);
  expect(lanes.rooms(60_000)).toEqual({ [host]: 0 });
  for (let index = 0; index < 4; index++) await lanes.enter(host);
  lanes.end(host, true, 60_010);
  expect(lanes.rooms(60_010)).toEqual({ [host]: 0 });
  lanes.end(host, false, 60_100);
  expect(lanes.rooms(60_100)).toEqual({ [host]: 4 * mostInLane - 2 });
});

test("a worker leaves half of a provider's places to the runs, and has at least one", () => {
  expect([1, 2, 3, 16].map(sizeOfLane)).toEqual([1, 1, 1, 8]);
});
