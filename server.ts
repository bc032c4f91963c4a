import { createServer } from "node:http";
import { setTimeout as wait } from "node:timers/promises";
import next from "next";
import { ensureFirstAdmin } from "#lib/access/accounts/admins.ts";
import { ensureEnvironmentApiKey } from "#lib/access/api-keys/environment-api-key.ts";
import { markPageRequest } from "#lib/access/sessions/client-address.ts";
import { createApiListener, isApiPath } from "#lib/api/app.ts";
import { finishRuns } from "#lib/delivery/runs/execute.ts";
import { adoptDestinations } from "#lib/delivery/transport-edits/adopt-destinations.ts";
import { exitWithParent, onShutdown } from "#lib/platform/background/process.ts";
import { startTask } from "#lib/platform/background/task.ts";
import { watchChanges } from "#lib/platform/db/changes.ts";
import { closeDb } from "#lib/platform/db/client.ts";
import { getEnv } from "#lib/platform/env/env.ts";
import { loadBindingStage } from "#lib/platform/keys/bind-secrets.ts";
import { watchKeys } from "#lib/platform/keys/holders.ts";
import { reportLostSecrets } from "#lib/platform/keys/report-lost.ts";
import { readCorrelation, runCorrelated } from "#lib/platform/log/correlation.ts";
import { getLog } from "#lib/platform/log/log.ts";
import { describeProcess } from "#lib/platform/metrics/describe-process.ts";
import { listenForScrapes } from "#lib/platform/metrics/listen.ts";
import { getEgressRules } from "#lib/platform/net/pools.ts";
import { getThreadPool } from "#lib/platform/threads/thread-pool.ts";
import { startTracing } from "#lib/platform/tracing/start.ts";
import { answerRefusal } from "#lib/web/answer-refusal.ts";
import { closeWhenStopping, drainServer } from "#lib/web/drain.ts";
import { refuseRequest } from "#lib/web/refuse-request.ts";
import { apiHeaders, makeNonces, markNonces, pageHeaders } from "#lib/web/security-headers.ts";

// The web process: paths of programs go to the Hono app, everything else to Next. A Next route handler costs more than
// ten times as much per request, see docs/benchmarks.md.
const env = getEnv();
// A wrong policy stops the start.
getEgressRules();
const dev = env.NODE_ENV === "development";
process.env.NEXTAUTH_URL ??= env.url;

const pages = next({ dev, dir: import.meta.dirname, hostname: "localhost", port: env.PORT });
const api = createApiListener();
const secure = env.url.startsWith("https://");
const programHeaders = Object.entries(apiHeaders(secure));
const { origin } = new URL(env.url);
const server = createServer((request, response) => {
  closeWhenStopping(response);
  const path = request.url ?? "/";
  if (isApiPath(path)) {
    for (const [name, value] of programHeaders) response.setHeader(name, value);
    return api(request, response);
  }
  const nonces = makeNonces();
  const headers = pageHeaders({ path, nonces, secure, development: dev });
  for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
  const refusal = refuseRequest({ method: request.method ?? "GET", path, headers: request.headers }, origin);
  if (refusal) return void answerRefusal(request, response, refusal);
  markPageRequest(request);
  markNonces(request.headers, nonces, headers["content-security-policy"]);
  void runCorrelated(readCorrelation(request.headers), () => handlePage(request, response));
});
// Whoever sends a request byte by byte is not waited for.
server.headersTimeout = 15_000;
server.requestTimeout = 60_000;

describeProcess("web");
const stopTracing = await startTracing("web");
await loadBindingStage();
await ensureFirstAdmin();
await ensureEnvironmentApiKey();
await adoptDestinations();
// Made here and not by Next's copy of lib, whose threads would have an entry file that can't import anything.
getThreadPool();
await pages.prepare();
const handlePage = pages.getRequestHandler();
startTask(watchChanges);
const keys = startTask(watchKeys("web"));
const scrapes = await listenForScrapes({
  port: env.SALLYPORT_METRICS_PORT,
  address: env.SALLYPORT_METRICS_ADDRESS,
}).catch((err) => {
  getLog().error({ err }, `port ${env.SALLYPORT_METRICS_PORT} can't be used for metrics`);
  process.exit(1);
});

// Longer than the idle timeout of common reverse proxies (60 s), which would else send a request into a closing connection.
server.keepAliveTimeout = 75_000;
server.listen(env.PORT, () => getLog().info({ port: env.PORT }, "the portal listens"));
server.on("error", (err) => {
  getLog().error({ err }, `port ${env.PORT} can't be used`);
  process.exit(1);
});

void reportLostSecrets();
exitWithParent();
onShutdown(async () => {
  const drainSeconds = env.SALLYPORT_DRAIN_SECONDS ?? (env.SALLYPORT_ROLE === "web" ? 5 : 0);
  await drainServer(server, wait(drainSeconds * 1000));
  // Those of callers who have gone away, too.
  await finishRuns();
  await pages.close();
  await scrapes?.stop();
  await keys.stop();
  await stopTracing();
  await closeDb();
});
