import { afterAll, vi } from "vitest";
import { startAfresh } from "./test-state.ts";

// Test files share workers and loaded modules, which makes them fast. Each begins with the worker's own environment and without the
// instances that earlier files made (lib/platform/env/singleton.ts), and ends with the real clock and the real functions.
startAfresh();
afterAll(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});
