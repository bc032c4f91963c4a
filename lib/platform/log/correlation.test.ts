import { describe, expect, test } from "vitest";
import { ensureCorrelated, getCorrelation, outsideCorrelation, readCorrelation, runCorrelated } from "./correlation.ts";
import { createLog } from "./log.ts";

const traceId = "0af7651916cd43dd8448eb211c80319c";

describe("what a request belongs to", () => {
  test("is the trace of its traceparent", () => {
    const traceparent = `00-${traceId}-b7ad6b7169203331-01`;
    expect(readCorrelation({ traceparent, "x-request-id": "r-1" })).toEqual({ id: traceId, traceparent, span: null });
  });

  test.each([
    "",
    "garbage",
    `01-${traceId}-b7ad6b7169203331-01-more`,
    `ff-${traceId}-b7ad6b7169203331-01`,
    `00-${traceId.toUpperCase()}-b7ad6b7169203331-01`,
    `00-${"0".repeat(32)}-b7ad6b7169203331-01`,
    `00-${traceId}-${"0".repeat(16)}-01`,
  ])("is not read from the traceparent %j", (traceparent) => {
    expect(readCorrelation({ traceparent, "x-request-id": "order-7:retry.1" })).toMatchObject({
      id: "order-7:retry.1",
      traceparent: null,
    });
  });

  test.each(["", "a b", 'a"b', "<script>", "-a", "a\u0000", "é", "x".repeat(65)])(
    "is an id of our own instead of the X-Request-Id %j",
    (id) => expect(readCorrelation({ "x-request-id": id }).id).toMatch(/^[0-9a-f]{32}$/),
  );
});

describe("work", () => {
  test("keeps what it belongs to over what it awaits, and inside it nothing new begins", async () => {
    const correlation = readCorrelation({ "x-request-id": "r-1" });
    await runCorrelated(correlation, async () => {
      await new Promise(setImmediate);
      expect(getCorrelation()).toBe(correlation);
      expect(ensureCorrelated((id) => id)).toBe("r-1");
      expect(outsideCorrelation(getCorrelation)).toBeUndefined();
    });
    expect(getCorrelation()).toBeUndefined();
    expect(ensureCorrelated((id) => [id, getCorrelation()?.id])).toEqual([expect.any(String), expect.any(String)]);
  });

  test("logs with the id, and without one outside of any request", () => {
    const lines: string[] = [];
    const log = createLog("info", { write: (line) => void lines.push(line) });
    runCorrelated(readCorrelation({ "x-request-id": "r-1" }), () => log.info({ runId: "7" }, "inside"));
    log.info("outside");
    expect(lines.map((line) => JSON.parse(line).correlationId)).toEqual(["r-1", undefined]);
  });
});
