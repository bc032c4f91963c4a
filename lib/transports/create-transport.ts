import { v7 } from "uuid";
import { transports } from "#drizzle/schema/transports.ts";
import { recordAudit } from "../audit/record.ts";
import { bumpChanges } from "../db/changes.ts";
import { inTransaction } from "../db/client.ts";
import { type Context, requirePermission } from "../identity/context.ts";
import { getNodePath } from "../nodes/node-path.ts";
import { checkAssignment, checkTrustedCa } from "./check-settings.ts";
import type { TransportDetail } from "./model.ts";
import type { TransportInput } from "./schema.ts";
import { findTransport, toTransportDetail } from "./store.ts";
import { toColumns } from "./to-columns.ts";
import { explainViolation } from "./violations.ts";

/**
 * Adds a transport to a node.
 * @throws AppError `forbidden`, `invalid_input`, `host_not_allowed`, `name_taken`, `not_found` (the node)
 */
export async function createTransport(ctx: Context, input: TransportInput, now = new Date()): Promise<TransportDetail> {
  return inTransaction(async (tx) => {
    requirePermission(ctx, "transports.write", await getNodePath(input.nodeId, tx));
    checkTrustedCa(input.trustedCa);
    await checkAssignment(tx, ctx, input, null);
    const id = v7();
    await tx
      .insert(transports)
      .values({ id, ...toColumns(id, input, null, { before: null, after: null }, now), createdAt: now });
    const created = toTransportDetail(await findTransport(tx, id), []);
    const target = { kind: "transport", id, name: created.name };
    await recordAudit(tx, ctx, { action: "transport.create", target, after: created });
    await bumpChanges(tx);
    return created;
  }).catch((err) => {
    throw explainViolation(err, input.name);
  });
}
