// A process for the load test of lib/platform/keys. It opens and seals secrets all the time, as web and worker do. To "report", and to
// "stop" when it's done, it sends its progress and what failed, as JSON over the channel of fork().
import { setTimeout as wait } from "node:timers/promises";
import { systemContext } from "#lib/access/permissions/context.ts";
import { openAuthorization } from "#lib/delivery/runs/authorization.ts";
import { updateTransport } from "#lib/delivery/transport-edits/update-transport.ts";
import { getTransport } from "#lib/delivery/transports/read-transports.ts";
import { transportUpdate } from "#lib/delivery/transports/schema.ts";
import { openTransportHeaders } from "#lib/delivery/transports/secret-headers.ts";
import { getTriggerPlan } from "#lib/delivery/triggers/plan.ts";
import { updateCredential } from "#lib/oauth/credential-edits/update-credential.ts";
import { openCredential } from "#lib/oauth/credentials/open-credential.ts";
import { credentialUpdate } from "#lib/oauth/credentials/schema.ts";
import { startTask } from "#lib/platform/background/task.ts";
import { onChanges, watchChanges } from "#lib/platform/db/changes.ts";
import { isAppError } from "#lib/platform/errors/app-error.ts";
import { watchKeys } from "#lib/platform/keys/holders.ts";

type Load = { credentialIds: string[]; triggerIds: string[]; secret: string };
export type Progress = {
  opened: number;
  sealed: number;
  failures: string[];
  /** Rounds that each of the concurrent loops has completed. */
  rounds: number[];
  /** How often this process dropped what it had cached. */
  changes: number;
};

const ctx = systemContext("load");
const done: Progress = { opened: 0, sealed: 0, failures: [], rounds: [0, 0, 0], changes: 0 };
let running = true;
let work: Promise<unknown> = Promise.resolve();

process.on("message", (message: Load | "report" | "stop") => {
  if (message === "report") process.send?.(done);
  else if (message === "stop") {
    running = false;
    void work.then(() => process.send?.(done));
  } else work = Promise.all(done.rounds.map((_, index) => loop(message, index)));
});
process.on("disconnect", () => process.exit(0));
onChanges(() => done.changes++);
startTask(watchChanges);
startTask(watchKeys("worker"));
process.send?.("ready");

async function loop(load: Load, index: number): Promise<void> {
  while (running) {
    const round = done.rounds[index]!;
    try {
      await open(load, round);
      if (round % 15 === 0) await seal(load, round);
    } catch (err) {
      // Two processes that edit the same thing: one of them is told so.
      if (!isAppError(err) || err.code !== "stale_version") done.failures.push(String(err));
    }
    done.rounds[index] = round + 1;
    // Leaves the machine time to change the keys.
    await wait(5);
  }
}

async function open({ credentialIds, triggerIds, secret }: Load, round: number): Promise<void> {
  const { clientSecret } = await openCredential(pick(credentialIds, round));
  const plan = await getTriggerPlan(pick(triggerIds, round));
  const authorization = openAuthorization(plan.transport, null);
  const password = authorization.kind === "basic" ? authorization.password : null;
  const header = openTransportHeaders(plan.transport)[0]?.value;
  if (clientSecret !== secret || password !== secret || header !== secret)
    done.failures.push("another secret came out");
  done.opened += 3;
}

async function seal({ credentialIds, triggerIds, secret }: Load, round: number): Promise<void> {
  const { id, version } = await openCredential(pick(credentialIds, round));
  await updateCredential(ctx, id, credentialUpdate.parse({ version, clientSecret: secret }));
  // An edit that keeps the stored password writes its envelope back.
  const { transport } = await getTriggerPlan(pick(triggerIds, round));
  const current = await getTransport(ctx, transport.id);
  await updateTransport(ctx, current.id, transportUpdate.parse({ version: current.version, notes: `round ${round}` }));
  done.sealed += 2;
}

function pick(ids: string[], round: number): string {
  return ids[round % ids.length]!;
}
