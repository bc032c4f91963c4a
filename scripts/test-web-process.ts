// A web process without pages, for tests that stop and kill it. It serves the API on PORT, or any free port, and sends the port to
// its parent. It shuts down as server.ts does, but waits for the parent's message "drain" instead of SALLYPORT_DRAIN_SECONDS.
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { createApiListener } from "#lib/api/app.ts";
import { finishRuns } from "#lib/delivery/runs/execute.ts";
import { onShutdown } from "#lib/platform/background/process.ts";
import { startTask } from "#lib/platform/background/task.ts";
import { watchChanges } from "#lib/platform/db/changes.ts";
import { closeDb } from "#lib/platform/db/client.ts";
import { closeWhenStopping, drainServer } from "#lib/web/drain.ts";
import { testLimitMs } from "./test-limits.ts";

const api = createApiListener();
const server = createServer((request, response) => {
  closeWhenStopping(response);
  api(request, response);
});
// An idle connection never closes in the middle of a request.
server.keepAliveTimeout = testLimitMs;
const noticed = new Promise<void>((resolve) => {
  process.on("message", (message) => {
    if (message === "drain") resolve();
  });
});
onShutdown(async () => {
  await drainServer(server, noticed);
  await finishRuns();
  await closeDb();
});
process.on("disconnect", () => process.exit(0));
startTask(watchChanges);
const listen = () => server.listen(Number(process.env.PORT ?? 0), "127.0.0.1");
server.on("listening", () => process.send?.({ port: (server.address() as AddressInfo).port }));
// A connection of another process can have the port of the previous process for a moment.
server.on("error", (err) => {
  if (!("code" in err && err.code === "EADDRINUSE")) throw err;
  setTimeout(listen, 50);
});
listen();
