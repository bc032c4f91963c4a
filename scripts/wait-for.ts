import { vi } from "vitest";
import { waitLimitMs } from "./test-limits.ts";

/**
 * Waits until a condition holds: calls it until it neither throws nor rejects, and returns its value. It has no limit besides
 * the runner's. For a single value, use `expect.poll`, which has the same limit.
 */
export function waitFor<T>(condition: () => T | Promise<T>): Promise<T> {
  return vi.waitFor(condition, { timeout: waitLimitMs, interval: 50 });
}
