import { deleteOldAlerts, startAlerting } from "./alerts/run.ts";
import { startShippingHead } from "./audit/ship-head.ts";
import { fillSecretEnds, sweepSecretEnds } from "./credentials/sweep-secret-ends.ts";
import { watchChanges } from "./db/changes.ts";
import { closeDb, getDb } from "./db/client.ts";
import { getEnv } from "./env.ts";
import { startEvery } from "./every.ts";
import { deleteOldSessions } from "./identity/sessions.ts";
import { deleteStaleThrottles } from "./identity/throttle.ts";
import { watchKeys } from "./keys/holders.ts";
import { getLog } from "./log.ts";
import { describeProcess } from "./metrics/describe-process.ts";
import { listenForScrapes } from "./metrics/listen.ts";
import { closePools, getEgressRules } from "./net/pools.ts";
import { createHeadSender } from "./net/send-head.ts";
import { exitWithParent, onShutdown, reportReady } from "./process.ts";
import { deleteOldAttempts } from "./profiles/attempts.ts";
import { startRenewingSessions } from "./profiles/renew-due-sessions.ts";
import { startKeepingPartitions } from "./retention/keep-partitions.ts";
import { startKeepingRollups } from "./rollups/keep-rollups.ts";
import { finishRuns } from "./runs/in-flight.ts";
import { startRecordingInterrupted } from "./runs/record-interrupted.ts";
import { startRenewing } from "./tokens/renew-due.ts";
import { deleteOldTokens } from "./tokens/store.ts";
import { startTracing } from "./tracing/start.ts";
import { fillCertificateEnds } from "./transports/certificate-ends.ts";
import { startFiring } from "./triggers/watch-due.ts";
import { deleteOldMessages } from "./triggers/webhook-messages.ts";
import { startWorking } from "./triggers/work.ts";

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
