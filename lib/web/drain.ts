import type { Server, ServerResponse } from "node:http";
import { setTimeout as wait } from "node:timers/promises";
import { isStopping } from "#lib/platform/background/process.ts";
import { singleton } from "#lib/platform/env/singleton.ts";

const getOpen = () => singleton("web.open", () => new Set<ServerResponse>());

/** Lets the answer to a request close its connection when the process stops meanwhile; call it for each request. */
export function closeWhenStopping(response: ServerResponse): void {
  if (isStopping()) closeAfter(response);
  const open = getOpen();
  open.add(response);
  response.once("close", () => open.delete(response));
}

function closeAfter(response: ServerResponse): void {
  if (!response.headersSent) response.setHeader("connection", "close");
}

/**
 * Ends a server without a failed request. Each response now closes its connection, so that clients and load balancers reconnect
 * elsewhere. Until `noticed` resolves, the server accepts connections while /readyz tells the load balancer to send none. Then it
 * closes the port and completes the requests in progress. Call it once the process counts as stopping.
 */
export async function drainServer(server: Server, noticed: Promise<unknown>): Promise<void> {
  for (const response of getOpen()) closeAfter(response);
  await noticed;
  let isClosed = false;
  const closed = new Promise<void>((resolve) => server.close(() => resolve())).then(() => {
    isClosed = true;
  });
  while (!isClosed) {
    // Whose last answer had begun before it could say that the connection closes.
    server.closeIdleConnections();
    await Promise.race([closed, wait(100)]);
  }
}
