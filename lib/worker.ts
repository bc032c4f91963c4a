import { deleteOldSessions } from "#lib/access/sessions/sessions.ts";
import { deleteStaleThrottles } from "#lib/access/sessions/throttle.ts";
import { startWorking } from "#lib/delivery/firing/work.ts";
import { finishRuns } from "#lib/delivery/runs/execute.ts";
import { startRecordingInterrupted } from "#lib/delivery/runs/record-interrupted.ts";
import { startFiring } from "#lib/delivery/schedules/watch-due.ts";
import { fillCertificateEnds } from "#lib/delivery/transports/certificate-ends.ts";
import { deleteOldMessages } from "#lib/delivery/webhooks/webhook-messages.ts";
import { fillSecretEnds, sweepSecretEnds } from "#lib/oauth/credentials/sweep-secret-ends.ts";
import { deleteOldAttempts } from "#lib/oauth/sign-in/attempts.ts";
import { startRenewingSessions } from "#lib/oauth/sign-in/renew-due-sessions.ts";
import { startRenewing } from "#lib/oauth/tokens/renew-due.ts";
import { deleteOldTokens } from "#lib/oauth/tokens/store.ts";
import { deleteOldAlerts, startAlerting } from "#lib/oversight/alerts/run.ts";
import { startKeepingRollups } from "#lib/oversight/rollups/keep-rollups.ts";
import { startShippingHead } from "#lib/platform/audit/ship-head.ts";
import { startEvery } from "#lib/platform/background/every.ts";
import { exitWithParent, onShutdown, reportReady } from "#lib/platform/background/process.ts";
import { watchChanges } from "#lib/platform/db/changes.ts";
import { closeDb, getDb } from "#lib/platform/db/client.ts";
import { getEnv } from "#lib/platform/env/env.ts";
import { watchKeys } from "#lib/platform/keys/holders.ts";
import { getLog } from "#lib/platform/log/log.ts";
import { describeProcess } from "#lib/platform/metrics/describe-process.ts";
import { listenForScrapes } from "#lib/platform/metrics/listen.ts";
import { closePools, getEgressRules } from "#lib/platform/net/pools.ts";
import { createHeadSender } from "#lib/platform/net/send-head.ts";
import { startKeepingPartitions } from "#lib/platform/retention/keep-partitions.ts";
import { startTracing } from "#lib/platform/tracing/start.ts";

const clearEveryMs = 60_000;
const sweepEveryMs = 20_000;

// The background process: renews tokens ahead of need, fires schedules, makes queued runs, makes and drops partitions, counts
// for the dashboard, and clears what has expired. Any number of them may run.
getEgressRules();
const { url: portal, SALLYPORT_AUDIT_HEAD_FILE: file, ...env } = getEnv();
describeProcess("worker");
const stopTracing = await startTracing("worker");
const scrapes = await listenForScrapes({
  port: env.SALLYPORT_WORKER_METRICS_PORT,
  address: env.SALLYPORT_METRICS_ADDRESS,
}).catch((err) => {
  getLog().error({ err }, `port ${env.SALLYPORT_WORKER_METRICS_PORT} can't be used for metrics`);
  process.exit(1);
});
watchChanges();
const stopWatchingKeys = watchKeys("worker");
const stopShipping = startShippingHead({ portal, file, send: createHeadSender() });
exitWithParent();
const stopRenewing = startRenewing();
const stopRenewingSessions = startRenewingSessions();
const stopRecordingInterrupted = startRecordingInterrupted();
const stopKeepingPartitions = startKeepingPartitions();
const stopKeepingRollups = startKeepingRollups();
const stopWorking = startWorking();
const stopFiring = startFiring();
const stopClearing = startEvery(clearEveryMs, "what has expired could not be cleared", clearExpired);
const stopAlerting = startAlerting();
const stopSweeping = startEvery(sweepEveryMs, "the ends of secrets could not be looked at", () =>
  sweepSecretEnds(new Date()),
);
Promise.all([fillSecretEnds(), fillCertificateEnds()]).catch((err) =>
  getLog().warn({ err }, "the ends of certificates could not be noted"),
);
onShutdown(async () => {
  const stops = [
    stopRenewing,
    stopRenewingSessions,
    stopRecordingInterrupted,
    stopKeepingPartitions,
    stopKeepingRollups,
    stopFiring,
    stopWorking,
    stopClearing,
    stopSweeping,
    stopAlerting,
  ];
  await Promise.all(stops.map((stop) => stop()));
  await finishRuns();
  await stopShipping();
  await scrapes?.stop();
  await closePools();
  await stopWatchingKeys();
  await stopTracing();
  await closeDb();
});
getLog().info("the worker runs");
reportReady();

async function clearExpired(): Promise<void> {
  const now = new Date();
  await deleteOldTokens(getDb(), now.getTime());
  await deleteOldSessions(now);
  await deleteOldAttempts(now);
  await deleteOldMessages();
  await deleteStaleThrottles(now);
  await deleteOldAlerts(now);
}
