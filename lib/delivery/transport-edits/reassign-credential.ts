import { and, asc, eq, inArray } from "drizzle-orm";
import { z } from "zod";
import { nodes } from "#drizzle/schema/nodes.ts";
import { transports } from "#drizzle/schema/transports.ts";
import { type Context, requirePermission } from "#lib/access/permissions/context.ts";
import { allowedNodes } from "#lib/access/permissions/permissions.ts";
import { hostsToAllow } from "#lib/delivery/transports/definition.ts";
import { inTransaction } from "#lib/platform/db/client.ts";
import { isWithinNodes } from "#lib/platform/db/within-nodes.ts";
import { AppError, invalidInput } from "#lib/platform/errors/app-error.ts";
import { updateTransportIn } from "./update-transport.ts";

/** To which credential, and which of the transports; all of them when none is named. */
export const reassignInput = z.object({
  credentialId: z.uuid().meta({ description: "The credential that they use from now on." }),
  transportIds: z.array(z.uuid()).min(1).max(1000).optional().meta({ description: "Left out: every one." }),
  allowHosts: hostsToAllow.optional(),
});
export type ReassignInput = z.infer<typeof reassignInput>;

/**
 * Gives the transports of one credential another one: all of them or, when one of them can't take it, none.
 * @returns the transports that changed.
 * @throws AppError `forbidden`, `invalid_input`, `host_not_allowed`; the message names the transport
 */
export async function reassignCredential(
  ctx: Context,
  from: string,
  { credentialId, transportIds, allowHosts }: ReassignInput,
): Promise<{ id: string; name: string }[]> {
  requirePermission(ctx, "credentials.assign");
  if (credentialId === from) {
    throw invalidInput([
      { field: "credentialId", message: "The transports use this credential already. Pick another one." },
    ]);
  }
  return inTransaction(async (tx) => {
    const isSeen = isWithinNodes(nodes.path, allowedNodes(ctx.grants, "transports.read"));
    const chosen = transportIds ? inArray(transports.id, transportIds) : undefined;
    // Two such changes at once take the rows in one order, so neither waits for the other for ever.
    const rows = await tx
      .select({ id: transports.id, name: transports.name, version: transports.version })
      .from(transports)
      .innerJoin(nodes, eq(nodes.id, transports.nodeId))
      .where(and(eq(transports.credentialId, from), chosen, isSeen))
      .orderBy(asc(transports.id))
      .for("update", { of: transports });
    const all = await tx.$count(transports, and(eq(transports.credentialId, from), chosen));
    if (all > rows.length) throw elsewhere(all - rows.length);
    const authorization = { kind: "credential" as const, credentialId };
    for (const { id, name, version } of rows) {
      await updateTransportIn(tx, ctx, id, { version, authorization, allowHosts }).catch((err) => {
        throw nameTransport(err, id, name);
      });
    }
    return rows.map(({ id, name }) => ({ id, name }));
  });
}

/** Says how many transports the actor can't see, without their names. */
function elsewhere(count: number): AppError {
  const noun = count === 1 ? "transport" : "transports";
  return new AppError("forbidden", `Nothing was changed, because of ${count} ${noun} in nodes that you can't access.`, {
    hint: "Select only transports of your nodes.",
    details: { elsewhere: count },
  });
}

/** One of many was refused: says which. */
function nameTransport(err: unknown, id: string, name: string): unknown {
  if (!(err instanceof AppError)) return err;
  const why = err.code === "invalid_input" ? (err.fields[0]?.message ?? err.message) : err.message;
  return new AppError(err.code, `Nothing was changed, because of the transport “${name}”. ${why}`, {
    hint: err.hint ?? undefined,
    fields: err.fields.map(({ message }) => ({ field: "credentialId", message: `${name}: ${message}` })),
    details: { transport: { id, name } },
    cause: err,
  });
}
