import { eq } from "drizzle-orm";
import type { z } from "zod";
import { credentials } from "#drizzle/schema/credentials.ts";
import { nodes } from "#drizzle/schema/nodes.ts";
import { transports } from "#drizzle/schema/transports.ts";
import { requireNodes } from "#lib/access/accounts/user-store.ts";
import { type Context, requirePermission } from "#lib/access/permissions/context.ts";
import { complainAboutCredential } from "#lib/oauth/credentials/complaints.ts";
import { type FlatFields, toBranch } from "#lib/oauth/credentials/definition.ts";
import { completeEndpoint, providerOfEndpoint } from "#lib/oauth/credentials/endpoint.ts";
import type { CredentialConfiguration, CredentialDetail } from "#lib/oauth/credentials/model.ts";
import type { credentialUpdate } from "#lib/oauth/credentials/schema.ts";
import { statusOfWorking } from "#lib/oauth/credentials/secret-expiry.ts";
import {
  type CredentialRow,
  findCredential,
  findUses,
  firstCheckAt,
  publicColumns,
  toConfiguration,
} from "#lib/oauth/credentials/store.ts";
import { findTokenLists, takeTokenLists, withoutEnvelopes } from "#lib/oauth/credentials/token-lists.ts";
import { requireNamed } from "#lib/oauth/network/named-route.ts";
import { recordAudit } from "#lib/platform/audit/record.ts";
import { refuseStaleEdit } from "#lib/platform/audit/stale-edit.ts";
import { bumpChanges } from "#lib/platform/db/changes.ts";
import { inTransaction, type Transaction } from "#lib/platform/db/client.ts";
import { type FieldError, invalidInput, notFound } from "#lib/platform/errors/app-error.ts";
import { toAuditView } from "./audit-view.ts";
import { carryTokens, deleteTokens } from "./carry-tokens.ts";
import { type LastAct, toNameTaken } from "./create-credential.ts";
import { requireOwnIssuer, toIssuerSettings } from "./issuer.ts";
import { complainAboutKeyPair, takeKeyPair } from "./key-pair.ts";
import { readSealed, rebindSessions, rebindSlots } from "./rebind.ts";
import { listNodeUses } from "./saving/node-uses.ts";
import { rebindSecrets, sealSecrets } from "./saving/seal-secrets.ts";
import { type ConfigurationColumns, toColumns, toDestination, toFields, toNamed } from "./saving/to-columns.ts";
import {
  complainAboutHosts,
  complainAboutMovedSecrets,
  concernsTokens,
  differingColumns,
  findLeftBehind,
} from "./update-rules.ts";

type Update = z.output<typeof credentialUpdate>;

/**
 * Changes a credential: what is left out stays. An edit that matters to tokens deletes those in hand and makes the
 * credential `unverified`; one that changes nothing leaves the version as it is.
 * @param entered parsed by `credentialUpdate`.
 * @throws AppError `forbidden`, `not_found`, `stale_version`, `invalid_input`, `name_taken`
 */
