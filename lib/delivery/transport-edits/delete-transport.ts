import { eq } from "drizzle-orm";
import { transports } from "#drizzle/schema/transports.ts";
import { type Context, requirePermission } from "#lib/access/permissions/context.ts";
import { noUses } from "#lib/delivery/transports/model.ts";
import { findTransport, findTransportUses, toTransportDetail } from "#lib/delivery/transports/store.ts";
import { recordAudit } from "#lib/platform/audit/record.ts";
import { bumpChanges } from "#lib/platform/db/changes.ts";
import { inTransaction } from "#lib/platform/db/client.ts";
import { AppError } from "#lib/platform/errors/app-error.ts";
import { audited } from "./create-transport.ts";

/**
 * Deletes a transport that no trigger uses.
 * @throws AppError `forbidden`, `not_found`, `in_use` with `details.usedBy`
 */
export async function deleteTransport(ctx: Context, id: string): Promise<void> {
  await inTransaction(async (tx) => {
    const found = await findTransport(tx, id, true);
    requirePermission(ctx, "transports.write", found.nodePath);
    const { usedBy, usedElsewhere } = await findTransportUses(tx, id, ctx.grants);
    const total = usedBy.length + usedElsewhere;
    if (total > 0) {
      const count = total === 1 ? "1 trigger uses" : `${total} triggers use`;
      throw new AppError("in_use", `The transport ${found.row.name} can't be deleted: ${count} it.`, {
        hint: "Give these triggers another transport or delete them first.",
        details: { usedBy, usedElsewhere },
      });
    }
    await tx.delete(transports).where(eq(transports.id, id));
    const target = { kind: "transport", id, name: found.row.name };
    await recordAudit(tx, ctx, {
      action: "transport.delete",
      target,
      before: audited(toTransportDetail(found, noUses)),
    });
    await bumpChanges(tx);
  });
}
