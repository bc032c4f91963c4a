import { expect, test } from "vitest";
import { dashboardQuery, listSteps, resolveSpan } from "./span.ts";

const now = Date.parse("2026-05-13T10:30:30Z");
const resolve = (query: object) => resolveSpan(dashboardQuery.parse(query), now);
const show = (ms: number) => new Date(ms).toISOString().slice(0, 16);

test("the last hour goes by the minute, a day by the hour, both up to now", () => {
  const hour = resolve({ range: "1h" });
  expect([show(hour.from), show(hour.to), listSteps(hour).length]).toEqual([
    "2026-05-13T09:30",
    "2026-05-13T10:31",
    61,
  ]);
  const day = resolve({});
  expect([show(day.from), show(day.to), listSteps(day).length]).toEqual(["2026-05-12T10:00", "2026-05-13T11:00", 25]);
});

test("longer spans go by quarters of a day and by days", () => {
  expect(resolve({ range: "7d" }).stepMs).toBe(6 * 3_600_000);
  const month = resolve({ range: "30d" });
  expect(listSteps(month).map(show).at(0)).toBe("2026-04-13T00:00");
  expect(listSteps(month)).toHaveLength(31);
});

test("a custom span covers what was entered", () => {
  const span = resolve({ range: "custom", since: "2026-05-01T08:15:00Z", until: "2026-05-01T20:15:00Z" });
  expect([show(span.from), show(span.to)]).toEqual(["2026-05-01T08:00", "2026-05-01T21:00"]);
});

test("a custom span that ends before it begins, or has no beginning, is a day", () => {
  const since = "2026-05-10T00:00:00Z";
  const backwards = resolve({ range: "custom", since, until: "2026-05-09T00:00:00Z" });
  expect(show(backwards.from)).toBe("2026-05-08T00:00");
  expect(show(resolve({ range: "custom" }).from)).toBe("2026-05-12T10:00");
});
