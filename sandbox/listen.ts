import type { Server as HttpServer } from "node:http";
import type { Server as HttpsServer } from "node:https";

/** Longer than clients keep an idle connection, so that none is closed just as a request comes in on it. */
const KEEP_ALIVE_MS = 60_000;

export interface Listening {
  port: number;
  /** Ends at once: open connections are cut. */
  close(): Promise<void>;
}

/**
 * Listens on 127.0.0.1, and on ::1 with the same port where that can be had, since `localhost` may mean either.
 * @param makeServer makes the server for one address
 * @param port 0 for a free one
 * @param variable the environment variable that sets the port, for the message when it is taken
 */
export async function listenOnLoopback(
  makeServer: () => HttpServer | HttpsServer,
  port: number,
  variable: string,
): Promise<Listening> {
  const first = makeServer();
  await listen(first, port, "127.0.0.1").catch((cause: NodeJS.ErrnoException) => {
    if (cause.code !== "EADDRINUSE") throw cause;
    throw new Error(`sandbox: port ${port} is taken; set ${variable} to another one, or to 0 for any free port`, {
      cause,
    });
  });
  const address = first.address();
  const actualPort = typeof address === "object" && address ? address.port : port;
  const servers = [first];
  const second = makeServer();
  await listen(second, actualPort, "::1").then(
    () => servers.push(second),
    () => undefined,
  );
  return {
    port: actualPort,
    async close() {
      await Promise.all(servers.map(shut));
    },
  };
}

function listen(server: HttpServer | HttpsServer, port: number, host: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.keepAliveTimeout = KEEP_ALIVE_MS;
    server.once("error", reject);
    server.listen({ port, host, exclusive: true }, () => {
      server.off("error", reject);
      resolve();
    });
  });
}

function shut(server: HttpServer | HttpsServer): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}
