import { EventEmitter } from "node:events";
import { expect, test } from "vitest";
import { listenForShutdown } from "./shutdown.ts";

test("a Ctrl-C that arrives from the terminal and from npm is one request to stop", () => {
  const receiver = new EventEmitter();
  let now = 0;
  const shutdown = listenForShutdown(() => now, receiver);
  receiver.emit("SIGINT");
  now = 200;
  receiver.emit("SIGINT");
  expect([shutdown.stopping.aborted, shutdown.forced.aborted]).toEqual([true, false]);
});

test("a second Ctrl-C stops waiting", () => {
  const receiver = new EventEmitter();
  let now = 0;
  const shutdown = listenForShutdown(() => now, receiver);
  receiver.emit("SIGINT");
  now = 1500;
  receiver.emit("SIGINT");
  expect(shutdown.forced.aborted).toBe(true);
});

test.each(["SIGTERM", "SIGHUP", "disconnect"])("%s stops it", (signal) => {
  const receiver = new EventEmitter();
  const shutdown = listenForShutdown(Date.now, receiver);
  receiver.emit(signal);
  expect(shutdown.stopping.aborted).toBe(true);
});
