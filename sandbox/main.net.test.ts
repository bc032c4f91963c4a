import { type ChildProcess, fork, spawn } from "node:child_process";
import { once } from "node:events";
import { rm } from "node:fs/promises";
import { connect, createServer } from "node:net";
import path from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, expect, it } from "vitest";
import type { SandboxAddresses } from "./start.ts";
import { makeTestFolder } from "./test-folder.ts";

const MAIN = fileURLToPath(new URL("./main.ts", import.meta.url));
const ANY_PORTS = { SANDBOX_IDP_PORT: "0", SANDBOX_SERVICE_PORT: "0", SANDBOX_SERVICE_TLS_PORT: "0" };

let dir: string;
const children: ChildProcess[] = [];

beforeEach(async () => {
  dir = await makeTestFolder();
});
afterEach(async () => {
  for (const child of children.splice(0)) {
    if (child.exitCode !== null || child.signalCode !== null) continue;
    child.kill("SIGKILL");
    await once(child, "exit");
  }
  await rm(dir, { recursive: true });
});

function launch(environment: Record<string, string> = {}): ChildProcess {
  const child = spawn(process.execPath, [MAIN, "--dir", dir], {
    env: { ...process.env, ...ANY_PORTS, ...environment },
    stdio: ["ignore", "pipe", "pipe"],
  });
  children.push(child);
  return child;
}

async function readLine(stream: NodeJS.ReadableStream | null): Promise<string> {
  for await (const line of createInterface({ input: stream ?? process.stdin })) return line;
  return "";
}

it("prints where everything is as its first line, and ends on SIGTERM in spite of open connections", async () => {
  const sandbox = launch();
  const line = await readLine(sandbox.stdout);
  const ready = JSON.parse(line) as SandboxAddresses & { ready: boolean };
  expect(ready.ready).toBe(true);
  expect(path.isAbsolute(ready.caFile)).toBe(true);
  expect(line).not.toContain("ecret");

  const socket = connect(Number(new URL(ready.serviceUrl).port), "127.0.0.1");
  socket.on("error", () => undefined);
  await once(socket, "connect");
  // The answer 100 shows that the service has the request.
  socket.write("GET /hang HTTP/1.1\r\nhost: localhost\r\nexpect: 100-continue\r\n\r\n");
  await once(socket, "data");
  sandbox.kill("SIGTERM");
  expect(await once(sandbox, "exit")).toEqual([0, null]);
  socket.destroy();
});

it("ends when its parent lets go of it", async () => {
  const child = fork(MAIN, ["--dir", dir], {
    env: { ...process.env, ...ANY_PORTS },
    execPath: process.execPath,
    silent: true,
  });
  children.push(child);
  const [ready] = (await once(child, "message")) as [{ ready: boolean }];
  expect(ready.ready).toBe(true);
  child.disconnect();
  expect(await once(child, "exit")).toEqual([0, null]);
});

it("says in one line that a port is taken, or is none", async () => {
  const other = createServer().listen(0, "127.0.0.1");
  await once(other, "listening");
  const address = other.address();
  const port = String(typeof address === "object" ? address?.port : "");
  const first = launch({ SANDBOX_SERVICE_PORT: port });
  const second = launch({ SANDBOX_IDP_PORT: "many" });
  const [line, [code], secondLine] = await Promise.all([
    readLine(first.stderr),
    once(first, "exit"),
    readLine(second.stderr),
  ]);
  expect(line).toBe(
    `sandbox: port ${port} is taken; set SANDBOX_SERVICE_PORT to another one, or to 0 for any free port`,
  );
  expect(code).toBe(1);
  expect(secondLine).toBe("sandbox: SANDBOX_IDP_PORT must be a port from 0 to 65535, not many");
  other.close();
});
