import { expect, test } from "vitest";
import { waitFor } from "#scripts/wait-for.ts";
import { createLanes, sizeOfLane, type Turn } from "./lanes.ts";

const mostInLane = 32;
const host = "idp.example.com";

test("a provider gets as many requests at once as its lane holds, and some more wait their turn", async () => {
  const lanes = createLanes(mostInLane);
  const all = 4 * mostInLane;
  const entered: number[] = [];
  const turns: Turn[] = [];
  for (let index = 0; index < all; index++) {
    expect(lanes.rooms(0)[host] ?? all).toBe(all - index);
    const turn = lanes.begin(host, 0);
    turns.push(turn);
    void turn.enter().then(() => entered.push(index));
  }
  expect(lanes.rooms(0)).toEqual({ [host]: 0 });
  await Promise.resolve();
  expect(entered).toHaveLength(mostInLane);
  turns[0]!.leave(false, 0);
  await waitFor(() => expect(entered.at(-1)).toBe(mostInLane));
  turns[0]!.leave(false, 0);
  expect(lanes.rooms(0)).toEqual({ [host]: 1 });
  for (const turn of turns) turn.leave(false, 0);
  expect(lanes.rooms(0)).toEqual({});
});

test("a provider that answers quickly gets as many in hand as it answers in a second, until it fails", () => {
  const lanes = createLanes(2);
  const kept = lanes.begin(host, 0);
  for (let count = 0; count < 100; count++) lanes.begin(host, 0).leave(false, count * 5);
  expect(lanes.rooms(495)).toEqual({ [host]: 2 * 4 - 1 });
  lanes.begin(host, 500).leave(false, 500);
  expect(lanes.rooms(500)).toEqual({ [host]: 202 - 1 });
  lanes.begin(host, 510).leave(true, 510);
  expect(lanes.rooms(510)).toEqual({ [host]: 2 * 4 - 1 });
  kept.leave(false, 510);
});

test("a provider that failed eight times in a row gets a few requests, 20 a second, until one succeeds", async () => {
  const lanes = createLanes(mostInLane);
  for (let index = 0; index < 8; index++) {
    const turn = lanes.begin(host, 0);
    await turn.enter();
    turn.leave(true, 0);
  }
  expect(lanes.failing()).toEqual([host]);
  expect(lanes.rooms(0)).toEqual({ [host]: 0 });
  expect(lanes.rooms(50)).toEqual({ [host]: 1 });
  expect(lanes.rooms(60_000)).toEqual({ [host]: 4 });
  const turns = Array.from({ length: 4 }, () => lanes.begin(host, 60_000));
  expect(lanes.rooms(60_000)).toEqual({ [host]: 0 });
  for (const turn of turns) await turn.enter();
  turns[0]!.leave(true, 60_010);
  expect(lanes.rooms(60_010)).toEqual({ [host]: 0 });
  turns[1]!.leave(false, 60_100);
  expect(lanes.failing()).toEqual([]);
  expect(lanes.rooms(60_100)).toEqual({ [host]: 4 * mostInLane - 2 });
});

test("what waits for a provider that begins to fail is left for later, and says nothing of it", async () => {
  const lanes = createLanes(1);
  for (let count = 0; count < 7; count++) lanes.begin(host, 0).leave(true, 0);
  const [asked, waits] = [lanes.begin(host, 0), lanes.begin(host, 0)];
  expect(await asked.enter()).toBe(true);
  const turn = waits.enter();
  asked.leave(true, 0);
  expect(await turn).toBe(false);
  waits.leave(null, 0);
  expect(lanes.failing()).toEqual([host]);
  expect(await lanes.begin(host, 60_000).enter()).toBe(true);
});

test("one that leaves without having had its turn takes nobody's place", async () => {
  const lanes = createLanes(1);
  const [first, second, third] = [lanes.begin(host, 0), lanes.begin(host, 0), lanes.begin(host, 0)];
  const order: string[] = [];
  await first.enter();
  second.leave(false, 0);
  const waits = third.enter().then(() => order.push("third"));
  await Promise.resolve();
  expect(order).toEqual([]);
  first.leave(false, 0);
  await waits;
  expect(order).toEqual(["third"]);
});

test("a worker leaves half of a provider's places to the runs, and has at least one", () => {
  expect([1, 2, 3, 16].map(sizeOfLane)).toEqual([1, 1, 1, 8]);
});
