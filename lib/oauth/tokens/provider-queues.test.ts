import { expect, test } from "vitest";
import { waitFor } from "#scripts/wait-for.ts";
import { concurrencyOf, createProviderQueues, type Turn } from "./provider-queues.ts";

const concurrency = 32;
const host = "idp.example.com";

test("sends a provider as many concurrent requests as configured, and queues some more", async () => {
  const queues = createProviderQueues(concurrency);
  const all = 4 * concurrency;
  const entered: number[] = [];
  const turns: Turn[] = [];
  for (let index = 0; index < all; index++) {
    expect(queues.capacity(0)[host] ?? all).toBe(all - index);
    const turn = queues.add(host, 0);
    turns.push(turn);
    void turn.start().then(() => entered.push(index));
  }
  expect(queues.capacity(0)).toEqual({ [host]: 0 });
  await Promise.resolve();
  expect(entered).toHaveLength(concurrency);
  turns[0]!.finish(false, 0);
  await waitFor(() => expect(entered.at(-1)).toBe(concurrency));
  turns[0]!.finish(false, 0);
  expect(queues.capacity(0)).toEqual({ [host]: 1 });
  for (const turn of turns) turn.finish(false, 0);
  expect(queues.capacity(0)).toEqual({});
});

test("a provider that answers quickly gets as many in hand as it answers in a second, until it fails", () => {
  const queues = createProviderQueues(2);
  const kept = queues.add(host, 0);
  for (let count = 0; count < 100; count++) queues.add(host, 0).finish(false, count * 5);
  expect(queues.capacity(495)).toEqual({ [host]: 2 * 4 - 1 });
  queues.add(host, 500).finish(false, 500);
  expect(queues.capacity(500)).toEqual({ [host]: 202 - 1 });
  queues.add(host, 510).finish(true, 510);
  expect(queues.capacity(510)).toEqual({ [host]: 2 * 4 - 1 });
  kept.finish(false, 510);
});

test("a provider that failed eight times in a row gets a few requests, 20 a second, until one succeeds", async () => {
  const queues = createProviderQueues(concurrency);
  for (let index = 0; index < 8; index++) {
    const turn = queues.add(host, 0);
    await turn.start();
    turn.finish(true, 0);
  }
  expect(queues.failing()).toEqual([host]);
  expect(queues.capacity(0)).toEqual({ [host]: 0 });
  expect(queues.capacity(50)).toEqual({ [host]: 1 });
  expect(queues.capacity(60_000)).toEqual({ [host]: 4 });
  const turns = Array.from({ length: 4 }, () => queues.add(host, 60_000));
  expect(queues.capacity(60_000)).toEqual({ [host]: 0 });
  for (const turn of turns) await turn.start();
  turns[0]!.finish(true, 60_010);
  expect(queues.capacity(60_010)).toEqual({ [host]: 0 });
  turns[1]!.finish(false, 60_100);
  expect(queues.failing()).toEqual([]);
  expect(queues.capacity(60_100)).toEqual({ [host]: 4 * concurrency - 2 });
});

test("what waits for a provider that begins to fail is left for later, and says nothing of it", async () => {
  const queues = createProviderQueues(1);
  for (let count = 0; count < 7; count++) queues.add(host, 0).finish(true, 0);
  const [asked, waits] = [queues.add(host, 0), queues.add(host, 0)];
  expect(await asked.start()).toBe(true);
  const turn = waits.start();
  asked.finish(true, 0);
  expect(await turn).toBe(false);
  waits.finish(null, 0);
  expect(queues.failing()).toEqual([host]);
  expect(await queues.add(host, 60_000).start()).toBe(true);
});

test("one that finishes without having started frees no capacity", async () => {
  const queues = createProviderQueues(1);
  const [first, second, third] = [queues.add(host, 0), queues.add(host, 0), queues.add(host, 0)];
  const order: string[] = [];
  await first.start();
  second.finish(false, 0);
  const waits = third.start().then(() => order.push("third"));
  await Promise.resolve();
  expect(order).toEqual([]);
  first.finish(false, 0);
  await waits;
  expect(order).toEqual(["third"]);
});

test("leaves half of a provider's slots to the runs, and uses at least one", () => {
  expect([1, 2, 3, 16].map(concurrencyOf)).toEqual([1, 1, 1, 8]);
});
