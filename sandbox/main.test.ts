import { type ChildProcess, fork, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { connect, createServer } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import type { SandboxAddresses } from "./start.ts";

const MAIN = fileURLToPath(new URL("./main.ts", import.meta.url));
const ANY_PORTS = { SANDBOX_IDP_PORT: "0", SANDBOX_SERVICE_PORT: "0", SANDBOX_SERVICE_TLS_PORT: "0" };

// Processes are started here, which takes seconds on a busy machine.
vi.setConfig({ testTimeout: 30_000 });

let dir: string;
let child: ChildProcess | undefined;

beforeEach(async () => {
  dir = await mkdtemp(path.join(tmpdir(), "sandbox-"));
});
afterEach(async () => {
  if (child && child.exitCode === null && child.signalCode === null) {
    child.kill("SIGKILL");
    await once(child, "exit");
  }
  await rm(dir, { recursive: true });
});

function launch(environment: Record<string, string> = {}): ChildProcess {
  child = spawn(process.execPath, [MAIN, "--dir", dir], {
    env: { ...process.env, ...ANY_PORTS, ...environment },
    stdio: ["ignore", "pipe", "pipe"],
  });
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
  socket.write("GET /hang HTTP/1.1\r\nhost: localhost\r\n\r\n");
  sandbox.kill("SIGTERM");
  expect(await once(sandbox, "exit")).toEqual([0, null]);
  socket.destroy();
});

it("ends when its parent lets go of it", async () => {
  child = fork(MAIN, ["--dir", dir], {
    env: { ...process.env, ...ANY_PORTS },
    execPath: process.execPath,
    silent: true,
  });
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
  const [line, [code]] = await Promise.all([readLine(first.stderr), once(first, "exit")]);
  expect(line).toBe(
    `sandbox: port ${port} is taken; set SANDBOX_SERVICE_PORT to another one, or to 0 for any free port`,
  );
  expect(code).toBe(1);
  other.close();

  const second = launch({ SANDBOX_IDP_PORT: "many" });
  expect(await readLine(second.stderr)).toBe("sandbox: SANDBOX_IDP_PORT must be a port from 0 to 65535, not many");
});
