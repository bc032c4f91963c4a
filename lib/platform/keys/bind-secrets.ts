import { and, eq, isNull, sql } from "drizzle-orm";
import { auditRecords } from "#drizzle/schema/audit-records.ts";
import { credentials } from "#drizzle/schema/credentials.ts";
import { keyHolders } from "#drizzle/schema/key-holders.ts";
import { secretBindings } from "#drizzle/schema/secret-bindings.ts";
import { transports } from "#drizzle/schema/transports.ts";
import { asSystem } from "#lib/platform/audit/actor.ts";
import { recordAudit } from "#lib/platform/audit/record.ts";
import { routeApprovalAad } from "#lib/platform/crypto/aad.ts";
import { getBindingStage, setBindingStage } from "#lib/platform/crypto/binding.ts";
import { isUnbound, sealSecret } from "#lib/platform/crypto/envelope.ts";
import { getKeys } from "#lib/platform/crypto/key-ring.ts";
import { bumpChanges } from "#lib/platform/db/changes.ts";
import { getDb, inTransaction } from "#lib/platform/db/client.ts";
import type { EncryptionKey } from "#lib/platform/env/key-list.ts";
import { getLog } from "#lib/platform/log/log.ts";
import { envelopeColumns, readEnvelopes } from "./envelopes.ts";
import { tryOpen } from "./survey.ts";

// An upgrade from a version that didn't bind envelopes to destinations, over all processes. The migration marks a database that
// has any.
//
//   unbound   processes of the version before may run: its envelopes are written, and nothing is bound
//   binding   none was seen for `quietMs`: bound envelopes are written, and the stored ones are bound, one row at a time
//   bound     nothing unbound was found, `settleMs` after the last process can have written one: unbound envelopes are refused
//
// A process takes the stage from the database when it starts, and never goes back from `bound`: the mark of an upgrade that somebody
// puts into the database again changes nothing.

type Waits = {
  /** How long no process of the version before must have been seen, in milliseconds. Until then it can be started again. */
  quietMs: number;
  /** Longer than any process takes to learn that bound envelopes are written, and to commit what it began before. */
  settleMs: number;
};

const usualWaits: Waits = { quietMs: 10 * 60_000, settleMs: 60_000 };
const action = "encryption_key.bind";
const target = { kind: "encryption_key", id: "all", name: "all" };

/** Reads the stage when a process starts. */
export async function loadBindingStage(): Promise<void> {
  const stage = await readStage();
  if (stage !== "bound" && (await wasBound())) {
    getLog().error(
      "the database says that its secrets aren't bound to their destinations, but they were: see docs/keys.md",
    );
    return;
  }
  setBindingStage(stage);
}

/** Follows the stage while an upgrade is underway. */
export async function followBindingStage(): Promise<void> {
  if (getBindingStage() !== "bound") setBindingStage(await readStage());
}

async function readStage() {
  const [row] = await getDb().select({ stage: secretBindings.stage }).from(secretBindings);
  return row?.stage ?? "bound";
}

async function wasBound(): Promise<boolean> {
  const ofBinding = and(eq(auditRecords.targetKind, target.kind), eq(auditRecords.action, action));
  const found = await getDb().select({ id: auditRecords.id }).from(auditRecords).where(ofBinding).limit(1);
  return found.length > 0;
}

/**
 * Takes an upgrade one step further: binds every stored secret to where it can go, while Sallyport runs. It can be interrupted
 * at any time, and any number of processes can do it.
 */
export async function bindSecrets(
  waits: Waits = usualWaits,
  keys: readonly EncryptionKey[] = getKeys(),
): Promise<void> {
  await followBindingStage();
  const stage = getBindingStage();
  if (stage === "unbound") return beginBinding(waits);
  if (stage === "binding" && (await bindOnce(keys)) === 0) return finishBinding(waits);
}

async function beginBinding({ quietMs }: Waits): Promise<void> {
  await inTransaction(async (tx) => {
    const isRecent = sql`${keyHolders.seenAt} > now() - ${`${quietMs} milliseconds`}::interval`;
    const old = await tx.$count(keyHolders, and(eq(keyHolders.opensBound, false), isRecent));
    if (old > 0) return;
    await tx
      .update(secretBindings)
      .set({ stage: "binding", since: sql`now()` })
      .where(eq(secretBindings.stage, "unbound"));
    await bumpChanges(tx);
  });
  await followBindingStage();
}

/** @returns how many envelopes were bound. */
async function bindOnce(keys: readonly EncryptionKey[]): Promise<number> {
  let bound = 0;
  for (const column of envelopeColumns) {
    for await (const stored of readEnvelopes(column, sql`starts_with(${column.column}, 'v1.')`)) {
      if (!isUnbound(stored.envelope, stored.aad)) continue;
      const secret = tryOpen(stored, keys);
      if (secret !== null && (await column.replace(stored, sealSecret(secret, stored.aad, keys)))) bound++;
    }
  }
  return bound + (await sealApprovals(keys));
}

/** Seals the approvals of routes, which had no envelope. @returns how many. */
async function sealApprovals(keys: readonly EncryptionKey[]): Promise<number> {
  const { id, routeApproval, routeApprovalEnvelope } = transports;
  const rows = await getDb()
    .select({ id, routeApproval })
    .from(transports)
    .where(and(isNull(routeApprovalEnvelope), sql`${routeApproval} ->> 'hash' is not null`))
    .limit(200);
  for (const row of rows) {
    const hash = row.routeApproval!.hash!;
    const envelope = sealSecret("approved", routeApprovalAad(row.id, hash), keys);
    const isSame = and(eq(id, row.id), isNull(routeApprovalEnvelope), sql`${routeApproval} ->> 'hash' = ${hash}`);
    await getDb().update(transports).set({ routeApprovalEnvelope: envelope }).where(isSame);
  }
  return rows.length;
}

async function finishBinding({ settleMs }: Waits): Promise<void> {
  await inTransaction(async (tx) => {
    // What an upgrade marked must be kept first (adopt-destinations.ts): afterwards, marks don't count.
    const marked = await tx.$count(transports, sql`${transports.routeApproval} -> 'hash' = 'null'`);
    const pending = await tx.$count(credentials, eq(credentials.hostsState, "pending"));
    if (marked + pending > 0) return;
    const isSettled = sql`${secretBindings.since} <= now() - ${`${settleMs} milliseconds`}::interval`;
    const finished = await tx
      .delete(secretBindings)
      .where(and(eq(secretBindings.stage, "binding"), isSettled))
      .returning();
    if (finished.length === 0) return;
    await recordAudit(tx, asSystem("Sallyport (upgrade)"), { action, target });
    await bumpChanges(tx);
  });
  await followBindingStage();
}
