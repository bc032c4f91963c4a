// A process of its own for the test of lib/keys under load: opens and seals secrets as fast as it can, as web and worker do, and
// tells at the end how often it did and what failed. Parent and child speak JSON over the channel of fork().
import { openCredential } from "#lib/credentials/open-credential.ts";
import { credentialUpdate } from "#lib/credentials/schema.ts";
import { updateCredential } from "#lib/credentials/update-credential.ts";
import { watchChanges } from "#lib/db/changes.ts";
import { isAppError } from "#lib/errors.ts";
import { systemContext } from "#lib/identity/context.ts";
import { watchKeys } from "#lib/keys/holders.ts";
import { openAuthorization } from "#lib/runs/authorization.ts";
import { getTransport } from "#lib/transports/get-transport.ts";
import { transportUpdate } from "#lib/transports/schema.ts";
import { updateTransport } from "#lib/transports/update-transport.ts";
import { getTriggerPlan } from "#lib/triggers/plan.ts";

type Load = { credentialIds: string[]; triggerIds: string[]; secret: string };

const ctx = systemContext("load");
const done = { opened: 0, sealed: 0, failures: [] as string[] };
let running = true;

process.on("message", (message: Load | "stop") => {
  if (message === "stop") running = false;
  else void Promise.all([0, 1, 2].map(() => work(message))).then(() => process.send?.(done));
});
process.on("disconnect", () => process.exit(0));
watchChanges();
watchKeys("worker");
process.send?.("ready");

async function work(load: Load): Promise<void> {
  for (let round = 0; running; round++) {
    try {
      await open(load, round);
      if (round % 15 === 0) await seal(load, round);
    } catch (err) {
      // Two processes that edit the same thing: one of them is told so.
      if (!isAppError(err) || err.code !== "stale_version") done.failures.push(String(err));
    }
  }
}

async function open({ credentialIds, triggerIds, secret }: Load, round: number): Promise<void> {
  const { clientSecret } = await openCredential(pick(credentialIds, round));
  const plan = await getTriggerPlan(pick(triggerIds, round));
  const authorization = openAuthorization(plan.transport, null);
  const password = authorization.kind === "basic" ? authorization.password : null;
  if (clientSecret !== secret || password !== secret) done.failures.push("another secret came out");
  done.opened += 2;
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
