import { createServer, type Server } from "node:net";
import { afterEach, expect, test } from "vitest";
import { findFreePort } from "./free-port.ts";
import { findPortOwner, requirePort } from "./port-check.ts";

const use = { purpose: "the portal", variable: "PORT" };
let server: Server | undefined;
afterEach(() => server?.close());

async function occupy(): Promise<number> {
  const port = await findFreePort();
  server = createServer();
  await new Promise<void>((resolve) => server?.listen(port, resolve));
  return port;
}

test("a taken port is refused in one line with the port, its owner and the way out", async () => {
  const port = await occupy();
  const refusal = requirePort(port, use, 0);
  await expect(refusal).rejects.toThrow(`Port ${port} for the portal is taken`);
  await expect(refusal).rejects.toThrow(`PORT=${port + 1}`);
  if (process.platform === "linux") await expect(refusal).rejects.toThrow(`(pid ${process.pid})`);
});

test("a port that is given up while we wait is taken", async () => {
  const port = await occupy();
  const waiting = requirePort(port, use, 10_000);
  server?.close();
  await expect(waiting).resolves.toBeUndefined();
});

test("nobody owns a free port", async () => {
  expect(findPortOwner(await findFreePort())).toBeNull();
});
