import type { IncomingMessage, ServerResponse } from "node:http";
import { getRequestListener, type HttpBindings } from "@hono/node-server";
import { Hono } from "hono";
import { requirePermission } from "#lib/access/permissions/context.ts";
import { isStopping } from "#lib/platform/background/process.ts";
import { getPool } from "#lib/platform/db/client.ts";
import { discardBody } from "#lib/platform/edges/discard-body.ts";
import { getEnv } from "#lib/platform/env/env.ts";
import { AppError } from "#lib/platform/errors/app-error.ts";
import { readCorrelation, runCorrelated } from "#lib/platform/log/correlation.ts";
import { getLog } from "#lib/platform/log/log.ts";
import { renderMetrics } from "#lib/platform/metrics/render.ts";
import { isMigrated } from "#lib/platform/migrations/migrate.ts";
import { type Authenticate, authenticate } from "./authenticate.ts";
import { answerJson, answerProblem, type Endpoint, handleEndpoint } from "./endpoint.ts";
import { allEndpoints } from "./endpoints.ts";
import { handleHook } from "./hooks.ts";
import { describeApi } from "./openapi.ts";
import { listProblemTypes, problemTypesPath } from "./problem-types.ts";

/** Whether a path belongs to programs (this app) and not to pages (Next). */
export function isApiPath(url: string): boolean {
  return /^\/(api\/v1|api\/hooks|healthz|readyz|metrics)(\/|\?|$)/.test(url);
}

type ApiOptions = {
  /** Operations to serve, all of them if left out. */
  endpoints?: readonly Endpoint[];
  /** Who calls, by API key if left out. */
  authenticate?: Authenticate;
};

/** Listener of a `node:http` server for the paths of programs. */
export function createApiListener(options?: ApiOptions): (req: IncomingMessage, res: ServerResponse) => void {
  const app = createApi(options);
  const answer = async (request: Request, bindings: HttpBindings) => {
    const response = await app.fetch(request, bindings);
    await discardBody(bindings.incoming);
    return response;
  };
  const listener = getRequestListener((request, bindings) => answer(request, bindings as HttpBindings), {
    // Probes of load balancers speak HTTP/1.0 and name no host.
    hostname: "localhost",
    // What is no valid request at all, such as a Host header that is none.
    errorHandler: (err) =>
      answerProblem(new AppError("malformed_request", "The request can't be read.", { cause: err }), "?", "?"),
  });
  return (req, res) => void runCorrelated(readCorrelation(req.headers), () => listener(req, res));
}

/** The app for programs: the REST API, its description and the probes. */
export function createApi(options: ApiOptions = {}): Hono<{ Bindings: HttpBindings }> {
  const endpoints = options.endpoints ?? allEndpoints;
  const app = new Hono<{ Bindings: HttpBindings }>();
  for (const endpoint of endpoints) {
    app.on(
      endpoint.method.toUpperCase(),
      `/api/v1${endpoint.path.replace("{id}", ":id")}`,
      handleEndpoint(endpoint, options.authenticate ?? authenticate),
    );
  }
  app.post("/api/hooks/:slug", handleHook(options.authenticate ?? authenticate));
  let document: unknown;
  app.get("/api/v1/openapi.json", () => {
    document ??= describeApi(endpoints, getEnv().url);
    return answerJson(document);
  });
  app.get(problemTypesPath, () => answerJson({ items: listProblemTypes(), nextCursor: null }));
  app.get("/healthz", () => answerJson({ status: "alive" }));
  app.get("/readyz", async () => {
    const reason = await findWhyNotReady();
    return reason === null ? answerJson({ status: "ready" }) : answerJson({ status: "not ready", reason }, 503);
  });
  app.get("/metrics", async (context) => {
    requirePermission(await (options.authenticate ?? authenticate)(context.env.incoming), "metrics.read");
    const { text, contentType } = await renderMetrics();
    return new Response(text, { headers: { "Content-Type": contentType, "Cache-Control": "no-store" } });
  });
  app.notFound((context) =>
    answerProblem(unknownRoute(endpoints, context.req.method, context.req.path), context.req.method, context.req.path),
  );
  app.onError((err, context) => answerProblem(err, context.req.method, context.req.path));
  return app;
}

async function findWhyNotReady(): Promise<string | null> {
  if (isStopping()) return "it is shutting down";
  try {
    return (await isMigrated(getPool())) ? null : "migrations are not done";
  } catch (err) {
    getLog().warn({ err }, "not ready");
    return "the database is not reachable";
  }
}

const isHookPath = (path: string) => /^\/api\/hooks\/[^/]+$/.test(path);

/** `method_not_allowed` with the methods of the path (RFC 9110 section 15.5.6), or `not_found`. */
function unknownRoute(endpoints: readonly Endpoint[], method: string, path: string): AppError {
  const known = isHookPath(path) ? ["POST"] : [];
  const allow = endpoints
    .filter((endpoint) => new RegExp(`^/api/v1${endpoint.path.replace("{id}", "[^/]+")}$`).test(path))
    .map((endpoint) => endpoint.method.toUpperCase())
    .concat(known);
  if (allow.length > 0) {
    return new AppError("method_not_allowed", `${path.slice(0, 200)} does not know ${method}.`, {
      hint: `It knows ${allow.join(", ")}.`,
      details: { allow },
    });
  }
  return new AppError("not_found", `There is nothing at ${path.slice(0, 200)}.`, {
    hint: "All operations are in /api/v1/openapi.json.",
  });
}
