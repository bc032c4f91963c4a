import { eq } from "drizzle-orm";
import { credentials } from "#drizzle/schema/credentials.ts";
import { commonFields } from "#lib/oauth/credentials/definition.ts";
import type { ActedBy } from "#lib/platform/audit/actor.ts";
import { recordAudit } from "#lib/platform/audit/record.ts";
import type { Transaction } from "#lib/platform/db/client.ts";
import { invalidInput } from "#lib/platform/errors/app-error.ts";
import { changeDestination } from "./rebind.ts";

/**
 * Adds hosts to those that a credential's tokens can go to; the audit log lists them. The caller has decided that `by` can do this.
 * The credential's version stays, so that edits made from it can still be saved.
 * @param hosts those of transports; the first ones make the list a derived one.
 * @throws AppError `invalid_input` if there are too many hosts
 */
export async function allowHosts(tx: Transaction, by: ActedBy, id: string, hosts: readonly string[]): Promise<void> {
  if (hosts.length === 0) return;
  const { name, allowedHosts: before } = credentials;
  const [row] = await tx.select({ name, before }).from(credentials).where(eq(credentials.id, id)).for("no key update");
  if (!row) return;
  const allowedHosts = [...new Set([...row.before, ...hosts])];
  if (allowedHosts.length === row.before.length) return;
  const accepted = commonFields.allowedHosts.safeParse(allowedHosts);
  if (!accepted.success) {
    throw invalidInput([{ field: "allowHosts", message: `${row.name}: ${accepted.error.issues[0]!.message}` }]);
  }
  await changeDestination(tx, id, { allowedHosts });
  if (row.before.length === 0)
    await tx.update(credentials).set({ hostsState: "derived" }).where(eq(credentials.id, id));
  await recordAudit(tx, by, {
    action: "credential.allow-hosts",
    target: { kind: "credential", id, name: row.name },
    before: { allowedHosts: row.before },
    after: { allowedHosts },
  });
}
