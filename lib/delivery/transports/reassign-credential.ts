import { and, asc, eq, inArray } from "drizzle-orm";
import { z } from "zod";
import { transports } from "#drizzle/schema/transports.ts";
import { type Context, requirePermission } from "#lib/access/permissions/context.ts";
import { inTransaction } from "#lib/platform/db/client.ts";
import { AppError, invalidInput } from "#lib/platform/errors/app-error.ts";
import { updateTransportIn } from "./update-transport.ts";

/** To which credential, and which of the transports; all of them when none is named. */
export const reassignInput = z.object({
  credentialId: z.uuid().meta({ description: "The credential that they use from now on." }),
  transportIds: z.array(z.uuid()).min(1).max(1000).optional().meta({ description: "Left out: every one." }),
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
  { credentialId, transportIds }: ReassignInput,
): Promise<{ id: string; name: string }[]> {
  requirePermission(ctx, "credentials.assign");
  if (credentialId === from) {
    throw invalidInput([
      { field: "credentialId", message: "The transports use this credential already. Pick another one." },
    ]);
  }
  return inTransaction(async (tx) => {
    const chosen = transportIds ? inArray(transports.id, transportIds) : undefined;
    // Two such changes at once take the rows in one order, so neither waits for the other for ever.
    const rows = await tx
      .select({ id: transports.id, name: transports.name, version: transports.version })
      .from(transports)
      .where(and(eq(transports.credentialId, from), chosen))
      .orderBy(asc(transports.id))
      .for("update");
    const authorization = { kind: "credential" as const, credentialId };
    for (const { id, name, version } of rows) {
      await updateTransportIn(tx, ctx, id, { version, authorization }).catch((err) => {
        throw nameTransport(err, id, name);
      });
    }
    return rows.map(({ id, name }) => ({ id, name }));
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
