// A web process without pages, for tests that stop and kill it: the API on PORT or any other, which it tells its parent. What
// server.ts does at its end, this does too.
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { createApiListener } from "#lib/api/app.ts";
import { watchChanges } from "#lib/db/changes.ts";
import { closeDb } from "#lib/db/client.ts";
import { onShutdown } from "#lib/process.ts";
import { finishRuns } from "#lib/runs/in-flight.ts";
import { closeWhenStopping, drainServer } from "#lib/web/drain.ts";

const api = createApiListener();
const server = createServer((request, response) => {
  closeWhenStopping(response);
  api(request, response);
});
watchChanges();
server.listen(Number(process.env.PORT ?? 0), "127.0.0.1", () =>
  process.send?.({ port: (server.address() as AddressInfo).port }),
);
process.on("disconnect", () => process.exit(0));
onShutdown(async () => {
  await drainServer(server, Number(process.env.SALLYPORT_DRAIN_SECONDS ?? 0) * 1000);
  await finishRuns();
  await closeDb();
});
