import fc from "fast-check";
import { expect, test } from "vitest";
import type { Partition } from "./model.ts";
import { chooseWidth, planPartitions } from "./plan-partitions.ts";

const day = 86_400_000;
const at = (text: string) => Date.parse(text);
const now = at("2026-05-13T10:30:00Z");
const first: Partition = { name: "runs_first", from: null, to: at("2026-05-15T00:00:00Z") };
const show = ({ from, to }: { from: number | null; to: number }) =>
  `${from === null ? "-" : new Date(from).toISOString().slice(0, 10)} ${new Date(to).toISOString().slice(0, 10)}`;

test("makes a partition for each day ahead while rows are kept for a month", () => {
  expect(planPartitions([first], 30, now).make.map(show)).toEqual([
    "2026-05-15 2026-05-16",
    "2026-05-16 2026-05-17",
    "2026-05-17 2026-05-18",
    "2026-05-18 2026-05-19",
    "2026-05-19 2026-05-20",
    "2026-05-20 2026-05-21",
  ]);
});

test("makes partitions of weeks, from Monday on, when rows are kept longer", () => {
  expect(planPartitions([first], 90, now).make.map(show)).toEqual(["2026-05-15 2026-05-18", "2026-05-18 2026-05-25"]);
});

test("makes none twice", () => {
  const { make } = planPartitions([first], 90, now);
  const all = [first, ...make.map((range) => ({ ...range, name: show(range) }))];
  expect(planPartitions(all, 90, now)).toEqual({ make: [], drop: [], cutoff: now - 90 * day, trim: [first] });
});

test("closes the gap that a time without a worker left", () => {
  const later = at("2026-09-03T12:00:00Z");
  expect(planPartitions([first], 30, later).make.slice(0, 2).map(show)).toEqual([
    "2026-05-15 2026-09-03",
    "2026-09-03 2026-09-04",
  ]);
});

test("drops what has expired to its last row, and nothing when all is kept", () => {
  const old: Partition = { name: "old", from: at("2026-04-06T00:00:00Z"), to: at("2026-04-13T00:00:00Z") };
  const on = (text: string, days: number | null = 30) => planPartitions([old], days, at(text)).drop;
  expect(on("2026-05-12T23:59:59Z")).toEqual([]);
  expect(on("2026-05-13T00:00:00Z")).toEqual([old]);
  expect(on("2036-05-13T00:00:00Z", null)).toEqual([]);
});

test("trims a partition that is far wider than the others, such as the first one of an upgraded portal", () => {
  const usual: Partition = { name: "usual", from: at("2026-05-12T00:00:00Z"), to: at("2026-05-13T00:00:00Z") };
  expect(planPartitions([{ ...first, to: at("2026-05-12T00:00:00Z") }, usual], 1, now).drop.map((p) => p.name)).toEqual(
    ["runs_first"],
  );
  expect(planPartitions([first], 30, now).trim).toEqual([first]);
  expect(planPartitions([usual], 1, at("2026-05-13T12:00:00Z")).trim).toEqual([]);
  expect(planPartitions([first], null, now).trim).toEqual([]);
});

test("whatever is there and whenever it is asked: no gap, no overlap, now and a week ahead are covered, few are in use", () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 0, max: 4e12 }),
      fc.option(fc.integer({ min: -4000, max: 4000 }), { nil: null }),
      fc.option(fc.integer({ min: 1, max: 3650 }), { nil: null }),
      (now, endedDaysAgo, days) => {
        const before: Partition[] =
          endedDaysAgo === null
            ? []
            : [{ name: "before", from: null, to: (Math.floor(now / day) - endedDaysAgo) * day }];
        const { make } = planPartitions(before, days, now);
        const all = [...before, ...make];
        for (const [index, { from, to }] of make.entries()) {
          expect(to).toBeGreaterThan(from!);
          if (index > 0 || before.length > 0) expect(from).toBe(all[index - 1 + before.length]!.to);
        }
        if (before.length === 0) expect(make[0]!.from).toBeLessThanOrEqual(now);
        expect(all.at(-1)!.to).toBeGreaterThanOrEqual(now + 7 * day);
        if (days !== null) expect(days / chooseWidth(days)).toBeLessThan(131);
      },
    ),
  );
});
