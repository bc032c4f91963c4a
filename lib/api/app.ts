import { OpenAPIHono } from "@hono/zod-openapi";
import { getPool } from "../db/client.ts";
import { isMigrated } from "../db/migrate.ts";
import { getLog } from "../log.ts";

/** Whether a path belongs to programs (this app) and not to pages (Next). */
export function isApiPath(url: string): boolean {
  return /^\/(api\/v1|api\/hooks|healthz|readyz|metrics)(\/|\?|$)/.test(url);
}

/** The app for programs: the REST API and the probes. */
export function createApi(): OpenAPIHono {
  const app = new OpenAPIHono();
  app.get("/healthz", (context) => context.json({ status: "alive" }));
  app.get("/readyz", async (context) => {
    try {
      if (await isMigrated(getPool())) return context.json({ status: "ready" });
      return context.json({ status: "not ready", reason: "migrations are not done" }, 503);
    } catch (err) {
      getLog().warn({ err }, "not ready");
      return context.json({ status: "not ready", reason: "the database is not reachable" }, 503);
    }
  });
  return app;
}
