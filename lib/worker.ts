import { deleteOldSessions } from "#lib/access/sessions/sessions.ts";
import { deleteStaleThrottles } from "#lib/access/sessions/throttle.ts";
import { makeQueuedRuns } from "#lib/delivery/firing/work.ts";
import { finishRuns } from "#lib/delivery/runs/execute.ts";
import { entryLeaseMs } from "#lib/delivery/runs/in-flight-journal.ts";
import { recordInterrupted } from "#lib/delivery/runs/record-interrupted.ts";
import { watchDue } from "#lib/delivery/schedules/watch-due.ts";
import { adoptDestinations } from "#lib/delivery/transport-edits/adopt-destinations.ts";
import { fillCertificateEnds } from "#lib/delivery/transports/certificate-ends.ts";
import { sealPlainHeaders } from "#lib/delivery/trigger-edits/seal-plain-headers.ts";
import { deleteOldMessages } from "#lib/delivery/webhooks/webhook-messages.ts";
import { fillSecretEnds, sweepSecretEnds } from "#lib/oauth/credential-edits/sweep-secret-ends.ts";
import { deleteOldAttempts } from "#lib/oauth/sign-in/attempts.ts";
import { renewDueSessions } from "#lib/oauth/sign-in/renew-due-sessions.ts";
import { createTokenRenewal } from "#lib/oauth/tokens/renew-due.ts";
import { deleteOldTokens } from "#lib/oauth/tokens/store.ts";
import { deleteOldAlerts, gatherAlerts, sendAlerts } from "#lib/oversight/alerts/run.ts";
import { keepRollups } from "#lib/oversight/rollups/keep-rollups.ts";
import { publishHead } from "#lib/platform/audit/publish-head.ts";
import { exitWithParent, onShutdown, reportReady } from "#lib/platform/background/process.ts";
import { startTask, type Task } from "#lib/platform/background/task.ts";
import { watchChanges } from "#lib/platform/db/changes.ts";
import { closeDb, getDb } from "#lib/platform/db/client.ts";
import { getEnv } from "#lib/platform/env/env.ts";
import { bindSecrets, loadBindingStage } from "#lib/platform/keys/bind-secrets.ts";
import { watchKeys } from "#lib/platform/keys/holders.ts";
import { getLog } from "#lib/platform/log/log.ts";
import { describeProcess } from "#lib/platform/metrics/describe-process.ts";
import { listenForScrapes } from "#lib/platform/metrics/listen.ts";
import { closePools, getEgressRules } from "#lib/platform/net/pools.ts";
import { createHeadSender } from "#lib/platform/net/send-head.ts";
import { keepPartitions } from "#lib/platform/retention/keep-partitions.ts";
import { startTracing } from "#lib/platform/tracing/start.ts";

const second = 1000;
const minute = 60 * second;

// The background process. Any number of them may run.
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
await loadBindingStage();
const tokens = createTokenRenewal();

/** What the tasks below rely on, until they're finished. */
const services: Task[] = [
  watchChanges,
  watchKeys("worker"),
  {
    name: "publish the head of the audit chain",
    everyMs: 10 * second,
    failure: "the head of the audit chain could not be read",
    ...publishHead({ portal, file, send: createHeadSender() }),
  },
];

const tasks: Task[] = [
  {
    // Again and again: as long as an upgrade lasts, the previous version can still write credentials.
    name: "keep the destinations in use before an upgrade",
    everyMs: 60 * second,
    failure: "routes and hosts from before an upgrade could not be kept; some transports fail until this succeeds",
    run: () => adoptDestinations(),
  },
  {
    name: "bind secrets from before an upgrade to their destinations",
    everyMs: 10 * second,
    failure: "secrets from before an upgrade could not be bound to their destinations",
    run: () => bindSecrets(),
  },
  {
    name: "encrypt secret headers of older versions",
    everyMs: minute,
    retryMs: 10 * second,
    failure: "secret headers that an older version stored could not be encrypted; they're still in plain text",
    run: () => sealPlainHeaders(),
  },
  {
    name: "renew tokens ahead of need",
    everyMs: second,
    failure: "due credentials could not be read",
    ...tokens.renew,
  },
  {
    name: "mark credentials that wait for a failing provider",
    everyMs: 5 * second,
    failure: "credentials of failing providers could not be marked",
    ...tokens.markWaiting,
  },
  {
    name: "renew sessions of external identities",
    everyMs: second,
    failure: "due sessions could not be read",
    ...renewDueSessions(),
  },
  {
    name: "fire schedules",
    everyMs: 300,
    retryMs: second,
    failure: "schedules that are due could not be read",
    run: watchDue,
  },
  {
    name: "make queued runs",
    everyMs: 250,
    retryMs: second,
    failure: "the queue of runs could not be read",
    ...makeQueuedRuns(),
  },
  {
    name: "record interrupted runs",
    everyMs: 2 * second,
    // Processes that couldn't reach the database get the time to extend their entries.
    retryMs: entryLeaseMs,
    failure: "interrupted runs could not be looked for",
    run: recordInterrupted,
  },
  {
    name: "gather alerts into messages",
    everyMs: 5 * second,
    failure: "alerts could not be gathered",
    ...gatherAlerts(),
  },
  { name: "send alerts", everyMs: second, failure: "due alerts could not be read", ...sendAlerts() },
  {
    name: "let statuses follow the ends of secrets",
    everyMs: 20 * second,
    failure: "the ends of secrets could not be looked at",
    run: () => sweepSecretEnds(new Date()),
  },
  {
    name: "make and drop partitions",
    everyMs: minute,
    failure: "the partitions were left as they are",
    run: () => keepPartitions(Date.now()),
  },
  { name: "count for the dashboard", everyMs: minute, failure: "nothing was counted", run: () => keepRollups() },
  { name: "clear what has expired", everyMs: minute, failure: "what has expired could not be cleared", run: clear },
];

const running = services.map((task) => startTask(task));
exitWithParent();
const working = tasks.map((task) => startTask(task));
Promise.all([fillSecretEnds(), fillCertificateEnds()]).catch((err) =>
  getLog().warn({ err }, "the ends of certificates could not be noted"),
);
onShutdown(async () => {
  await Promise.all(working.map((loop) => loop.stop()));
  await finishRuns();
  await Promise.all(running.map((loop) => loop.stop()));
  await scrapes?.stop();
  await closePools();
  await stopTracing();
  await closeDb();
});
getLog().info("the worker runs");
reportReady();

async function clear(): Promise<void> {
  const now = new Date();
  await deleteOldTokens(getDb(), now.getTime());
  await deleteOldSessions(now);
  await deleteOldAttempts(now);
  await deleteOldMessages();
  await deleteStaleThrottles(now);
  await deleteOldAlerts(now);
}