export async function updateCredential(
  ctx: Context,
  id: string,
  entered: Update,
  last?: LastAct,
): Promise<CredentialDetail> {
  requirePermission(ctx, "credentials.write");
  const now = new Date();
  const update = await takeKeyPair(entered, now);
  return inTransaction(async (tx) => {
    const row = await findCredential(tx, id, true);
    if (!row) throw notFound("credential", id);
    const before = toConfiguration(row);
    const usedBy = await findUses(tx, id);
    if (row.version !== update.version) {
      throw await refuseStaleEdit(tx, { kind: "credential", id }, update.version, { ...before, usedBy });
    }

    const fields = merge(before, update);
    const leftBehind = findLeftBehind(before, fields);
    if (leftBehind) fields[leftBehind] = null;
    const columns = toColumns(toBranch(fields));
    const lists = await findTokenLists(tx, id);
    const taken = takeTokenLists(id, fields, lists, now);
    const complaints = [...(await complain(tx, row, fields, columns)), ...taken.problems];
    if (complaints.length > 0) throw invalidInput(complaints);

    await requireNodes(tx, listNodeUses(toBranch(fields)));
    await requireNamed(tx, toNamed(columns));
    await requireOwnIssuer(tx, ctx, toIssuerSettings(id, columns));

    const destination = toDestination(id, columns);
    const secrets = sealSecrets(destination, fields, now);
    const changed = differingColumns(
      { ...toColumns(toBranch(toFields(before))), ...withoutEnvelopes(lists) },
      { ...columns, ...withoutEnvelopes(taken.columns) },
    );
    const sent = Object.entries(secrets.changes).filter(
      ([field, change]) => change === "replaced" || row[`${field}SetAt` as "clientSecretSetAt"] !== null,
    );
    if (changed.length === 0 && sent.length === 0) return { ...before, usedBy };

    const stored = await readSealed(tx, id);
    const kept = rebindSecrets(stored, destination, secrets.columns);
    if (kept.complaints.length > 0) throw invalidInput(kept.complaints);
    await rebindSlots(tx, stored, destination);
    await rebindSessions(tx, stored, destination);

    const version = row.version + 1;
    const hostsState = changed.includes("allowedHosts") ? "entered" : row.hostsState;
    const drops = concernsTokens(changed) || sent.length > 0;
    const [saved] = await tx
      .update(credentials)
      .set({
        ...columns,
        ...taken.columns,
        ...kept.columns,
        ...stateAfter(row, columns, drops, now),
        hostsState,
        version,
        updatedAt: now,
      })
      .where(eq(credentials.id, id))
      .returning(publicColumns);
    if (drops) await deleteTokens(tx, id);
    else await carryTokens(tx, { before: stored, after: destination }, row.version, version);
    const after = toConfiguration(saved!);
    await recordAudit(tx, ctx, {
      action: "credential.update",
      target: { kind: "credential", id, name: after.name },
      before: toAuditView(before),
      after: toAuditView(after, Object.fromEntries(sent)),
    });
    await bumpChanges(tx);
    await last?.(tx, id);
    return { ...after, usedBy };
  }).catch((err) => {
    throw toNameTaken(err, entered.name ?? "");
  });
}

/** The edit laid over what is stored. The provider follows a new endpoint unless it was set on purpose. */
function merge(before: CredentialConfiguration, update: Update): FlatFields {
  const { version: _, ...patch } = update;
  const given = Object.fromEntries(Object.entries(patch).filter(([, value]) => value !== undefined));
  const fields: FlatFields = { ...toFields(before), ...given };
  const followed = before.provider === providerOfEndpoint(before.endpointUrl);
  if (patch.provider === undefined && followed) fields.provider = null;
  return completeEndpoint(fields);
}

async function complain(
  tx: Transaction,
  row: CredentialRow,
  fields: FlatFields,
  columns: ConfigurationColumns,
): Promise<FieldError[]> {
  const before = toConfiguration(row);
  if (fields.type !== before.type) {
    const message = "The type of a credential stays. Add another credential of the other type.";
    return [{ field: "type", message }];
  }
  const stored = { clientSecret: before.clientSecretSetAt !== null, privateKey: before.privateKeySetAt !== null };
  return [
    ...complainAboutCredential(fields, stored),
    ...complainAboutKeyPair(fields.privateKey || null, columns.certificate ?? null, columns.provider),
    ...complainAboutMovedSecrets(before, fields),
    ...(await complainAboutLostHosts(tx, row, columns.allowedHosts)),
  ];
}

/** Complains only about a change of the hosts: other edits cut nothing off. */
async function complainAboutLostHosts(tx: Transaction, row: CredentialRow, next: string[]): Promise<FieldError[]> {
  if (JSON.stringify(next) === JSON.stringify(row.allowedHosts)) return [];
  return complainAboutHosts(row, next, await findTargets(tx, row.id));
}

function findTargets(tx: Transaction, id: string) {
  return tx
    .select({ name: transports.name, nodeName: nodes.name, http: transports.http, soap: transports.soap })
    .from(transports)
    .innerJoin(nodes, eq(nodes.id, transports.nodeId))
    .where(eq(transports.credentialId, id));
}

function stateAfter(row: CredentialRow, columns: ConfigurationColumns, drops: boolean, now: Date) {
  const version = row.version + 1;
  if (!drops) {
    const workedVersion = row.workedVersion === row.version ? version : row.workedVersion;
    const works = row.status === "active" || row.status === "expiring";
    return { workedVersion, ...(works ? statusOfWorking({ ...row, ...columns } as CredentialRow, now) : {}) };
  }
  return {
    ...(row.enabled ? { status: "unverified" as const, statusReason: "Changed, not checked yet." } : {}),
    statusField: null,
    errorCode: null,
    providerCode: null,
    failingSince: null,
    unexplainedSince: null,
    failures: 0,
    tokenExpiresAt: null,
    nextCheckAt: row.enabled && row.type === "application" ? firstCheckAt(now) : null,
  };
}
