import { v7 } from "uuid";
import { credentials } from "#drizzle/schema/credentials.ts";
import { requireNodes } from "#lib/access/accounts/user-store.ts";
import { type Context, requirePermission } from "#lib/access/permissions/context.ts";
import { complainAboutCredential } from "#lib/oauth/credentials/complaints.ts";
import type { CredentialFields } from "#lib/oauth/credentials/definition.ts";
import type { CredentialDetail } from "#lib/oauth/credentials/model.ts";
import { firstCheckAt, publicColumns, toConfiguration } from "#lib/oauth/credentials/store.ts";
import { takeTokenLists } from "#lib/oauth/credentials/token-lists.ts";
import { requireNamed } from "#lib/oauth/network/named-route.ts";
import { recordAudit } from "#lib/platform/audit/record.ts";
import { bumpChanges } from "#lib/platform/db/changes.ts";
import { inTransaction, type Transaction } from "#lib/platform/db/client.ts";
import { findViolation } from "#lib/platform/db/violations.ts";
import { AppError, invalidInput } from "#lib/platform/errors/app-error.ts";
import { toAuditView } from "./audit-view.ts";
import { requireOwnIssuer, toIssuerSettings } from "./issuer.ts";
import { complainAboutKeyPair, takeKeyPair } from "./key-pair.ts";
import { listNodeUses } from "./saving/node-uses.ts";
import { sealSecrets } from "./saving/seal-secrets.ts";
import { toColumns, toDestination, toNamed } from "./saving/to-columns.ts";

/** What is done last in the transaction that stores a credential; what it throws has it undone. */
export type LastAct = (tx: Transaction, id: string) => Promise<void>;

/**
 * Stores a new credential; it is `unverified` until the first check.
 * @param entered parsed by `credentialInput`.
 * @throws AppError `forbidden`, `invalid_input`, `name_taken`
 */
export async function createCredential(
  ctx: Context,
  entered: CredentialFields,
  last?: LastAct,
): Promise<CredentialDetail> {
  requirePermission(ctx, "credentials.write");
  const now = new Date();
  const input = await takeKeyPair(entered, now);
  const id = v7();
  const columns = toColumns(input);
  const lists = takeTokenLists(id, input, null, now);
  const complaints = [
    ...complainAboutCredential(input, { clientSecret: false, privateKey: false }),
    ...complainAboutKeyPair(input.privateKey || null, columns.certificate ?? null, columns.provider),
    ...lists.problems,
  ];
  if (complaints.length > 0) throw invalidInput(complaints);
  const secrets = sealSecrets(toDestination(id, columns), input, now);
  const nextCheckAt = input.type === "application" ? firstCheckAt(now) : null;
  return inTransaction(async (tx) => {
    await requireNodes(tx, listNodeUses(input));
    await requireNamed(tx, toNamed(columns));
    await requireOwnIssuer(tx, ctx, toIssuerSettings(id, columns));
    const [row] = await tx
      .insert(credentials)
      .values({ id, ...columns, ...lists.columns, ...secrets.columns, nextCheckAt })
      .returning(publicColumns);
    const created = toConfiguration(row!);
    const target = { kind: "credential", id, name: created.name };
    await recordAudit(tx, ctx, { action: "credential.create", target, after: toAuditView(created) });
    await bumpChanges(tx);
    await last?.(tx, id);
    return { ...created, usedBy: [] };
  }).catch((err) => {
    throw toNameTaken(err, entered.name);
  });
}

/** The database's word that a name is taken as an error at the field `name`; any other error as it is. */
export function toNameTaken(err: unknown, name: string): unknown {
  if (findViolation(err)?.constraint !== "credentials_name_unique") return err;
  const message = `There is a credential named “${name}” already (capitals don't count).`;
  return new AppError("name_taken", message, {
    hint: "Choose another name.",
    fields: [{ field: "name", message }],
    cause: err,
  });
}
