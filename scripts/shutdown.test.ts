import { afterEach, beforeEach, expect, test } from "vitest";
import { listenForShutdown } from "./shutdown.ts";

let before: Map<string, unknown[]>;
const signals = ["SIGINT", "SIGTERM", "SIGHUP", "disconnect"];
beforeEach(() => {
  before = new Map(signals.map((signal) => [signal, process.listeners(signal as "SIGINT")]));
});
afterEach(() => {
  for (const signal of signals) {
    for (const listener of process.listeners(signal as "SIGINT")) {
      if (!before.get(signal)?.includes(listener)) process.off(signal, listener);
    }
  }
});

test("a Ctrl-C that arrives from the terminal and from npm is one request to stop", () => {
  let now = 0;
  const shutdown = listenForShutdown(() => now);
  process.emit("SIGINT");
  now = 200;
  process.emit("SIGINT");
  expect([shutdown.stopping.aborted, shutdown.forced.aborted]).toEqual([true, false]);
});

test("a second Ctrl-C stops waiting", () => {
  let now = 0;
  const shutdown = listenForShutdown(() => now);
  process.emit("SIGINT");
  now = 1500;
  process.emit("SIGINT");
  expect(shutdown.forced.aborted).toBe(true);
});

test.each(["SIGTERM", "SIGHUP"] as const)("%s stops it", (signal) => {
  const shutdown = listenForShutdown();
  process.emit(signal);
  expect(shutdown.stopping.aborted).toBe(true);
});
