import { type AddressInfo, createServer, type Server } from "node:net";
import { afterEach, expect, test } from "vitest";
import { findPortOwner, requirePort } from "./port-check.ts";
import { testLimitMs } from "./test-limits.ts";

const use = { purpose: "the portal", variable: "PORT" };
let server: Server | undefined;
afterEach(() => server?.close());

async function occupy(): Promise<number> {
  const listening = createServer();
  server = listening;
  await new Promise<void>((resolve) => listening.listen(0, resolve));
  return (listening.address() as AddressInfo).port;
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
  const waiting = requirePort(port, use, testLimitMs);
  server?.close();
  await expect(waiting).resolves.toBeUndefined();
});

// Another program may take any other port at any time; on this one nothing listens.
test("a free port has no owner", () => {
  expect(findPortOwner(0)).toBeNull();
});
