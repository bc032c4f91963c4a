import { createServer } from "node:http";
import { getPool } from "#lib/platform/db/client.ts";
import { getLog } from "#lib/platform/log/log.ts";
import { isMigrated } from "#lib/platform/migrations/migrate.ts";
import { renderMetrics } from "./render.ts";

/** How long /readyz waits for the database. */
const readyMs = 5000;

/**
 * Serves /metrics, /healthz and /readyz without a key on a port of its own, for the scraper and the probes of the
 * platform; nothing else is there.
 * @param where the port (0: any free one) and the address to listen on; null port: nothing is started.
 * @returns the port and what stops it.
 * @throws Error when the port can't be used
 */
export async function listenForScrapes(where: {
  port: number | undefined;
  address: string;
}): Promise<{ port: number; stop: () => Promise<void> } | null> {
  if (where.port === undefined) return null;
  const server = createServer((request, response) => {
    const answer = (status: number, body: string, contentType = "text/plain; charset=utf-8") => {
      response.writeHead(status, { "Content-Type": contentType, "Cache-Control": "no-store" });
      response.end(body);
    };
    const path = (request.url ?? "/").split("?")[0];
    if (request.method !== "GET" && request.method !== "HEAD") return answer(405, "Only GET is known here.\n");
    if (path === "/healthz") return answer(200, "alive\n");
    const work: (() => Promise<Answer>) | null =
      path === "/metrics" ? renderMetrics : path === "/readyz" ? findReadiness : null;
    if (!work) return answer(404, "There are /metrics, /healthz and /readyz.\n");
    work().then(
      ({ text, contentType, status = 200 }) => answer(status, text, contentType),
      (err) => {
        getLog().error({ err }, "metrics could not be made");
        answer(500, "See the log.\n");
      },
    );
  });
  server.headersTimeout = 10_000;
  server.requestTimeout = 10_000;
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(where.port, where.address, resolve);
  });
  const address = server.address();
  const port = typeof address === "object" && address ? address.port : where.port;
  getLog().info({ port, address: where.address }, "metrics are served");
  return {
    port,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

type Answer = { text: string; contentType?: string; status?: number };

async function findReadiness(): Promise<Answer> {
  const late = new Promise<false>((resolve) => setTimeout(() => resolve(false), readyMs).unref());
  const ready = await Promise.race([isMigrated(getPool()).catch(() => false), late]);
  return ready ? { text: "ready\n" } : { text: "not ready: the database\n", status: 503 };
}
