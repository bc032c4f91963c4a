import { parseEnv } from "#lib/platform/env/env.ts";

// The health check of a container: 0 when the process of this role answers. A worker answers on its port for metrics; without
// one that it runs is all that can be told, which whoever asks knows.
const { PORT, SALLYPORT_ROLE: role, SALLYPORT_WORKER_METRICS_PORT: workerPort } = parseEnv(process.env);
const port = role === "worker" ? workerPort : PORT;
if (port !== undefined) {
  try {
    const answer = await fetch(`http://127.0.0.1:${port}/healthz`, { signal: AbortSignal.timeout(5000) });
    if (!answer.ok) throw new Error(`/healthz says ${answer.status}`);
  } catch (err) {
    console.error(err instanceof Error ? err.message : err);
    process.exit(1);
  }
}
