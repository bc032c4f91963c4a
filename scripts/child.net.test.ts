import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { startChild } from "./child.ts";
import { waitFor } from "./wait-for.ts";

let folder = "";
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "sallyport-child-"));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function start(code: string) {
  const file = join(folder, `${Math.random().toString(36).slice(2)}.mjs`);
  writeFileSync(file, code);
  const messages: unknown[] = [];
  const lines: string[] = [];
  const child = startChild({
    name: "web",
    file,
    env: { NODE_ENV: "production" },
    onMessage: (message) => messages.push(message),
    onLine: (_, line) => lines.push(line),
  });
  return { child, messages, lines };
}

const living = "process.send(process.pid); setInterval(() => {}, 1e6);";

test("a process that ends is started again once it is to be kept alive", async () => {
  const { child, messages, lines } = start(living);
  await waitFor(() => expect(messages).toHaveLength(1));
  child.keepAlive();
  process.kill(Number(messages[0]), "SIGKILL");
  await waitFor(() => expect(messages).toHaveLength(2));
  expect(messages[1]).not.toBe(messages[0]);
  expect(lines).toEqual(["ended (SIGKILL); it starts again in 1 s"]);
  await child.stop(1000);
});

test("a process that can't start tells how it ended", async () => {
  const { child, lines } = start("console.error('no'); process.exit(7);");
  expect(await child.exited).toBe("code 7");
  await waitFor(() => expect(lines).toEqual(["no"]));
});

test("a process that does not drain in time is killed", async () => {
  const { child, messages } = start(`process.on("SIGTERM", () => {}); ${living}`);
  await waitFor(() => expect(messages).toHaveLength(1));
  await child.stop(50);
  expect(await child.exited).toBe("SIGKILL");
});
