import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { describeCron, findCronMistake, findDue, isTimeZone, nextTimes } from "./cron.ts";

const berlin = "Europe/Berlin";
const list = (cron: string, from: string, count: number, timezone = berlin) =>
  nextTimes({ cron, timezone }, new Date(from), count).map((time) => time.toISOString().slice(5, 16));

describe("in spring, when the hour from 2 to 3 is skipped", () => {
  test("a time of day in it comes at the end of the gap, once", () => {
    expect(list("30 2 * * *", "2026-03-28T12:00Z", 3)).toEqual(["03-29T01:00", "03-30T00:30", "03-31T00:30"]);
  });

  test("so does one of a list or a range", () => {
    expect(list("30 2,5 * * *", "2026-03-28T23:10Z", 3)).toEqual(["03-29T01:00", "03-29T03:30", "03-30T00:30"]);
    expect(list("15 1-3 * * *", "2026-03-28T23:10Z", 4)).toEqual([
      "03-29T00:15",
      "03-29T01:00",
      "03-29T01:15",
      "03-29T23:15",
    ]);
  });

  test("what recurs follows the real time", () => {
    expect(list("*/30 * * * *", "2026-03-29T00:10Z", 3)).toEqual(["03-29T00:30", "03-29T01:00", "03-29T01:30"]);
    expect(list("0 */2 * * *", "2026-03-28T22:10Z", 3)).toEqual(["03-28T23:00", "03-29T02:00", "03-29T04:00"]);
  });
});

describe("in autumn, when the hour from 2 to 3 comes twice", () => {
  test("a time of day in it comes once, the first time", () => {
    expect(list("30 2 * * *", "2026-10-24T12:00Z", 2)).toEqual(["10-25T00:30", "10-26T01:30"]);
    expect(list("15 1-3 * * *", "2026-10-24T22:10Z", 4)).toEqual([
      "10-24T23:15",
      "10-25T00:15",
      "10-25T02:15",
      "10-26T00:15",
    ]);
  });

  test("what recurs comes in both hours", () => {
    expect(list("*/30 * * * *", "2026-10-24T23:40Z", 5)).toEqual([
      "10-25T00:00",
      "10-25T00:30",
      "10-25T01:00",
      "10-25T01:30",
      "10-25T02:00",
    ]);
  });
});

test("time zones without whole hours, and on the other half of the Earth, are right too", () => {
  expect(list("0 9 * * *", "2026-01-01T00:00Z", 1, "Asia/Kolkata")).toEqual(["01-01T03:30"]);
  // New Zealand's summer begins on 27 September 2026 at 2:00.
  expect(list("30 2 * * *", "2026-09-26T00:00Z", 2, "Pacific/Auckland")).toEqual(["09-26T14:00", "09-27T13:30"]);
});

test("both days count when day of month and day of week are given, as in crontab(5)", () => {
  expect(list("0 0 13 * 5", "2026-11-01T00:00Z", 3, "UTC")).toEqual(["11-06T00:00", "11-13T00:00", "11-20T00:00"]);
});

test("times come in order and never twice, whatever the expression, the zone and the season", () => {
  const minute = fc.constantFrom("0", "30", "*/15", "5,55", "*");
  const hour = fc.constantFrom("*", "*/3", "0", "1", "2", "3", "1-4", "2,14");
  const zone = fc.constantFrom("Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "UTC", "Africa/Casablanca");
  const start = fc.date({ min: new Date("2026-01-01"), max: new Date("2027-01-01"), noInvalidDate: true });
  fc.assert(
    fc.property(minute, hour, zone, start, (m, h, timezone, from) => {
      let before = from;
      for (const time of nextTimes({ cron: `${m} ${h} * * *`, timezone }, from, 12)) {
        expect(time.getTime()).toBeGreaterThan(before.getTime());
        expect(time.getUTCSeconds() + time.getUTCMilliseconds()).toBe(0);
        before = time;
      }
      expect(before.getTime() - from.getTime()).toBeLessThan(14 * 24 * 3_600_000);
    }),
    { numRuns: 300 },
  );
});

describe("what was missed", () => {
  const hourly = { cron: "0 * * * *", timezone: "UTC" };

  test("is counted, with the latest time", () => {
    const found = findDue(hourly, new Date("2026-05-01T08:00Z"), new Date("2026-05-01T11:59Z"));
    expect(found).toEqual({ latest: new Date("2026-05-01T11:00Z"), count: 4 });
  });

  test("is one time when it has just become due", () => {
    const due = new Date("2026-05-01T08:00Z");
    expect(findDue(hourly, due, due)).toEqual({ latest: due, count: 1 });
  });

  test("is found soon after a year, however often it was due", () => {
    const now = new Date("2026-05-15T08:00:30Z");
    const minutely = findDue({ cron: "* * * * *", timezone: berlin }, new Date("2025-05-01T08:00Z"), now);
    expect(minutely).toEqual({ latest: new Date("2026-05-15T08:00Z"), count: 1000 });
    const onFirst = findDue({ cron: "* * 1 * *", timezone: "UTC" }, new Date("2025-05-01T08:00Z"), now);
    expect(onFirst.latest).toEqual(new Date("2026-05-01T23:59Z"));
  });
});

test.each([
  ["", "five fields"],
  ["* * * *", "five fields"],
  ["0 * * * * *", "five fields"],
  ["@daily", "five fields"],
  ["? * * * *", "five fields"],
  ["61 * * * *", "no cron expression"],
  ["* 24 * * *", "no cron expression"],
  ["0 0 31 2 *", "never due"],
  ["0 0 * FOO *", "no cron expression"],
])("%j is refused, with the reason", (cron, reason) => {
  expect(findCronMistake(cron)).toContain(reason);
});

test.each(["0 8 * * *", " 30  8 * * 1-5 ", "0 0 1 JAN *", "0 0 L * *", "0 9 * * MON#1", "*/5 6-22 * * MON-FRI"])(
  "%j is taken and can be told in words",
  (cron) => {
    expect(findCronMistake(cron)).toBeNull();
    expect(describeCron(cron)).toMatch(/\w/);
  },
);

test("words use the 24 hour clock", () => {
  expect(describeCron("30 20 * * 1-5")).toBe("At 20:30, Monday through Friday");
});

test("only names of time zones are taken", () => {
  expect(["Europe/Berlin", "UTC", "America/New_York"].every(isTimeZone)).toBe(true);
  expect(["+02:00", "Mars/Olympus", "", "Europe/Berlin; drop"].some(isTimeZone)).toBe(false);
});
